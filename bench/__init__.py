"""How fast it is, beside the bare thing it is made of: `make bench`. README.md says how to add a line."""
