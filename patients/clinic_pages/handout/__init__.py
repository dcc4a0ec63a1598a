"""The handout: a patient's programme on paper, in their language; from rows to plain data to a PDF."""
