"""What the tests of the patient's pages share: a patient with a programme, signed in, on a day of it."""

import datetime as dt
import html
import uuid
from collections.abc import Mapping

from django.test import Client
from django.utils.html import strip_tags

from tests.clients import signed_in
from tests.patients.scenario import Scenario


def client_of(trial: Scenario) -> Client:
    """Signed in as the patient of `trial`, as after an e-mailed code; the clock must stand already."""
    assert trial.patient.user is not None
    return signed_in(trial.patient.user, method="code")


def text(response) -> str:
    """What a page says, without its markup and with single spaces."""
    return " ".join(html.unescape(strip_tags(response.content.decode())).split())


def posted(
    trial: Scenario,
    outcomes: Mapping[str, str] | None = None,
    *,
    uid: uuid.UUID | str | None = None,
    on: dt.date | str,
    **fields,
) -> dict[str, object]:
    """The form of a session as a browser sends it; `outcomes` says of letters how it went, "skipped:pain"."""
    data: dict[str, object] = {"uid": str(uid or uuid.uuid4()), "practised_on": str(on), **fields}
    for letter, said in (outcomes or {}).items():
        outcome, _, reason = said.partition(":")
        data[f"{trial.line(letter)}-outcome"] = outcome
        data[f"{trial.line(letter)}-reason"] = reason
    return data
