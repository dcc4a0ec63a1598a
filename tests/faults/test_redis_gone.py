"""Redis emptied and stopped while a real worker and beat are at work.

Celery's worker gives up at times when Redis ends while ticks wait in it; the test starts it again, as the
restart policy of docker-compose.yml does. Beat does not end.

The drain that is under way does not need it. What is owed meanwhile waits for its return: the first claim
comes within two beats, and the backlog goes on. Meanwhile a patient records sessions with a stop and a
clinician reads the worklist through a real gunicorn, and nothing answers with a 500.
"""

import time
import uuid
from functools import partial

import pytest
from django.db.models import Max, Min
from django.urls import reverse
from django.utils import timezone

from clinic.localtime import local_date
from clinic.models import Notice
from patients.models import PracticeSession, Prescription, WorkItem
from tests.clients import signed_in
from tests.clinic.mail_faults import BadPost
from tests.factories import MembershipFactory, PatientFactory, PrescriptionFactory
from tests.faults import owing
from tests.faults.cluster import Queue
from tests.faults.crew import wait_until
from tests.faults.engine import Engine, engine
from tests.faults.holding import in_hand
from tests.faults.scale import LONG, sized
from tests.faults.tally import assert_all_arrived, count
from tests.faults.web import Visits, web
from tests.mailing import Mail
from tests.processes import environment

pytestmark = [pytest.mark.postgres, pytest.mark.redis, pytest.mark.usefixtures("durable")]

NOTICES = sized(short=60, long=1500)  # before, again when Redis was emptied, again when it was stopped
# Seconds. The worker looks for its broker again after 2, 4, 6 ... at most 30 seconds, 30 being a real beat;
# a test's outage and its beat must be so that what it waits at the end is less than two beats too.
BEAT = sized(short=6, long=15)
SAME_PACE = 0.5  # of the pace before, on a machine that is shared
SESSIONS = sized(short=2, long=10)


def test_redis_is_emptied_and_stopped(post: BadPost, summary, tmp_path) -> None:
    item = owing.stopped()
    owing.alerts(item, owing.many(NOTICES, "early"))
    given = practised(item)
    patient = signed_in(given.patient.user, method="code")
    pages = {"/": patient, reverse("admin:worklist"): signed_in(given.clinician, method="mfa")}
    mails = post.bad.mails
    with Queue(tmp_path) as queue:
        variables = environment(EMAIL_URL=post.url, REDIS_URL=queue.url, NOTICE_TICK_SECONDS=str(BEAT))
        with web(variables, tmp_path) as site, engine(variables, tmp_path, threads=1) as going:
            wait_until(lambda: len(mails) >= NOTICES // 3, seconds=120)
            queue.empty()
            wait_until(going.is_idle, seconds=300)  # the drain under way has sent what there was
            emptied = first_claim(going, item, mails, "emptied")
            taken, let_go = in_hand(post.bad)
            assert taken.wait(timeout=60)
            wait_until(lambda: going.waiting >= 2)  # a drain is under way, and the next tick has come
            queue.stop_at_once()
            let_go.set()
            with Visits(site, pages) as visits:
                for number in range(SESSIONS):
                    form = session(given, first=number == 0)
                    assert visits.note(partial(site.post, "/session/", form, patient)) == 302
                wait_until(lambda: noticed(going))
                wait_until(going.is_idle, seconds=300)
                queue.start()
                returned = first_claim(going, item, mails, "stopped")
            going.finish()
    tally = count(post.bad)
    summary.add(
        f"Redis emptied, stopped (beat {BEAT} s, first claim after {emptied:.1f}, {returned:.1f} s; then the"
        f" backlog at {pace('stopped') / pace('early'):.2f} of the pace before; worker started again"
        f" {going.restarts} x)",
        mails=tally.mails,
        lost=len(tally.lost),
        duplicates=tally.duplicates,
    )
    assert len(visits.statuses) > 5
    assert set(visits.statuses) <= {200, 302}
    assert PracticeSession.objects.count() == SESSIONS
    assert emptied <= 2 * BEAT
    assert returned <= 2 * BEAT
    if LONG:  # of a few mails a pace says nothing
        assert pace("stopped") / pace("early") >= SAME_PACE
    assert given.clinician.email in tally.by_address  # the stop of which she had to hear
    assert_all_arrived(tally, at_most_twice=0)


def pace(name: str) -> float:
    """How many of the notices that are called so were sent in a second, from the first to the last."""
    rows = Notice.objects.filter(recipient__email__contains=name, sent_at__isnull=False)
    ends = rows.aggregate(first=Min("sent_at"), last=Max("sent_at"))
    return rows.count() / max((ends["last"] - ends["first"]).total_seconds(), 0.001)


def first_claim(going: Engine, item: WorkItem, mails: list[Mail], name: str) -> float:
    """Owe a backlog, of which nobody tells the worker; gives the seconds until the first of it is there."""
    before, began = len(mails), time.monotonic()
    owing.alerts(item, owing.many(NOTICES, name))
    wait_until(lambda: going.supervise() and len(mails) > before, seconds=120)
    return time.monotonic() - began


def practised(item: WorkItem) -> Prescription:
    """Another programme in the clinic of `item`."""
    clinic = item.patient.clinic
    clinician = MembershipFactory(clinic=clinic, user__email="alba@clinic.example").user
    made: Prescription = PrescriptionFactory(patient=PatientFactory(clinic=clinic), clinician=clinician)
    return made


def session(prescription: Prescription, *, first: bool) -> dict[str, object]:
    """The form of a session of today. In the first one an exercise hurt: it is off in those after it."""
    lines = [line.line for line in prescription.versions.get().exercises.all()]
    outcomes = {f"{line}-outcome": "done" for line in lines[1:]}
    if first:
        outcomes[f"{lines[0]}-outcome"] = "stopped"
    today = local_date(timezone.now(), prescription.patient.zone)
    return {"uid": str(uuid.uuid4()), "practised_on": str(today), **outcomes}


def noticed(going: Engine) -> bool:
    """Worker and beat both know that Redis is gone."""
    going.supervise()
    [worker], [beat] = going.workers, going.beats
    return "Cannot connect to" in worker.said and "Connection refused" in beat.said
