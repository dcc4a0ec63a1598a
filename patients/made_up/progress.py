"""How far a long work has come: a bar on a terminal, a line now and then elsewhere."""

import time
from typing import Any

WIDTH, SECONDS = 40, 10


class Bar:
    """`out` is a command's stdout."""

    def __init__(self, out: Any) -> None:
        self.out = out
        self.is_terminal = out.isatty()
        self.began = self.told = time.monotonic()

    def show(self, done: int, of: int) -> None:
        now = time.monotonic()
        is_over = done >= of
        share = done / of if of else 1.0
        if self.is_terminal:
            bar = "#" * round(WIDTH * share)
            self.out.write(
                f"\r[{bar:<{WIDTH}}] {share:4.0%} {now - self.began:5.0f} s", ending="\n" if is_over else ""
            )
            self.out.flush()
        elif is_over or now - self.told >= SECONDS:
            self.told = now
            self.out.write(f"{done} of {of} sessions, {now - self.began:.0f} s")
            self.out.flush()
