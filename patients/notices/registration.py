"""Makes the notices of this app known to the outbox; called by `PatientsConfig.ready`."""

from clinic.notices import kinds
from clinic.notices.planning import register_planner
from patients.counting import count_changed
from patients.notices.alerts import EMERGENCY_ALERT, STOP_ALERT
from patients.notices.answered import QUESTION_ANSWERED
from patients.notices.changed import PROGRAMME_CHANGED
from patients.notices.escalation import ALERT_AGAIN, plan_escalation
from patients.notices.helped import HELPED, plan_helped
from patients.notices.helped_calls import plan_helped_calls
from patients.notices.morning import MORNING_LIST, plan_morning_lists
from patients.notices.reminders import NUDGE, REMINDER, plan_nudges, plan_reminders
from patients.notices.reviews import REVIEW_DUE, open_reviews, plan_review_notices
from patients.notices.reviews_again import REVIEW_AGAIN, plan_reviews_again
from patients.notices.worded import REVIEW_WORD
from patients.silent_work import open_silences
from patients.stepping import step_back_after_gaps


def register() -> None:
    to_staff = (STOP_ALERT, EMERGENCY_ALERT, ALERT_AGAIN, REVIEW_DUE, REVIEW_AGAIN, MORNING_LIST)
    to_patients = (REMINDER, NUDGE, HELPED, PROGRAMME_CHANGED, QUESTION_ANSWERED, REVIEW_WORD)
    for kind in (*to_staff, *to_patients):
        kinds.register(kind)
    for planner in (
        *(plan_escalation, open_reviews, plan_review_notices, plan_reviews_again),
        *(plan_reminders, plan_nudges, plan_helped, plan_helped_calls, plan_morning_lists),
        # Counting last: mails do not wait for it.
        *(open_silences, step_back_after_gaps, count_changed),
    ):
        register_planner(planner)
