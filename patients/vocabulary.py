"""The fixed words of practice: outcomes, reasons, places of pain, emergency signs, kinds of work."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

PAIN_RANGE = (0, 10)


class Outcome(models.TextChoices):
    DONE = "done", _("Done")
    PARTLY = "partly", _("Partly done")
    SKIPPED = "skipped", _("Skipped")
    STOPPED = "stopped", _("Stopped: it hurt more")


class SkipReason(models.TextChoices):
    NO_TIME = "no_time", _("No time")
    UNSURE = "unsure", _("Not sure how")
    FEELS_WELL = "feels_well", _("I feel well without it")
    PAIN = "pain", _("Pain")
    OTHER = "other", _("Another reason")


class Site(models.IntegerChoices):
    """Where it hurts, from the spine downwards: a higher number is lower in the body (rule 4)."""

    BACK = 1, _("Back")
    BUTTOCK = 2, _("Buttock")
    LEG_ABOVE_KNEE = 3, _("Leg, above the knee")
    LEG_BELOW_KNEE = 4, _("Leg, below the knee")


class Settled(models.TextChoices):
    """What became of pain that was more after a session than before it: asked the next time (rule 4: hurting
    during and settling is told from hurting after)."""

    HOUR = "hour", _("Yes, within about an hour")
    NEXT_DAY = "next_day", _("Yes, by the next day")
    NOT_YET = "not_yet", _("Not yet")


class Source(models.TextChoices):
    WEB = "web", _("Entered by the patient")
    PAPER = "paper", _("From paper")


class WhyAside(models.TextChoices):
    """Why a session that came from a phone was kept for the clinic instead of being recorded."""

    OTHER_ANSWERS = "other_answers", _("It was sent twice, with other answers the second time")
    NOT_RUNNING = "not_running", _("The programme had ended by the time it arrived")
    SUSPENDED = "suspended", _("The programme was suspended by the time it arrived")
    DAY = "day", _("This day cannot be recorded")
    EXERCISE = "exercise", _("It speaks of an exercise that was not prescribed on that day, or was off")


class EndReason(models.TextChoices):
    """Stopped is not failed: several of these are good news."""

    CONFIDENT = "confident", _("Confident alone")
    IMPROVED = "improved", _("Improved")
    LOST_INTEREST = "lost_interest", _("Lost interest")
    DID_NOT_SUIT = "did_not_suit", _("Did not suit")
    WORSE = "worse", _("Worse")
    OTHER = "other", _("Other")


class TreatmentKind(models.TextChoices):
    """What is done beside the exercises, by the text that the product comes from (acute, subacute phase)."""

    MANUAL = "manual", _("Manual therapy")
    PHYSICAL = "physical", _("Magnetic fields, tecar, laser")
    OSTEOPATHY = "osteopathy", _("Osteopathy")
    POSTURAL = "postural", _("Postural re-education")
    TRIGGER = "trigger", _("Trigger points")
    EXERCISE = "exercise", _("Exercise under guidance")
    ADVICE = "advice", _("Advice")
    OTHER = "other", _("Other")


class EmergencySign(models.TextChoices):
    """Rule 5. The first seven: call the emergency number now."""

    SADDLE_NUMBNESS = (
        "saddle_numbness",
        _(
            "Numbness or altered feeling between the legs, around the genitals or the back passage "
            "(also when wiping)"
        ),
    )
    BLADDER_BOWEL = "bladder_bowel", _("Trouble passing or holding urine or stool")
    SEXUAL_FUNCTION = "sexual_function", _("Sudden change of sexual function")
    BOTH_LEGS = "both_legs", _("Pain, numbness or weakness in both legs")
    LEG_WEAKNESS = "leg_weakness", _("New weakness of a leg")
    FEVER = "fever", _("Fever together with back pain")
    AFTER_FALL = "after_fall", _("Sudden severe pain after a fall or a lift (over 65: after any fall)")
    CANCER = "cancer", _("Cancer, now or earlier")
    WEIGHT_LOSS = "weight_loss", _("Weight loss without a reason")
    STEROIDS = "steroids", _("Long use of steroids (cortisone)")
    NIGHT_PAIN = "night_pain", _("Pain that gives no rest at night")


CALL_NOW = (
    EmergencySign.SADDLE_NUMBNESS,
    EmergencySign.BLADDER_BOWEL,
    EmergencySign.SEXUAL_FUNCTION,
    EmergencySign.BOTH_LEGS,
    EmergencySign.LEG_WEAKNESS,
    EmergencySign.FEVER,
    EmergencySign.AFTER_FALL,
)
CALL_DOCTOR_TODAY = (
    EmergencySign.CANCER,
    EmergencySign.WEIGHT_LOSS,
    EmergencySign.STEROIDS,
    EmergencySign.NIGHT_PAIN,
)


class ForStretching(models.TextChoices):
    """What speaks for stretching (rule 6): advisory, it gates nothing. All but the third are of the source.

    Stiffness of more than 30 minutes and an onset before 45 are two of the usual signs of inflammatory back
    pain: a reason to think of it, no diagnosis.
    """

    PERSISTENT = "persistent", _("Pain for more than one to two months")
    MORNING = "morning", _("Worse in the morning")
    INFLAMMATORY = (
        "inflammatory",
        _("Stiff for more than 30 minutes in the morning, and begun before 45: think of inflammation"),
    )
    ONE_POSITION = "one_position", _("Hard to stay in one position")


class MessageKind(models.TextChoices):
    """What a patient asks of the clinic."""

    QUESTION = "question", _("A question")
    APPOINTMENT = "appointment", _("An appointment")
    CALL_BACK = "call_back", _("A call back")


WISHES = (MessageKind.APPOINTMENT, MessageKind.CALL_BACK)  # the front desk sees to these, too


class TimeOfDay(models.TextChoices):
    MORNING = "morning", _("Morning")
    AFTERNOON = "afternoon", _("Afternoon")
    EVENING = "evening", _("Evening")


class MessageOutcome(models.TextChoices):
    """What came of it; all but the first need no words."""

    ANSWERED = "answered", _("Answered")
    BOOKED = "booked", _("Appointment made")
    SPOKEN = "spoken", _("We spoke")


class WorkKind(models.TextChoices):
    EMERGENCY = "emergency", _("Emergency sign reported")
    STOP = "stop", _("Stop or pain alert")
    SKIPPED_FOR_PAIN = "skipped_for_pain", _("Skipped for pain twice running")
    SILENT = "silent", _("Silent")
    NOT_STARTED = "not_started", pgettext_lazy("a programme", "Not begun yet")
    REVIEW = "review", _("Review")
    QUESTION = "question", _("Question")
    WISH = "wish", _("Wish for an appointment or a call")
    PROGRESSION = "progression", _("Next step of an exercise")
    SET_ASIDE = "set_aside", _("Session that could not be recorded")
    CALL = "call", _("Call, as no mail reaches them")
    ADDRESS = "address", _("E-mail address that does not work")


class Alert(models.TextChoices):
    """What a work item's entry is about; which of them a session gives is said in patients.alerts."""

    STOP = "stop", _("An exercise was stopped for pain")
    SESSION_STOP = "session_stop", _("The whole session was stopped for pain")
    PAIN_RISE = "pain_rise", _("Pain rose during the session")
    PAIN_LEVEL = "pain_level", _("Pain above the usual level")
    PAIN_SITE = "pain_site", _("Pain lower down than ever recorded")
    PAIN_SKIP = "pain_skip", _("An exercise was skipped for pain in two sessions running")
    EMERGENCY_SIGN = "emergency_sign", _("An emergency sign was reported")
    REVIEW_REACHED = "review_reached", _("The review point was reached")
    ASKED = "asked", _("A question was asked")
    WISHED_APPOINTMENT = "wished_appointment", _("An appointment is wished for")
    WISHED_CALL = "wished_call", _("A call back is wished for")
    SET_ASIDE = "set_aside", _("A session arrived that could not be recorded")
    STEP_REACHED = "step_reached", _("An exercise was comfortable often enough for its next step")
    # What would have been a mail, as a sentence that says what to say on the phone.
    CALL_CHANGED = "call_changed", _("Tell them that the programme has changed.")
    CALL_ANSWERED = "call_answered", _("Tell them that there is an answer to their question.")
    CALL_HELPED = "call_helped", _("Ask them whether the exercises have helped.")
    CALL_WORD = "call_word", _("Tell them the word that was written for them after the review.")
    ADDRESS_REFUSED = "address_refused", _("A mail server refused the address for good.")
    SILENT = "silent", _("No word on several due days running")
    NOT_STARTED = "not_started", _("A programme was given, and no session is recorded")


