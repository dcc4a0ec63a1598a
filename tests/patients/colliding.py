"""Two at the same moment: real transactions of PostgreSQL that run into each other."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction


def at_once(hold: Callable[[], Any], *calls: Callable[[], Any]) -> list[Any]:
    """What each of `calls` gave or raised, all of them let go when the transaction of `hold` ends."""

    def run(call: Callable[[], Any]) -> Any:
        try:
            return call()
        except Exception as error:  # the test says which one it expects
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        with transaction.atomic():
            hold()
            running = [pool.submit(run, call) for call in calls]
            wait_until_blocked(len(calls))
        return [one.result(timeout=20) for one in running]


WAITING = """
    SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE NOT granted AND datname = current_database()
"""


def wait_until_blocked(number: int) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_stat_clear_snapshot()"
            )  # else the first answer stays for the transaction
            cursor.execute(WAITING)
            if cursor.fetchone()[0] >= number:
                return
        time.sleep(0.02)
    pytest.fail("they did not all wait for the row")
