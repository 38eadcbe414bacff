"""審査票 read back: what a reviewer wrote into it, as the decisions that `decide` records.

A line that says what is decided already is no new decision. Where a decision is refused, the reason names the cell.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ccus_harness.deciding import DECIDED_WORDS, Given, Undecidable
from ccus_harness.papers.faults import SheetFault, raise_any
from ccus_harness.papers.filled import read_back
from ccus_harness.papers.telling import both, word

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ccus_harness.papers.filled import Answer, Filled
    from ccus_harness.papers.parts import Paper
    from ccus_harness.papers.standing import Standing

__all__ = ["Handed", "decisions_of"]

_COLUMNS: Final = ("word", "by", "on", "reason", "second", "files")
_AS_GIVEN: Final = {"word": "word", "by": "by", "on": "date", "reason": "reason", "second": "second"}
"""The columns of the sheet under the names that a decision has for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """The decisions of a sheet, and in which cell each part of each of them stands."""

    document: str
    given: tuple[Given, ...]
    places: Mapping[str, str]

    def in_cells(self, refused: Undecidable) -> Undecidable:
        """The same refusals, each with the cell that it is about."""
        told = (replace(one, path=self._cell(one.path)) for one in refused.refusals)
        return Undecidable(self.document, told)

    def _cell(self, path: str) -> str:
        return self.places.get(path) or self.places.get(path.partition(".files[")[0], path)


def decisions_of(path: Path, paper: Paper, standings: Mapping[str, Standing]) -> Handed:
    """What a review sheet decides beyond what stands; raises `SheetFaults` with every cell that is wrong."""
    filled = read_back(path, paper, same_issue=False)
    lines = {entry: _with_common(line, filled) for (_, entry), line in filled.lines.items() if _begun(line)}
    news = {row: line for row, line in lines.items() if not _says_again(line, standings[row])}
    raise_any(path.name, (fault for line in news.values() for fault in _unfilled(line, path.parent)))
    return Handed(
        document=path.name,
        given=tuple(_given(row, line, path.parent) for row, line in news.items()),
        places=dict(_places(news)),
    )


def _begun(line: Mapping[str, Answer]) -> bool:
    return any(answer.text for answer in line.values())


def _with_common(line: Mapping[str, Answer], filled: Filled) -> dict[str, Answer]:
    """The line with the name and the day of the first page where it has none of its own."""
    common = {key: answer for key, answer in filled.fields.items() if key in line and not line[key].text}
    return {**line, **{key: replace(line[key], text=answer.text) for key, answer in common.items()}}


def _says_again(line: Mapping[str, Answer], standing: Standing) -> bool:
    """Whether a line says just what was decided before: the sheet printed it."""
    if not standing.decided:
        return False
    said = tuple(line[key].text for key in _COLUMNS)
    stood = (
        word(standing.word).ja,
        standing.by,
        standing.on,
        standing.reason,
        standing.second,
        "\n".join(standing.files),
    )
    return tuple(map(_squeezed, said)) == tuple(map(_squeezed, stood))


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def _unfilled(line: Mapping[str, Answer], folder: Path) -> Iterator[SheetFault]:
    """What a decision cannot do without, and files that do not lie beside the sheet; no name is a path."""
    for key in ("word", "by", "on", "reason"):
        if not line[key].text:
            yield SheetFault(path=line[key].place, code="missing", values={"what": both(f"head.{key}").ja})
    for name in _names(line["files"].text):
        if Path(name).name != name or not (folder / name).is_file():
            yield SheetFault(path=line["files"].place, code="file", values={"name": name})


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.replace("、", "\n").splitlines() if name.strip()]


def _given(row: str, line: Mapping[str, Answer], folder: Path) -> Given:
    said = {word(name).ja: name for name in DECIDED_WORDS}
    return Given(
        row=row,
        word=said[line["word"].text],
        by=line["by"].text,
        date=line["on"].text,
        reason=line["reason"].text,
        second=line["second"].text,
        files=tuple(folder / name for name in _names(line["files"].text)),
        path=row,
    )


def _places(lines: Mapping[str, Mapping[str, Answer]]) -> Iterator[tuple[str, str]]:
    for row, line in lines.items():
        yield f"{row}.row", line["word"].place
        yield f"{row}.files", line["files"].place
        for key, name in _AS_GIVEN.items():
            yield f"{row}.{name}", line[key].place
