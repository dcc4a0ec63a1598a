"""Where a sender dies, to the line: a function of ours is wrapped, in this process alone, so that the process
kills itself before or after it. Production code knows nothing of it."""

import os
import signal
from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from clinic.notices import claims
from clinic.notices.post import Delivery, Fate, Post
from clinic.notices.smtp import WatchedSMTP

Die = Callable[[], None]


def die_at(point: str, *, nth: int) -> None:
    """Be killed when `point` is reached for the `nth` time."""
    left = nth

    def die() -> None:
        nonlocal left
        left -= 1
        if left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

    POINTS[point](die)


def _before_the_claim(die: Die) -> None:
    """In its transaction, with the rows locked that are going to be claimed."""
    update = QuerySet.update

    def dying(rows: Any, **fields: Any) -> int:
        if fields.get("state") == "sending":
            die()
        return update(rows, **fields)

    QuerySet.update = dying  # type: ignore[assignment, method-assign]


def _after_the_claim(die: Die) -> None:
    claim = claims.claim

    def dying(**how: Any) -> Any:
        claimed = claim(**how)
        if claimed:
            die()
        return claimed

    claims.claim = dying


def _before_data(die: Die) -> None:
    """The server knows from whom and to whom, and has not heard DATA."""
    data = WatchedSMTP.data

    def dying(server: WatchedSMTP, message: Any) -> Any:
        die()
        return data(server, message)

    WatchedSMTP.data = dying  # type: ignore[assignment, method-assign]


def _after_the_250(die: Die) -> None:
    """The server has the mail and said so; nothing of it is written down yet."""
    hand_over = Post.hand_over

    def dying(post: Post, message: Any) -> Delivery:
        delivery = hand_over(post, message)
        if delivery.fate is Fate.ACCEPTED:
            die()
        return delivery

    Post.hand_over = dying  # type: ignore[assignment, method-assign]


def _before_the_commit(die: Die) -> None:
    """It is written down, and the transaction that holds it is still open."""
    end = claims.end

    def dying(notice: Any, state: Any, **how: Any) -> bool:
        kept = end(notice, state, **how)
        if state == "sent":
            die()
        return kept

    claims.end = dying


POINTS: dict[str, Callable[[Die], None]] = {
    "before the claim": _before_the_claim,
    "after the claim": _after_the_claim,
    "before DATA": _before_data,
    "after the 250": _after_the_250,
    "before the commit": _before_the_commit,
}
