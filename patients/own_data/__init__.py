"""All that is kept about a patient and that they may see: one copy, as JSON and as a page."""
