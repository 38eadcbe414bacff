"""第2条3: marks seen by those who use the data, and through all that is done with a record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_bdd import then

from ccus_harness.instruments.artefacts import ArtefactUnreadable, Layout, held_items
from ccus_harness.instruments.page_marks import PageMarks, marks_on
from ccus_harness.observations import Kept, collected
from ccus_harness.steps.acting_marks import BAIT, HONEST, NAME, canary_of
from ccus_harness.verdicts import SATISFIED, Finding, Word, untested, violated

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ccus_harness.case import Case
    from ccus_harness.claims import Claiming
    from ccus_harness.instruments.artefacts import HeldItem

LABEL = "T1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """A value whose origin we know: what CCUS provided, or what a user typed."""

    item: str
    text: str
    ccus: bool


def seeds(case: Case) -> list[Seed]:
    """What was provided of the technician (by its canaries) and what the user typed; both can be found anywhere."""
    subject = case.id(LABEL)
    provided = {(body["id"], item) for body in collected(case.seen["ledger"]) for item in body["items"]}
    ours = [
        Seed(item=c.item, text=c.text, ccus=True)
        for c in case.canaries([subject])
        if (c.id, c.item) in provided
    ]
    own: list[tuple[str, str, str]] = case.seen.get("own", [])
    return ours + [Seed(item=item, text=value, ccus=False) for who, item, value in own if who == subject]


def rows_of(case: Case, items: Iterable[HeldItem], seed: Seed) -> list[HeldItem]:
    return [held for held in items if held.id == case.id(LABEL) and seed.text in held.value]


def in_table(case: Case, items: Sequence[HeldItem], seed: Seed) -> bool | None:
    """What a table says of a value's origin; None when it says nothing, or two things."""
    said = {held.marked for held in rows_of(case, items, seed)}
    return said.pop() if len(said) == 1 else None


def exported_items(case: Case) -> tuple[HeldItem, ...]:
    """The lines of the file that the user got, by the declared layout; none when it cannot be read so."""
    try:
        return held_items(case.seen["file"], case.layout or Layout()).items
    except ArtefactUnreadable:
        return ()


def on_screen(case: Case, known: Sequence[Seed]) -> dict[str, bool | None]:
    """What the user's page says of each value, empty when the profile declares no mark on pages."""
    ccus, other = case.declared("mark", "page_ccus"), case.declared("mark", "page_other")
    if not isinstance(ccus, str):
        return {}
    marks = PageMarks(ccus=ccus, other=other if isinstance(other, str) else "")
    texts = [seed.text for seed in known]
    found: dict[str, bool | None] = {}
    for _, body in case.seen["screen"].bodies:
        found |= marks_on(body, marks, texts)
    # Where only what comes from CCUS is marked, a value without a mark is told to be of another origin.
    return found if marks.other else {text: bool(said) for text, said in found.items()}


@then("【A2-3-04】書き足した記録でも、CCUSの項目と自社の項目が項目ごとに見分けられる")
def marked_per_item(case: Case, claim: Claiming) -> None:
    kept: Kept = case.seen["kept"]
    known = seeds(case)
    said = {seed: in_table(case, kept.holdings, seed) for seed in known if rows_of(case, kept.holdings, seed)}
    wrong = sorted(seed.item for seed, mark in said.items() if mark is not seed.ccus)
    marked_at_all = any(held.marked for held in kept.holdings if held.id == case.id(LABEL))
    both = {seed.ccus for seed in said} == {True, False}

    def judge(readings: Any, _policy: object) -> Finding:
        if not both:
            return untested("untested.no_control")
        if not wrong or (readings["prov.granularity"] == "record" and marked_at_all):
            return SATISFIED
        return violated("mark.record_only")

    claim(
        judge,
        shown={"wrongly_marked": wrong, "looked_at": len(said)},
        witnesses=["kept", "ledger"],
        strength="inspected",
    )


@then("【A2-3-05】画面・ファイル・保有データのどれから読み取っても、由来の答えが一致する")
def same_answer_for_everybody(case: Case, claim: Claiming) -> None:
    """Three extractors that know only the declared means: the operator's table, the user's file, the user's page."""
    kept: Kept = case.seen["kept"]
    known = [seed for seed in seeds(case) if rows_of(case, kept.holdings, seed)]
    screen, file = on_screen(case, known), exported_items(case)
    differing: list[str] = []
    for seed in known:
        base = in_table(case, kept.holdings, seed)
        in_file = in_table(case, file, seed)
        if base is None or (in_file is not None and in_file != base):
            differing.append(f"{seed.item}: file")
        elif seed.text in screen and screen[seed.text] != base:
            differing.append(f"{seed.item}: screen")
    compared = len(screen) + sum(in_table(case, file, seed) is not None for seed in known)
    both = {seed.ccus for seed in known} == {True, False}

    def judge(_readings: object, _policy: object) -> Finding:
        if not both or not compared:
            return untested("untested.no_control")
        return violated("mark.disagree") if differing else SATISFIED

    claim(
        judge,
        shown={"differing": differing[:20], "compared": compared},
        witnesses=["kept", "answered"],
        strength="inspected",
    )


