"""What of an exercise's progression its patient reads: what is new, and what comes next."""

from patients.models import PrescriptionVersion

Cause = PrescriptionVersion.Cause
