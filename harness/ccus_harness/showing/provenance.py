"""Where values came from: the bait that stands in synthetic records, the forms it is searched in, and the marks."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from markupsafe import Markup

from ccus_harness.annex1 import load_annex1
from ccus_harness.instruments.artefacts import held_items
from ccus_harness.instruments.encodings import Form, forms
from ccus_harness.instruments.residue import from_bytes, scan
from ccus_harness.reports.inert import inert_text
from ccus_harness.showing import flows
from ccus_harness.showing.bilingual import Both, same
from ccus_harness.showing.tables import Table
from ccus_simulator import population

if TYPE_CHECKING:
    from ccus_harness.instruments.artefacts import HeldItem
    from ccus_harness.reports import Report
    from ccus_simulator.population import Canary


class NotFound(AssertionError):
    """Bait was laid and the search did not find it: it would find nothing in a real store either."""

    def __init__(self, item: str, form: str) -> None:
        super().__init__(item, form)
        self.item = item
        self.form = form

    def __str__(self) -> str:
        return f"{self.item} を {self.form} で置いたのに見つかりません。 / {self.item} in {self.form} was not found."


_DENIED = Both(ja="別紙1にない", en="outside Annex 1")


def bait(report: Report, row_id: str, person: str) -> Table:
    """The values of one synthetic person that are found again wherever they go: unique to the run and the record."""
    found = _canaries(report, row_id, person)
    title = Both(
        ja=f"{person} の記録に入っているおとりの値 {len(found)} 個",
        en=f"{len(found)} bait values in the record of {person}",
    )
    head = (_ITEM, _VALUE, _SURE)
    lines = [(_item(each.item), inert_text(each.text), _known_by(each.text)) for each in found]
    return Table("bait", title, head, lines, widths=(34, 38, 28))


_ITEM = Both(ja="項目", en="Item")
_VALUE = Both(ja="おとりの値", en="Bait")
_SURE = Both(ja="何で見分けるか", en="Known by")
_BY_LETTERS = Both(ja="ふだん使われない漢字の並び", en="a run of kanji that nobody uses")
_BY_NUMBER = Both(ja="使われない範囲の番号", en="a number from a reserved range")

_BY_ITSELF = Both(ja="この記録にしかない値", en="a value that only this record has")


def _known_by(value: str) -> Both:
    if "彁墸" in value:
        return _BY_LETTERS
    return _BY_NUMBER if value.replace("-", "").isdigit() else _BY_ITSELF


def _item(key: str) -> Both:
    known = load_annex1()
    if key in known.by_key:
        item = known.by_key[key]
        return Both(ja=f"{item.no} {item.label_ja}", en=item.label_en)
    return next(
        (
            Both(ja=f"{each.label_ja}（{_DENIED.ja}）", en=f"{each.label_en} ({_DENIED.en})")
            for each in known.denied
            if key in (each.key, f"x_{each.key}")
        ),
        Both(ja=f"{key}（{_DENIED.ja}）", en=f"{key} ({_DENIED.en})"),
    )


def _canaries(report: Report, row_id: str, person: str) -> tuple[Canary, ...]:
    labels = flows.labels_of(flows.story_of(report, row_id))
    found = [identity for identity, label in labels.items() if label == person]
    if not found:
        raise flows.NotTried(person, report.run.target)
    return population.canaries(report.run.seed, found[0])


def hidden_and_found(report: Report, row_id: str, person: str) -> Table:
    """One bait value hidden in every form in which systems write, and searched for: raises `NotFound` where it is missed."""
    canary = _canaries(report, row_id, person)[0]
    lines = [_searched(canary, form.encoding, form.data) for form in _one_each(canary)]
    title = Both(
        ja=f"「{canary.text}」を {len(lines)} 通りに書いて隠し、探す",
        en=f"One bait value written in {len(lines)} ways, hidden and searched for",
    )
    return Table("forms", title, (_WRITTEN, _BYTES, _FOUND), lines, widths=(24, 52, 24))


_WRITTEN = Both(ja="書き方", en="Written as")
_BYTES = Both(ja="ファイルの中の姿", en="As it stands in a file")
_FOUND = Both(ja="探した結果", en="Search")
_SEEN = Both(ja="○ 見つかった", en="found")
_MOST_BYTES = 46


def _one_each(canary: Canary) -> list[Form]:
    """One form for each encoding; a form has variants that differ in case or in what stands before it."""
    return list({form.encoding: form for form in reversed(forms(canary.text))}.values())[::-1]


def _searched(canary: Canary, name: str, data: bytes) -> tuple[Both | str, ...]:
    hits = scan([from_bytes("store", b"\x00" * 64 + data + b"\x00" * 64)], [canary])
    if (canary.id, canary.item) not in hits.found:
        raise NotFound(canary.item, name)
    shown = data[:_MOST_BYTES].decode("ascii", errors="backslashreplace").replace("\x1b", "\\x1b")
    readable = shown if data.isascii() else data[: _MOST_BYTES // 3].hex(" ")
    return name, inert_text(readable) + ("…" if len(readable) < len(data) else ""), _SEEN


def marks(report: Report, row_id: str, person: str) -> Table:
    """What the candidate handed out as kept of one person, item by item, with the mark of its origin."""
    story = flows.story_of(report, row_id)
    labels, layout = flows.labels_of(story), flows.layout_for(report)
    calls = [call for step in story.steps for call in step.calls]
    looks = [call for call in calls if (call.who, call.op) == ("candidate", "holdings")]
    if not looks:
        raise flows.NotTried(row_id, report.run.target)
    bodies = [base64.b64decode(each["body"]) for each in looks[-1].answer["value"]["artefacts"]]
    held = [item for body in bodies for item in held_items(body, layout).items]
    own = [item for item in held if labels.get(item.id) == person]
    counted = {state: sum(item.marked is state for item in own) for state in (True, False, None)}
    title = Both(
        ja=f"{report.run.target} が保有する {person} の {len(own)} 項目"
        f"（CCUS由来 {counted[True]}、利用者の入力 {counted[False]}、印なし {counted[None]}）",
        en=f"{len(own)} items of {person} kept by {report.run.target}: {counted[True]} from CCUS, "
        f"{counted[False]} typed by users, {counted[None]} unmarked",
    )
    name = f"marks-{'broken' if ':' in report.run.target else 'kept'}"
    return Table(name, title, (_ITEM, _KEPT, _MARK), [_held(item) for item in own], widths=(36, 40, 24))


_KEPT = Both(ja="保有している値", en="Kept value")
_MARK = Both(ja="出所の印", en="Mark of origin")
_MARKS = {
    True: ("#d5ecd4", Both(ja="● CCUS由来", en="from CCUS")),
    False: ("#e3edf9", Both(ja="○ 利用者の入力", en="typed by a user")),
    None: ("#f8d0c8", Both(ja="× 印がない", en="no mark")),
}
_LONGEST = 44


def _held(item: HeldItem) -> tuple[Both | Markup | str, ...]:
    colour, name = _MARKS[item.marked]
    shown = Markup('<span style="background:{};padding:1px 6px;display:inline-block">{}</span>').format(
        colour, name
    )
    value = inert_text(item.value)
    cut = value if len(value) <= _LONGEST else value[:_LONGEST] + "…"
    return _item(item.item) if item.item else same(inert_text(item.label)), cut, shown
