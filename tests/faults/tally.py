"""Counting: what was owed, what arrived, what arrived twice, and whether that is known."""

from collections import defaultdict
from dataclasses import dataclass

from clinic.models import Notice
from tests.mailing import Mailbox


@dataclass(frozen=True)
class Tally:
    """`owed`: addresses, each of which was to get one mail."""

    owed: frozenset[str]
    by_address: dict[str, list[str]]  # the Message-IDs of what arrived, in order

    @property
    def lost(self) -> set[str]:
        return set(self.owed) - set(self.by_address)

    @property
    def unasked(self) -> set[str]:
        return set(self.by_address) - set(self.owed)

    @property
    def twice(self) -> dict[str, list[str]]:
        return {to: ids for to, ids in self.by_address.items() if len(ids) > 1}

    @property
    def mails(self) -> int:
        return sum(map(len, self.by_address.values()))

    @property
    def duplicates(self) -> int:
        return self.mails - len(self.by_address)


def count(mailbox: Mailbox) -> Tally:
    """Of every notice with a recipient, each of whom was owed one mail."""
    arrived = defaultdict(list)
    for mail in mailbox.mails:
        [address] = mail.recipients
        arrived[address].append(str(mail.message["Message-ID"]))
    owed = Notice.objects.values_list("recipient__email", flat=True)
    return Tally(frozenset(owed), dict(arrived))


def assert_all_arrived(tally: Tally, *, at_most_twice: int) -> None:
    """0 lost; every duplicate is one of at most so many, is the same mail, and is known as uncertain."""
    assert tally.lost == set()
    assert tally.unasked == set()
    notices = {notice.recipient.email: notice for notice in Notice.objects.select_related("recipient")}
    assert {notice.state for notice in notices.values()} == {"sent"}
    for address, message_ids in tally.by_address.items():
        assert set(message_ids) == {notices[address].message_id}, address
    for address, message_ids in tally.twice.items():
        uncertain = notices[address].attempts.filter(outcome="uncertain").count()
        assert uncertain >= len(message_ids) - 1, f"{address}: a repeat that nobody noted as uncertain"
    assert tally.duplicates <= at_most_twice, tally.twice
