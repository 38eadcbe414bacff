r"""Makes text from outside harmless to look at: no control character reaches a terminal, a page or a file.

What a candidate answers may hold escape sequences, direction overrides or characters that XML forbids.
Each is written out as its escape (`\x1b`, `\u202e`), so a reader sees that it was there. Reports are built
from inert events only; the record itself keeps what was really answered.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

__all__ = ["inert", "inert_text", "one_line"]

# C0 but for tab and newline, DEL and C1, line/paragraph separators, marks that hide or turn text around,
# lone surrogates, noncharacters, tag characters.
_ACTIVE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)


def _escaped(found: re.Match[str]) -> str:
    code = ord(found.group())
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def inert_text(text: str) -> str:
    """The text with every active character written out."""
    return _ACTIVE.sub(_escaped, text)


def one_line(text: str) -> str:
    """The inert text on one line, for tables and attributes."""
    return " ".join(inert_text(text).split())


def inert(value: Any) -> Any:
    """The JSON value with every string in it inert, keys too."""
    if isinstance(value, str):
        return inert_text(value)
    if isinstance(value, Mapping):
        pairs = cast("Mapping[Any, Any]", value).items()
        return {inert_text(str(key)): inert(part) for key, part in pairs}
    if isinstance(value, Sequence):
        return [inert(part) for part in cast("Sequence[Any]", value)]
    return value
