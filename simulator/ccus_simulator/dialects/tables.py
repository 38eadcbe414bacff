r"""CSV tables in Shift_JIS (CP932), as the dialect `session` writes and reads them: nothing is lost in silence.

A value stands in two columns. 形式 文字: the text as it is. 形式 JSON: a JSON text, for everything that is not text,
and for every text that CP932 cannot carry there and back or that holds control characters; in it such a
character stands as its \uXXXX escape. So each cell is plain CP932 on one line, and each value comes back exactly.
"""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from ccus_simulator.documents import Fault
from ccus_simulator.reading import LARGEST_BODY, checked_json
from ccus_simulator.refusals import Refused, invalid
from ccus_simulator.types import Json

ENCODING: Final = "cp932"
MEDIA_TYPE: Final = "text/csv; charset=Windows-31J"
"""The registered name of CP932: what is merely called Shift_JIS lacks 髙 and ①."""

TEXT, JSON = "文字", "JSON"
FORM, VALUE = "形式", "値"


def write(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    """Write a table with its header line; what a plain cell cannot carry stands as a visible escape."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(ENCODING, errors="backslashreplace")


def read(body: bytes, columns: Sequence[str], optional: Sequence[str] = ()) -> list[dict[str, str]]:
    """Read a table that has these columns, in any order; raises `Refused` with every fault of its form."""
    if len(body) > LARGEST_BODY:
        raise Refused("body.too_large")
    lines = _lines(body)
    header = lines[0] if lines else []
    if sorted(name for name in header if name not in optional) != sorted(columns) or _twice(header):
        text = f"見出しが違います。{'、'.join(columns)} の列を一つずつ置いてください。"
        raise invalid([Fault(path="1行目", text=text)])
    wrong = [n for n, line in enumerate(lines[1:], 2) if len(line) != len(header)]
    if wrong:
        text = f"列の数が見出しと違います。{len(header)} 列にしてください。"
        raise invalid(Fault(path=f"{n}行目", text=text) for n in wrong)
    absent = dict.fromkeys(optional, "")
    return [absent | dict(zip(header, line, strict=True)) for line in lines[1:]]


def _twice(header: Sequence[str]) -> bool:
    return len(set(header)) != len(header)


def write_value(value: Json) -> dict[str, str]:
    """Return the two cells of a value."""
    if isinstance(value, str) and all(_survives(character) for character in value):
        return {FORM: TEXT, VALUE: value}
    written = json.dumps(value, ensure_ascii=False)
    return {FORM: JSON, VALUE: "".join(c if _survives(c) else json.dumps(c)[1:-1] for c in written)}


def read_value(row: Mapping[str, str], place: str) -> Any:
    """Return the value of two cells; raises `Refused` when they hold none."""
    if row[FORM] == TEXT:
        return row[VALUE]
    if row[FORM] != JSON:
        raise invalid([Fault(path=f"{place}/{FORM}", text=f"{TEXT} か {JSON} にしてください。")])
    return checked_json(row[VALUE], f"{place}/{VALUE}")


def _lines(body: bytes) -> list[list[str]]:
    try:
        text = body.decode(ENCODING)
    except UnicodeDecodeError as error:
        n = body.count(b"\n", 0, error.start) + 1
        raise invalid([Fault(path=f"{n}行目", text="Shift_JIS（CP932）として読めません。")]) from error
    try:
        return [line for line in csv.reader(io.StringIO(text, newline=""), strict=True) if line]
    except csv.Error as error:
        text = f"CSV として読めません。引用符と区切りを直してください: {error}"
        raise invalid([Fault(path="$", text=text)]) from error


def _survives(character: str) -> bool:
    """Whether CP932 gives back the same character; some it maps to a lookalike, such as the yen sign."""
    if character < " ":
        return False
    try:
        return character.encode(ENCODING).decode(ENCODING) == character
    except UnicodeError:
        return False
