"""The outbox: messages that are owed (outbox), how each kind is written (kinds), and sending them (drain)."""
