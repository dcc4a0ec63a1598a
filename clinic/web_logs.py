"""What gunicorn writes of each request: `gunicorn --logger-class clinic.web_logs.Logger`.

It sets up its loggers by itself and passes nothing on to those of Django's settings.
"""

from typing import Any

from gunicorn import glogging

from clinic.logs import Discreet, HideTokens


class Logger(glogging.Logger):
    """gunicorn's own, with nothing in its access log or errors that lets somebody in or quotes them."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for log in (self.access_log, self.error_log):
            if not any(
                isinstance(one, HideTokens) for one in log.filters
            ):  # it is set up again when reloaded
                log.addFilter(HideTokens())
        for handler in self.error_log.handlers:
            handler.setFormatter(Discreet(self.error_fmt, self.datefmt))
