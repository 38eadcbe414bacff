"""第2条1, with 第7条: which values are taken and kept, and what stays once the agreement has ended."""

from __future__ import annotations

import base64
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pytest_bdd import then, when

from ccus_harness.annex1 import load_annex1
from ccus_harness.case import Reply
from ccus_harness.instruments.free_text import FREE_TEXT, smuggled
from ccus_harness.observations import Kept, Wished, collected, provided_to
from ccus_harness.verdicts import SATISFIED, Finding, Word, inconclusive, untested, violated

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ccus_harness.case import Case, StoreScan, View
    from ccus_harness.claims import Claiming

PHOTO = "x_face_photo"
GROWN = re.compile(r"^[tb]\d{2}_")
"""What a next version names as it names Annex 1; its canary is the e-mail address of the record."""
GROWN_CANARY = "x_email"

PICTURES = (
    b"\x89PNG\r\n",
    b"\xff\xd8\xff",
    b"GIF8",
    b"data:image/",
    b"%PDF-",
    *(base64.b64encode(head)[:8] for head in (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0\x00\x10")),
)
"""How pictures and attachments begin, plain or in base64."""

STATES = frozenset(item.key for item in load_annex1().items if "有" in item.values)
"""Items that say yes, no, exempt or nothing."""

THIRD_PERSONS = frozenset(item.key for item in load_annex1().items if "third_person" in item.marks)

DENIED = {
    "x_email": "email",
    "x_face_photo": "face_photo",
    "x_my_number": "my_number",
    "x_bank_account": "bank_account",
    "x_past_firms": "past_firms",
    "x_kana": "kana",
}
"""What the simulated CCUS offers by mistake, by its name on the deny list."""


def _control(case: Case) -> bool:
    wish: Wished = case.seen["wishes"][0]
    kept: Kept = case.seen["kept"]
    return set(wish.technicians) <= provided_to(wish.gained) and bool(kept.of(wish.technicians[0]))


def _views(case: Case) -> list[View]:
    return [*case.seen["views"].values(), *([case.seen["export"]] if "export" in case.seen else [])]


def _places(case: Case, item: str) -> list[str]:
    """Every place where the canary of an item stands, in what users got, was dumped and is stored."""
    kept: Kept = case.seen["kept"]
    seen = {f"{view.user}:{found}" for view in _views(case) for _, found in view.items if found == item}
    stored = [
        found
        for found in (kept.scan.found(case.subjects()) if kept.scan else [])
        if found.endswith(f":{item}")
    ]
    texts = [canary.text for canary in case.canaries(case.subjects()) if canary.item == item]
    held = [f"holdings:{item}" for text in texts if any(text in row.value for row in kept.holdings)]
    return sorted({*seen, *stored, *held})


def _pictures(views: Iterable[View]) -> list[str]:
    return sorted(
        {
            view.user
            for view in views
            for _, body in view.reply.bodies
            if any(head in body for head in PICTURES)
        }
    )


@then(
    "【A2-1-05】別紙1の項目は保有しているが、差し出された画像は画面・書き出し・保有データ・保存先のどこにもない"
)
def no_picture_stays(case: Case, claim: Claiming) -> None:
    traces = [*_places(case, PHOTO), *(f"{user}:picture" for user in _pictures(_views(case)))]
    wish: Wished = case.seen["wishes"][0]
    offered = any(PHOTO in body["items"] for body in collected(wish.gained))
    control = _control(case)

    def judge(_readings: object, _policy: object) -> Finding:
        if traces:
            return violated("whitelist.picture_kept")
        if not offered:
            return untested("untested.no_trigger")
        return SATISFIED if control else untested("untested.no_control")

    claim(
        judge,
        shown={"traces": traces[:20], "offered": offered, "control": control},
        witnesses=["answered", "kept"],
        strength="white_box" if case.seen["kept"].scan else "black_box",
    )


@then("【ANX-03】差し出された項目は、明示の拒否一覧にあり、どれもおとりとして見分けられる")
def canaries_are_on_the_deny_list(case: Case, claim: Claiming) -> None:
    wish: Wished = case.seen["wishes"][0]
    offered = {item for body in collected(wish.gained) for item in body["items"] if item.startswith("x_")}
    listed = {denied.key for denied in load_annex1().denied}
    planted = {canary.item for canary in case.canaries(wish.technicians)}
    unlisted = sorted(item for item in offered if DENIED.get(item) not in listed or item not in planted)
    claim(
        lambda _r, _p: SATISFIED if offered and not unlisted else untested("untested.no_trigger"),
        shown={"offered": sorted(offered), "unlisted": unlisted, "denied": len(listed)},
        witnesses=["ledger"],
        strength="inspected",
    )


@then(
    "【A2-1-07】これまでの項目は保有しているが、増えた項目は画面・書き出し・保有データ・保存先のどこにもない"
)
def nothing_grows(case: Case, claim: Claiming) -> None:
    known = {item.key for item in load_annex1().items}
    wish: Wished = case.seen["wishes"][0]
    grown = sorted(
        {i for body in collected(wish.gained) for i in body["items"] if GROWN.match(i) and i not in known}
    )
    traces = _places(case, GROWN_CANARY)
    control = _control(case)

    def judge(_readings: object, _policy: object) -> Finding:
        if traces:
            return violated("whitelist.grown")
        if not grown:
            return untested("untested.no_trigger")
        return SATISFIED if control else untested("untested.no_control")

    claim(
        judge,
        shown={"grown": grown, "traces": traces[:20], "control": control},
        witnesses=["answered", "kept"],
        strength="white_box" if case.seen["kept"].scan else "black_box",
    )


@then("【A2-1-08】自由記述に紛れ込んだメールアドレスとIDが、保有・表示されていないかが挙げられている")
def smuggled_text_is_listed(case: Case, claim: Claiming) -> None:
    """A person decides: what looks like an address or an id may be lawful, and what looks like neither may not be."""
    kept: Kept = case.seen["kept"]
    texts = [row for row in kept.holdings if row.item in FREE_TEXT]
    held = sorted({f"holdings:{row.item}" for row in texts if smuggled(row.value)})
    traces = [*_places(case, "x_email"), *held]
    fired = any(
        entry["kind"] == "fault.fired" and entry["body"]["name"] == "smuggled_text"
        for entry in case.seen["ledger"]
    )
    control = _control(case)
    longest = max((len(row.value) for row in texts), default=0)

    def judge(_readings: object, _policy: object) -> Finding:
        if not control or not fired:
            return untested("untested.no_trigger" if control else "untested.no_control")
        return Finding(word=Word.review, code="review.smuggled_kept" if traces else "review.smuggled_gone")

    claim(
        judge,
        shown={"traces": traces[:20], "texts": len(texts), "longest": longest, "control": control},
        witnesses=["answered"],
        strength="inspected",
    )


@then("【A2-1-10】状態を表す項目の値は、CCUSが提供したとおりに一つずつ保有されている")
def states_stay_apart(case: Case, claim: Claiming) -> None:
    """A question of quality: what differs is said, and no word of blame is left for it."""
    kept: Kept = case.seen["kept"]
    sent = {
        (subject, item): "null" if value is None else str(value)
        for wish in case.seen["wishes"]
        for subject in provided_to(wish.gained)
        for item, value in case.record(subject).items()
        if item in STATES
    }
    held = {(row.id, row.item): row.value for row in kept.holdings if row.item in STATES and row.marked}
    mixed = sorted(
        f"{item}: {value} → {held.get((s, item))}"
        for (s, item), value in sent.items()
        if held.get((s, item)) != value
    )
    kinds = len(set(sent.values()))

    def judge(_readings: object, _policy: object) -> Finding:
        if not sent or not held:
            return untested("untested.no_control")
        return inconclusive("inconclusive.states_mixed") if mixed else SATISFIED

    claim(
        judge,
        shown={"values": len(sent), "states": kinds, "mixed": mixed[:10]},
        witnesses=["answered", "ledger"],
    )


@then("【ANX-04】元請が見た所属事業者名は、従たる所属先を見せるかどうかの規則のとおりである")
def secondary_employers_follow_the_rule(case: Case, claim: Claiming) -> None:
    views: Mapping[tuple[str, str], View] = case.seen["views"]
    subject = case.id("T9")
    second = case.id("F2")
    names = {user for (user, _), view in views.items() if any(owner == second for owner, _ in view.items)}
    above, control = "u_p1" in names, views["u_p1", "T9"].shows(subject) and "u_f2" in names

    rule: dict[str, list[str]] | None = case.declared("hidden_items")
    hidden = any("t11_affiliated_firms" in items for items in (rule or {}).values())

    def judge(readings: Mapping[str, str], _policy: object) -> Finding:
        # What is narrowed is what the candidate's own rule hides; item 11 may be left out of it.
        if above and hidden and readings["scope.items_by_class"] == "narrowed":
            return violated("scope.secondary_employer")
        return SATISFIED if control else untested("untested.no_control")

    claim(
        judge,
        shown={"viewer": "u_p1", "subject": "T9", "shown": above, "control": control},
        witnesses=["answered", "ledger"],
    )


@then("【A2-1-04】IDの保有と表示は、この解釈と申告した規則に合っている")
def identifiers_follow_the_rule(case: Case, claim: Claiming) -> None:
    subject, kept = case.id("T1"), case.seen["kept"]
    held = any(row.id == subject for row in kept.holdings)
    shown = sorted(
        {view.user for view in _views(case) for _, body in view.reply.bodies if _visible(body, subject)}
    )
    rule = case.declared("identifiers", "rule")
    control = _control(case)

    def judge(readings: Mapping[str, str], _policy: object) -> Finding:
        reading = readings["whitelist.identifiers"]
        if rule is None:
            return untested("untested.no_profile")
        over = {"metadata_key": bool(shown), "allowed": False, "forbidden": held or bool(shown)}[reading]
        broken = (rule == "key_only" and bool(shown)) or (rule == "refused" and held)
        if over or broken:
            return violated("whitelist.identifier_shown")
        return SATISFIED if control else untested("untested.no_control")

    claim(
        judge,
        shown={"rule": rule, "held": held, "users": shown, "control": control},
        witnesses=["answered", "declared"],
    )


def _visible(body: bytes, identity: str) -> bool:
    """Whether an id stands in the text of a page, as a reader sees it; what only a program sees is no display."""
    text = re.sub(r"<[^>]*>", " ", body.decode("utf-8", errors="replace"))
    return identity in text


@when("終了から2日後に、保存先・受付・記録を調べる")
def two_days_after(case: Case) -> None:
    case.advance(timedelta(days=2))
    case.seen["after"] = case.scan(case.subjects())
    case.seen["inbox"] = case.simulator("inbox")["items"]
    for name in ("audit_log", "view_log"):
        answer = case.try_tell(name)
        case.seen[name] = Reply.of(answer.value) if answer.status == "answered" else None
    case.ledger()


@then("【A2-1-11】第三者の項目は、見てよい者にだけ見え、識別の印が付き、終了後はどこにも残っていない")
def third_persons_are_kept_alike(case: Case, claim: Claiming) -> None:
    """Only what sets third persons apart is this row's: what befalls the whole record belongs to its own row."""
    subjects = [case.id("T1"), case.id("F2")]
    seen = {user: {item for _, item in view.items} for (user, _), view in case.seen["views"].items()}
    over = sorted(user for user in ("u_f4", "u_f6") if seen[user] and seen[user] <= THIRD_PERSONS)
    kept: Kept = case.seen["kept"]
    marks = {(row.item in THIRD_PERSONS, row.marked) for row in kept.holdings if row.item}
    unmarked = (True, False) in marks and (False, False) not in marks
    before, after = _found(case.seen["before"], subjects), _found(case.seen["after"], subjects)
    left = [place for place in after if _third_person(place)]
    alone = bool(left) and len(left) == len(after)
    told, whole = case.seen["end_announced"].done, not after and not (seen["u_f4"] | seen["u_f6"])

    def judge(_readings: object, _policy: object) -> Finding:
        if over or unmarked:
            return violated("third_person.apart")
        if alone and told:
            return violated("third_person.left")
        if not whole or not told or not seen["u_f2"] & THIRD_PERSONS:
            return untested("untested.no_control")
        return SATISFIED if any(map(_third_person, before)) else inconclusive("inconclusive.blind")

    claim(
        judge,
        shown={"over": over, "unmarked": unmarked, "found_before": len(before), "left": left[:20]},
        witnesses=["answered", "kept"],
        strength="white_box",
    )


def _found(scan: StoreScan | None, subjects: Iterable[str], *classes: str) -> list[str]:
    return scan.found(subjects, *classes) if scan else []


def _third_person(place: str) -> bool:
    return place.rsplit(":", 1)[-1] in THIRD_PERSONS


@then("【A7-02】契約が終わった後にも、廃棄が行われ証明書が提出されている")
def duties_outlive_the_agreement(case: Case, claim: Claiming) -> None:
    """Violated when nothing of 第6条 was done at all; what was done badly belongs to the rows of that article."""
    subjects = [case.id("T1"), case.id("F2")]
    before = _found(case.seen["before"], subjects, "primary")
    left = _found(case.seen["after"], subjects, "primary")
    certificates = [item for item in case.seen["inbox"] if item["kind"] == "certificate"]
    told = case.seen["end_announced"].done

    def judge(readings: Mapping[str, str], _policy: object) -> Finding:
        # 第6条 speaks of the time after the end by its own words: under either reading it is not gone.
        by_heading = readings["art7.reference"] == "heading"
        if told and before and left and not certificates:
            return violated("survival.by_heading" if by_heading else "survival.by_own_words")
        done = told and before and not left and certificates
        return SATISFIED if done else untested("untested.no_control")

    claim(
        judge,
        shown={"found_before": len(before), "left": left[:20], "certificates": len(certificates)},
        witnesses=["kept", "inbox"],
        strength="white_box",
    )


@then("【A7-04】終了後も依頼と閲覧の記録が残り、項目の値を含んでいない")
def evidence_outlives_the_agreement(case: Case, claim: Claiming) -> None:
    logs = {name: case.seen[name] for name in ("audit_log", "view_log") if case.seen[name] is not None}
    bodies = {name: b"".join(body for _, body in log.bodies) for name, log in logs.items()}
    texts = {canary.text for canary in case.canaries([case.id("T1"), case.id("F2")])}
    values = sorted(name for name, body in bodies.items() if any(text.encode() in body for text in texts))
    empty = sorted(name for name, body in bodies.items() if case.id("u_f2").encode() not in body)
    period: Any = case.declared("retention", "evidence")
    control = bool(collected(case.seen["wishes"][0].gained))

    def judge(_readings: object, _policy: object) -> Finding:
        if not control or not logs:
            return untested("untested.not_handed_over" if control else "untested.no_control")
        if values or empty:
            return Finding(word=Word.review, code="review.evidence")
        return SATISFIED if period else Finding(word=Word.review, code="review.no_period")

    claim(
        judge,
        shown={"logs": sorted(logs), "with_values": values, "empty": empty, "period": period},
        witnesses=["kept"],
        strength="inspected",
    )
