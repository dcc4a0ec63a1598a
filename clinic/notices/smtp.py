"""Django's SMTP backend, over a connection that remembers how far a mail got and what the server said."""

import smtplib
from typing import Any

from django.core.mail.backends import smtp


class _Watched:
    """`begun`: the mail's own text is under way, so an end without an answer says nothing about its arrival.

    `words`: the server's last answer.
    """

    begun = False
    words = ""

    def sendmail(self, *args: Any, **kwargs: Any) -> Any:
        self.begun = False
        return super().sendmail(*args, **kwargs)  # type: ignore[misc]

    def getreply(self) -> tuple[int, bytes]:
        code, words = super().getreply()  # type: ignore[misc]
        if code == 354:  # "go ahead": what is written after it is the mail
            self.begun = True
        self.words = f"{code} {words.decode(errors='replace')}"
        return code, words


class WatchedSMTP(_Watched, smtplib.SMTP):
    pass


class WatchedSMTPOverTLS(_Watched, smtplib.SMTP_SSL):
    pass


class EmailBackend(smtp.EmailBackend):
    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return WatchedSMTPOverTLS if self.use_ssl else WatchedSMTP
