"""What this app owes: reminders to patients, alerts and reviews to clinicians (see `registration`)."""