# Most urgent first: the order of the worklist.
URGENCY = [
    WorkKind.EMERGENCY,
    WorkKind.STOP,
    WorkKind.REVIEW,
    WorkKind.SKIPPED_FOR_PAIN,
    WorkKind.SILENT,
    WorkKind.NOT_STARTED,
    WorkKind.QUESTION,
    WorkKind.WISH,
    WorkKind.CALL,
    WorkKind.ADDRESS,
    WorkKind.SET_ASIDE,
    WorkKind.PROGRESSION,
]


class Helped(models.TextChoices):
    """Day 20: "find out whether they have been useful to you or not" (the source text)."""

    USEFUL = "useful", _("Useful")
    PARTLY = "partly", _("Partly useful")
    NOT = "not", _("Not useful")


class Occasion(models.TextChoices):
    """When questions are asked of a patient."""

    START = "start", _("Start")
    DAY = "day", _("Day")
    REVIEW = "review", _("Review")


class Decision(models.TextChoices):
    CONTINUE = "continue", _("Continue")
    PROGRESS = "progress", pgettext_lazy("decision at a review", "Progress")
    REGRESS = "regress", _("Step back")
    CHANGE = "change", _("Change")
    MAINTENANCE = "maintenance", _("Maintenance")
    SEE_IN_CLINIC = "see_in_clinic", _("See in the clinic")
    REFER = "refer", _("Refer")
    END = "end", _("End")
