"""The forms of the clinic's own pages."""
