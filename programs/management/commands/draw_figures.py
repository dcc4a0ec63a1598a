"""`manage.py draw_figures`: the sprite and the stylesheet of the figures, anew from their poses."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from programs.figures import moving, still
from programs.figures.poses import figures

STATIC = Path(__file__).resolve().parents[3] / "static"


def drawn() -> dict[Path, str]:
    """The files that are made of the poses, with what must stand in them."""
    every = figures().values()
    return {
        STATIC / "img" / "figures.svg": still.sprite(every),
        STATIC / "css" / "figures.css": moving.stylesheet(every),
    }


class Command(BaseCommand):
    help = "Draw static/img/figures.svg and static/css/figures.css from programs/figures/poses/."

    def handle(self, *args: Any, **options: Any) -> None:
        for path, text in drawn().items():
            path.write_text(text)
            self.stdout.write(f"{path.relative_to(STATIC.parent)}: {len(text)} bytes")
