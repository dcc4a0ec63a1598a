"""Models of the top floor: patients and everything that happens to their programmes."""

from patients.models.access import Invitation, PaperCode
from patients.models.answer import Answer
from patients.models.care_team import CareTeamMember
from patients.models.counted import CountedDay
from patients.models.learning import ClinicCards
from patients.models.message import Message
from patients.models.patient import Patient, Precautions, ReminderTime
from patients.models.practice import ExerciseRecord, ExerciseStop, PracticeSession
from patients.models.preference import CalendarFeed, Nudge
from patients.models.prescribed import PrescribedExercise
from patients.models.prescription import (
    Pause,
    Prescription,
    PrescriptionVersion,
    Screening,
)
from patients.models.progression import StepRequest
from patients.models.review import Review, ReviewAddition
from patients.models.safety import EmergencyReport
from patients.models.set_aside import SetAside
from patients.models.skipped import SkippedDay
from patients.models.treatment import TreatmentNote
from patients.models.work import WorkItem, WorkItemEntry

__all__ = [
    "Answer",
    "CalendarFeed",
    "CareTeamMember",
    "ClinicCards",
    "CountedDay",
    "EmergencyReport",
    "ExerciseRecord",
    "ExerciseStop",
    "Invitation",
    "Message",
    "Nudge",
    "PaperCode",
    "Patient",
    "Pause",
    "PracticeSession",
    "Precautions",
    "PrescribedExercise",
    "Prescription",
    "PrescriptionVersion",
    "ReminderTime",
    "Review",
    "ReviewAddition",
    "Screening",
    "SetAside",
    "SkippedDay",
    "StepRequest",
    "TreatmentNote",
    "WorkItem",
    "WorkItemEntry",
]
