"""What a vendor may answer to a finding, and what each answer needs beside it."""

from __future__ import annotations

from typing import Final, Literal

__all__ = ["NEEDS", "RESPONSES", "Response"]

Response = Literal["corrected", "planned", "consult", "object"]

RESPONSES: Final[tuple[Response, ...]] = ("corrected", "planned", "consult", "object")

NEEDS: Final[dict[Response, tuple[str, ...]]] = {
    "corrected": ("cause", "action", "done_on", "proof", "person"),
    "planned": ("cause", "action", "done_on", "person"),
    "consult": ("action", "person"),
    "object": ("action", "proof", "person"),
}
"""The columns that each answer fills in: 是正 is shown, a plan has its day, an objection its grounds."""
