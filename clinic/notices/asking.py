"""What is asked of notices just before they go: of the few of a batch at once, which costs as much as of one.

An answer counts for a second. What takes longer (a server that is slow) is asked again for those that are
left, so that each is sent on an answer that is not older.
"""

import datetime as dt
import logging
from collections import defaultdict

from clinic.models import Notice
from clinic.notices import addresses, kinds
from clinic.notices.kinds import Answer

logger = logging.getLogger(__name__)

COUNTS_FOR = dt.timedelta(seconds=1)


class Answers:
    """Whether the notices of a batch are still wanted, and which addresses are refused."""

    def __init__(self, notices: list[Notice]) -> None:
        self._left = list(notices)
        self._asked_at: dt.datetime | None = None
        self._answers: dict[int, Answer] = {}
        self._refused: dict[str, bool] = {}

    def wanted(self, notice: Notice, *, now: dt.datetime) -> Answer:
        """Of one after the other, in the order of the batch."""
        if self._asked_at is None or abs(now - self._asked_at) >= COUNTS_FOR:
            self._ask(now)
        self._left = [other for other in self._left if other.pk != notice.pk]
        answer = self._answers.get(notice.pk)
        return kinds.get(notice.kind).still_wanted(notice, now) if answer is None else answer

    def is_refused(self, address: str) -> bool:
        if address not in self._refused:
            self._refused |= addresses.refused_among([address])
        return self._refused[address]

    def note_refused(self, address: str) -> None:
        """A server has just refused it: the next of the batch that goes there is not tried."""
        self._refused[address] = True

    def _ask(self, now: dt.datetime) -> None:
        self._asked_at, self._answers, self._refused = now, {}, {}
        some = defaultdict(list)
        for notice in self._left:
            notice.about = None
            some[notice.kind].append(notice)
        for name, notices in some.items():
            try:
                together = kinds.get(name).ask_together
                self._answers |= together(notices, now) if together else {}
            except Exception:  # one of them may be at fault: each is asked alone, and the others go
                logger.exception("Notices of the kind %s could not be asked about together.", name)
        known = [notice.about.email for notice in self._left if getattr(notice.about, "email", "")]
        self._refused = addresses.refused_among(known) if known else {}
