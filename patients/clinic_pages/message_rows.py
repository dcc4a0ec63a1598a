"""A question or wish as those who treat see it: with its words and, while it waits, the form that answers."""

from dataclasses import dataclass

from patients.clinic_pages.forms.questions import AnswerForm
from patients.models import Message
from patients.wishes import day_names, time_names


@dataclass(frozen=True)
class MessageRow:
    message: Message
    wished: list[str]  # days and times in words
    treats: bool  # who manages without treating reads and answers nothing
    form: AnswerForm | None  # None once it is closed


def shown(message: Message, *, treats: bool, form: AnswerForm | None = None) -> MessageRow:
    waits = message.closed_at is None
    return MessageRow(
        message=message,
        wished=day_names(message.days) + time_names(message.times),
        treats=treats,
        form=(form or AnswerForm(auto_id=f"answer-{message.pk}-%s")) if waits else None,
    )
