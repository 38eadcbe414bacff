"""第2条1: what has no place in a free text: e-mail addresses and long numbers such as ids (A2-1-08)."""

from __future__ import annotations

import re
import unicodedata

FREE_TEXT = frozenset({"t29_training", "t30_awards", "b22_main_clients", "b23_awards"})
"""Items of Annex 1 whose names anybody may write."""

_FOREIGN = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\d{10,}")


def smuggled(text: str) -> list[str]:
    """Every e-mail address and every number of ten digits or more in a text, full-width forms included."""
    return _FOREIGN.findall(unicodedata.normalize("NFKC", text))
