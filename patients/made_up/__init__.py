"""A made-up clinic's year, for tests of the reports and for measuring: the same rows for the same seed.

`year.load_year` makes it and `manage.py made_up_year` calls it. It writes rows, not through the domain
functions, so it is fast; every rule that a reader relies on is kept (tests/patients/made_up/). What it leaves
out: the audit trail, progressions, letters, sessions set aside, and notices. No Notice is made, and mail is
held (clinic.notices.holding), since a worker's planner would plan what it finds due: reminders and reviews.

house      the clinic, its staff, programmes and questions
people     who a patient is, and what becomes of them: habits and stories
lives      a patient's programmes, one after the other
courses    one programme's dates, as `planning`, `points` (reviews) and `changing` (versions) lay them down
practice   its days; `sessions` draws what is said, `keeping` keeps it and turns off what was stopped
asking     questions, wishes, emergency signs
reviewing  what was answered at the start and at reviews, and what a signature froze
calling    what calls a clinician; `work` makes the worklist of it
rows       rows of tables, with ids; `writing` brings them into the database
"""