@then("【A2-3-06】普通の利用者が、画面かファイルだけからCCUS由来と分かる")
def told_without_help(case: Case, claim: Claiming) -> None:
    """A screen that tells nothing may still be one action away from a file that does; a person looks at the rest."""
    kept: Kept = case.seen["kept"]
    ours = [seed for seed in seeds(case) if seed.ccus and rows_of(case, kept.holdings, seed)]
    page, file = on_screen(case, seeds(case)), exported_items(case)
    on_page = [seed for seed in ours if page.get(seed.text) is True]
    in_file = [seed for seed in ours if in_table(case, file, seed) is True]
    in_dump = [seed for seed in ours if in_table(case, kept.holdings, seed) is True]
    to_user = bool(ours) and (len(on_page) == len(ours) or len(in_file) == len(ours))
    to_operator = bool(ours) and len(in_dump) == len(ours)

    def judge(readings: Any, _policy: object) -> Finding:
        if not ours:
            return untested("untested.no_control")
        if to_user or (readings["prov.easy_for"] == "operator" and to_operator):
            return SATISFIED
        return violated("mark.not_visible")

    claim(
        judge,
        shown={"on_page": len(on_page), "in_file": len(in_file), "looked_at": len(ours)},
        witnesses=["answered"],
    )


@then("【A2-3-09】書き出したファイルでも、CCUS由来の値に印が付いている")
def marked_in_files(case: Case, claim: Claiming) -> None:
    file = exported_items(case)
    ours = [seed for seed in seeds(case) if seed.ccus and seed.text.encode() in _plain(case)]
    bare = sorted(seed.item for seed in ours if in_table(case, file, seed) is not True)

    def judge(readings: Any, _policy: object) -> Finding:
        if not ours:
            return untested("untested.no_control")
        if bare and readings["prov.artefacts"] == "required":
            return violated("mark.not_exported")
        return SATISFIED

    claim(judge, shown={"unmarked": bare[:20], "looked_at": len(ours)}, witnesses=["answered"])


def _plain(case: Case) -> bytes:
    """The file in UTF-8, so that a value is found whatever the declared encoding."""
    encoding = (case.layout or Layout()).encoding
    return case.seen["file"].decode(encoding, errors="replace").encode()


@then("【A2-3-10】書き換えた値はCCUSの値とされず、CCUSから得ていたことも残っている")
def edited_keeps_its_history(case: Case, claim: Claiming) -> None:
    kept: Kept = case.seen["kept"]
    typed = [held for held in kept.holdings if held.id == case.id(LABEL) and BAIT in held.value]
    as_ccus = any(held.marked for held in typed)
    text = canary_of(case, LABEL)
    history = any(
        held.marked for held in kept.holdings if held.id == case.id(LABEL) and text in held.value
    ) or any(held.marked is None and text in held.value for held in typed)
    provided = any(NAME in body["items"] for body in collected(case.seen["ledger"]))

    def judge(readings: Any, _policy: object) -> Finding:
        if not typed or not provided:
            return untested("untested.no_control")
        if as_ccus:
            return violated("mark.edited_as_ccus")
        if history or readings["prov.edited_is_registration"] == "no":
            return SATISFIED
        return violated("mark.history_lost")

    claim(
        judge,
        shown={"typed": len(typed), "as_ccus": as_ccus, "history": history},
        witnesses=["kept", "ledger"],
        strength="inspected",
    )


@then("【A2-3-13】申告した手段で、保有するCCUS由来の値が見分けられる")
def means_are_declared(case: Case, claim: Claiming) -> None:
    """Any means will do (a flag, a store of its own, an envelope), as long as it is declared and works as declared."""
    kept: Kept = case.seen["kept"]
    means = case.declared("mark", "means")
    told = [held for held in kept.holdings if held.marked is not None]

    def judge(_readings: object, _policy: object) -> Finding:
        if not isinstance(means, str) or not means.strip():
            return untested("untested.no_profile")
        if not kept.holdings:
            return untested("untested.no_control")
        works = any(held.marked for held in told)
        return SATISFIED if works else Finding(word=Word.review, code="review.means")

    claim(judge, shown={"told": len(told), "looked_at": len(kept.holdings)}, witnesses=["declared", "kept"])


