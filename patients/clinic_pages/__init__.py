"""The clinic's own pages within the admin: worklist, patient, prescribing, reports, staff."""
