#!/usr/bin/env python3
"""Whether the web service of this container answers: the health check of the image."""

import os
import sys
from http.client import HTTPConnection

PORT = 8000


def main(port: int) -> int:
    # The service answers to its own hosts alone, so the check must name one of them.
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0]
    connection = HTTPConnection("127.0.0.1", port, timeout=4)
    connection.request("GET", "/healthz", headers={"Host": host})
    status = connection.getresponse().status
    return 0 if status == 200 else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else PORT))
