"""A mail server that takes everything and says at its end how much that was: a process of its own.

    python -m bench.sink AWAY WRITING

Each answer comes AWAY seconds late, as from a server elsewhere; after the dot WRITING more, as from one that
writes a mail down before it says 250. It prints its port, and how many mails it has taken for each line that
it reads.
"""

import asyncio
import sys
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session


class Taking:
    def __init__(self, writing: float) -> None:
        self.writing, self.taken = writing, 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 aiosmtpd's name
        if self.writing:
            await asyncio.sleep(self.writing)
        self.taken += 1
        return "250 2.0.0 Taken"


class Elsewhere(SMTP):
    away = 0.0

    async def push(self, status: Any) -> None:
        if self.away:
            await asyncio.sleep(self.away)
        await super().push(status)


async def main(away: float, writing: float) -> None:
    taking, Elsewhere.away = Taking(writing), away
    loop = asyncio.get_running_loop()
    server: Any = await loop.create_server(lambda: Elsewhere(taking, loop=loop), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    while await loop.run_in_executor(None, sys.stdin.readline):
        print(taking.taken, flush=True)


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]), float(sys.argv[2])))
