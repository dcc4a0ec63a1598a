"""How long one repetition takes, read off a tempo in words.

A tempo is free text, as its clinician or author wrote it. Only where it gives figures can anything count by
it: "3-1-3", "2/0/2" (seconds down, held, up), or "2 seconds up, 3 seconds down", in English or Italian. Where
it gives none ("one long breath each time") the patient counts.
"""

import re

PHASES = re.compile(r"(?<![\d-])(\d{1,2})[-/:](\d{1,2})(?:[-/:](\d{1,2}))?(?:[-/:](\d{1,2}))?(?![\d-])")
SECONDS = re.compile(r"(\d{1,2})\s*(?:s\b|sec\b|second|secondi\b)", re.IGNORECASE)
LEAST_S, MOST_S = 1, 30


def tempo_seconds(tempo: str) -> int | None:
    """Seconds for one repetition, None where `tempo` gives no figures or such as nobody moves by."""
    phases = PHASES.search(tempo)
    found = [figure for figure in phases.groups() if figure] if phases else SECONDS.findall(tempo)
    seconds = sum(int(figure) for figure in found)
    return seconds if LEAST_S <= seconds <= MOST_S else None
