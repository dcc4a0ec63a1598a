"""A mail server that keeps its answer back: a sender has a mail in hand for as long as a test wants."""

import threading

from tests.clinic.mail_faults import BadMailbox


def in_hand(server: BadMailbox) -> tuple[threading.Event, threading.Event]:
    """The next mail arrives (the first event), and the server answers nobody until the second is set."""
    taken, let_go = threading.Event(), threading.Event()

    def hold() -> None:
        taken.set()
        let_go.wait(timeout=8)  # less than EMAIL_TIMEOUT

    server.at_arrival = hold
    return taken, let_go
