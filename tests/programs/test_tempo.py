"""A tempo in words: where it gives figures, one repetition takes that long."""

import pytest

from programs.tempo import tempo_seconds


@pytest.mark.parametrize(
    ("tempo", "seconds"),
    [
        ("3-1-3", 7),
        ("2/0/2", 4),
        ("Tempo 4:2:1:0, in an even rhythm.", 7),
        ("2 seconds up, 3 seconds down", 5),
        ("2 secondi su, 3 secondi giù", 5),
        ("About 4 s each time", 4),
        ("Slowly, one long breath each time.", None),
        ("", None),
        ("0-0-0", None),
        ("60-60", None),  # nobody moves by that
        ("10 times", None),
    ],
)
def test_seconds_of_one_time(tempo, seconds):
    assert tempo_seconds(tempo) == seconds
