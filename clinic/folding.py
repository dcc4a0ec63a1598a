"""Words as they are searched for: without accents and capitals, the same on every database."""

import unicodedata


def folded(text: str) -> str:
    """`text` in small letters without accents, its spaces single: "Però  SÌ" is "pero si"."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(one for one in parts if not unicodedata.combining(one))
    return " ".join(bare.split())
