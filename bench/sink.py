"""A mail server that takes everything and says at its end how much that was: a process of its own.

    python -m bench.sink SECONDS

SECONDS passes between the dot and the 250, as with a server that writes a mail down before it answers. It
prints its port, and how many mails it has taken for each line that it reads.
"""

import asyncio
import sys
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session


class Taking:
    def __init__(self, seconds: float) -> None:
        self.seconds, self.taken = seconds, 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 aiosmtpd's name
        if self.seconds:
            await asyncio.sleep(self.seconds)
        self.taken += 1
        return "250 2.0.0 Taken"


async def main(seconds: float) -> None:
    taking = Taking(seconds)
    loop = asyncio.get_running_loop()
    server: Any = await loop.create_server(lambda: SMTP(taking, loop=loop), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    while await loop.run_in_executor(None, sys.stdin.readline):
        print(taking.taken, flush=True)


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1])))
