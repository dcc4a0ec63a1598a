"""/metrics: what Prometheus reads."""

import datetime as dt
import uuid

import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from tests.factories import HeartbeatFactory, HoldFactory, NoticeFactory

TOKEN = {"headers": {"Authorization": "Bearer a-long-token"}}


@pytest.fixture
def token(settings) -> None:
    settings.METRICS_TOKEN = "a-long-token"  # noqa: S105 of this test


def figures(client: Client) -> dict[tuple[str, ...], float]:
    answer = client.get("/metrics", **TOKEN)
    assert (answer.status_code, answer["Content-Type"].partition(";")[0]) == (200, "text/plain")
    families = text_string_to_metric_families(answer.content.decode())
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }


def test_in_an_installation_where_nothing_has_run_yet(db, token, client: Client) -> None:
    assert figures(client) == {
        ("homestretch_oldest_due_notice_seconds",): 0,
        ("homestretch_notices_held",): 0,
        ("homestretch_notices_unsent", "queued"): 0,
        ("homestretch_notices_unsent", "sending"): 0,
        ("homestretch_notices_unsent", "retry"): 0,
    }


def test_while_mail_waits(db, token, client: Client) -> None:
    now = timezone.now()
    HeartbeatFactory(step="plan", beat_at=now - dt.timedelta(hours=2))
    HeartbeatFactory(step="drain", beat_at=now - dt.timedelta(minutes=1))
    HoldFactory()
    NoticeFactory(state="queued", due_at=now - dt.timedelta(minutes=30))
    NoticeFactory(state="queued", due_at=now + dt.timedelta(days=1))
    NoticeFactory(state="sending", due_at=now, claim=uuid.uuid4(), lease_until=now)
    NoticeFactory(state="failed", due_at=now - dt.timedelta(days=1))
    found = figures(client)
    assert 1800 <= found["homestretch_oldest_due_notice_seconds",] < 1830
    assert 7200 <= found["homestretch_heartbeat_age_seconds", "plan"] < 7230
    assert 60 <= found["homestretch_heartbeat_age_seconds", "drain"] < 90
    assert found["homestretch_notices_held",] == 1
    unsent = [found["homestretch_notices_unsent", state] for state in ("queued", "sending", "retry")]
    assert unsent == [2, 1, 0]


@pytest.mark.parametrize(
    "given", [{}, {"Authorization": "Bearer another"}, {"Authorization": "a-long-token"}]
)
def test_nobody_else_reads_it(db, token, client: Client, given: dict[str, str]) -> None:
    answer = client.get("/metrics", headers=given)
    assert (answer.status_code, answer.content) == (401, b"")


def test_it_is_not_there_without_a_token(db, client: Client) -> None:
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def test_it_takes_no_post(db, token, client: Client) -> None:
    assert client.post("/metrics", **TOKEN).status_code == 405