@then("【A2-3-19】いつ、どの依頼で得たかが、提供ごとに残っている")
def acquisition_is_kept(case: Case, claim: Claiming) -> None:
    """Looked for in the operator's dump, beside the values: the number of the provision or request as CCUS has it, with a time."""
    raw = b"\n".join(case.seen["raw"]).decode("utf-8", errors="replace")
    provisions = [entry for entry in case.seen["ledger"] if entry["kind"] == "provision.collected"]
    lost = [
        entry["body"]["provision_id"]
        for entry in provisions
        if not any(entry["body"][name] in raw for name in ("provision_id", "request_id"))
        or str(entry["at"])[:10] not in raw
    ]

    def judge(_readings: object, _policy: object) -> Finding:
        if not provisions or not any(case.seen["raw"]):
            return untested("untested.no_control")
        return violated("acquisition.unrecorded") if lost else SATISFIED

    claim(
        judge,
        shown={"unrecorded": lost[:20], "looked_at": len(provisions)},
        witnesses=["kept", "ledger"],
        strength="inspected",
    )


@then("【A2-3-08】加工の後も、CCUSから提供された値の印は失われていない")
def marks_survive(case: Case, claim: Claiming) -> None:
    kept: Kept = case.seen["kept"]
    rows = [(seed, rows_of(case, kept.holdings, seed)) for seed in seeds(case) if seed.ccus]
    there = [(seed, found) for seed, found in rows if found]
    bare = sorted(seed.item for seed, found in there if any(not held.marked for held in found))
    done = bool(case.seen["changed"])
    change: str = case.seen["change"]

    def judge(_readings: object, _policy: object) -> Finding:
        if not done or not there:
            return untested("untested.no_control")
        return violated("mark.lost") if bare else SATISFIED

    claim(
        judge,
        shown={"change": change, "unmarked": bare[:20], "looked_at": len(there)},
        witnesses=["kept", "ledger"],
        strength="inspected",
    )


@then("【A2-3-11】同じ値には両方の由来が残り、違う値はCCUS由来とされていない")
def both_origins_stay(case: Case, claim: Claiming) -> None:
    kept: Kept = case.seen["kept"]
    mine = [held for held in kept.holdings if held.id == case.id(LABEL)]
    same = {held.marked for held in mine if canary_of(case, LABEL) in held.value}
    typed = case.registered(LABEL, NAME) in {value for _, _, value in case.seen.get("own", [])}
    other_marked = any(held.marked for held in mine if HONEST in held.value)
    provided = any(NAME in body["items"] for body in collected(case.seen["ledger"]))

    def judge(readings: Any, _policy: object) -> Finding:
        if not typed or not provided or not mine:
            return untested("untested.no_control")
        if other_marked:
            return violated("mark.merged_false")
        if True not in same:
            return violated("mark.ccus_dropped")
        if False in same or readings["prov.same_value"] == "ccus_only":
            return SATISFIED
        return violated("mark.origin_dropped")

    claim(
        judge,
        shown={"origins": sorted(str(mark) for mark in same), "other_marked": other_marked},
        witnesses=["kept", "ledger"],
        strength="inspected",
    )


@then("【A2-3-02】提供されていない者の情報は、印を偽ったファイルからは取り込まれていない")
def no_other_route(case: Case, claim: Claiming) -> None:
    kept: Kept = case.seen["kept"]
    stranger = [held for held in kept.holdings if held.id == case.id("T2")]
    as_ccus = any(held.marked for held in stranger)
    read = case.seen["honest_taken"] and any(HONEST in held.value for held in kept.holdings)

    def judge(readings: Any, _policy: object) -> Finding:
        if as_ccus:
            return violated("kept.other_route")
        if not read:
            return untested("untested.no_control")
        if stranger and readings["use.user_download"] == "covered":
            return violated("kept.other_route")
        return SATISFIED

    claim(
        judge,
        shown={"brought_in": len(stranger), "as_ccus": as_ccus},
        witnesses=["kept", "ledger"],
        strength="inspected",
    )


@then("【A2-3-14】利用者がファイルで書き換えた印は、保有データに及んでいない")
def users_cannot_change_marks(case: Case, claim: Claiming) -> None:
    kept: Kept = case.seen["kept"]
    mine = [held for held in kept.holdings if held.id == case.id(LABEL)]
    provided = [held for held in mine if canary_of(case, LABEL) in held.value]
    own = [held for held in mine if BAIT in held.value]
    washed = bool(provided) and not any(held.marked for held in provided)
    forged = any(held.marked for held in own)
    read = case.seen["honest_taken"] and any(HONEST in held.value for held in mine)

    def judge(_readings: object, _policy: object) -> Finding:
        if washed or forged:
            return violated("mark.changed_by_user")
        return SATISFIED if read and provided and own else untested("untested.no_control")

    claim(
        judge,
        shown={"washed": washed, "forged": forged, "looked_at": len(provided) + len(own)},
        witnesses=["kept", "ledger"],
        strength="inspected",
    )
