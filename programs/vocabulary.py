"""The fixed words of the library: kinds, positions, equipment, precautions, phases."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    STRETCH = "stretch", _("Stretch")
    MOBILISATION = "mobilisation", _("Mobilisation")
    STRENGTHENING = "strengthening", _("Strengthening")
    NEURODYNAMIC = "neurodynamic", _("Neurodynamic")


class Position(models.TextChoices):
    SUPINE = "supine", _("On the back")
    SIDE_LYING = "side-lying", _("On the side")
    PRONE = "prone", _("On the stomach")
    HANDS_AND_KNEES = "hands-and-knees", _("On hands and knees")
    SITTING = "sitting", _("Sitting")
    STANDING = "standing", _("Standing")
    BED_EDGE = "bed-edge", _("At the edge of the bed")
    OTHER = "other", _("Another position")


class Equipment(models.TextChoices):
    MAT = "mat", _("Mat")
    STRAP = "strap", _("Strap")
    CHAIR = "chair", _("Chair")
    TABLE = "table", _("Table")
    SUPPORT = "support", _("Support")
    BED = "bed", _("Bed")
    OTHER = "other", _("Other equipment")


class Region(models.TextChoices):
    BACK = "back", _("Back")
    OTHER = "other", _("Another region")


class Precaution(models.TextChoices):
    """What a clinician asks about before prescribing; an exercise names those that speak against it."""

    OSTEOPOROSIS = "osteoporosis", _("Osteoporosis")
    HIP_REPLACEMENT = "hip-replacement", _("Hip replacement")
    KNEE_REPLACEMENT = "knee-replacement", _("Knee replacement")
    RECENT_SURGERY = "recent-surgery", _("Recent surgery")
    STENOSIS_OR_SLIP = "stenosis-or-slip", _("Stenosis or slipped vertebra")
    LEG_SYMPTOMS = "leg-symptoms", _("Symptoms in the leg")
    BALANCE = "balance", _("Poor balance")
    BLOOD_PRESSURE = "blood-pressure", _("High blood pressure")
    PREGNANCY = "pregnancy", _("Pregnancy")
    HYPERMOBILITY = "hypermobility", _("Hypermobility")
    SHOULDER = "shoulder", _("Shoulder trouble")
    WRIST = "wrist", _("Wrist trouble")
    KNEE = "knee", _("Knee trouble")
    DIZZINESS = "dizziness", _("Dizziness")
    HERNIA = "hernia", _("Hernia of the abdomen")


class Status(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    RETIRED = "retired", _("Retired")


class Phase(models.TextChoices):
    ACUTE = "acute", _("Acute")
    SUBACUTE = "subacute", _("Subacute")
    PERSISTENT = "persistent", _("Persistent")
    MAINTENANCE = "maintenance", _("Maintenance")


class SideOrder(models.TextChoices):
    FINISH = "finish", _("Finish one side first")
    ALTERNATE = "alternate", _("Change sides each time")


class DoseSource(models.TextChoices):
    """Who says a figure of a dose: the source text, our clinical default, or a clinician."""

    TEXT = "text", _("source text")
    DEFAULT = "default", _("clinical default")
    CLINICIAN = "clinician", _("clinician")


class QuestionKind(models.TextChoices):
    """How a question to patients is answered."""

    SCALE = "scale", _("A number from 0 to 10")
    CHOICE = "choice", _("One of several choices")
    YES_NO = "yes_no", _("Yes or no")
    WORDS = "words", _("In words")
