"""第6条: what is gone after the end, from which stores, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_bdd import parsers, then

from ccus_harness import endings
from ccus_harness.instruments.periods import due
from ccus_harness.observations import provided_to
from ccus_harness.readings import load_policy
from ccus_harness.verdicts import SATISFIED, Finding, Word, inconclusive, untested, violated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ccus_harness.case import Case
    from ccus_harness.claims import Claiming, Policy
    from ccus_harness.endings import Ending
    from ccus_harness.instruments.artefacts import HeldItem
    from ccus_harness.observations import Act, Kept

POLICIES = {
    "disposal.within.primary": endings.PRIMARY,
    "disposal.within.secondary": (*endings.SECONDARY, *endings.FILES, *endings.DERIVED),
    "disposal.within.backup": endings.BACKUP,
}
"""How soon disposal is due, by the classes of stores that each number is about."""


def _claim_gone(case: Case, claim: Claiming, *, classes: tuple[str, ...], policy: str, code: str) -> None:
    ending = endings.watched(case)
    found_before, gone = ending.found_before(*classes), ending.gone_at(*classes)

    def judge(_readings: object, allowed: Policy) -> Finding:
        if not ending.triggered:
            return untested("untested.no_trigger")
        if ending.before is None:
            return inconclusive("inconclusive.stores_closed")
        number = allowed[policy]
        if gone is None or (number.cap and gone > due(ending.began, number.cap)):
            return violated(code)
        if not found_before:
            return inconclusive("inconclusive.blind")
        return Finding(
            word=Word.satisfied, policy="met" if gone <= due(ending.began, number.within) else "missed"
        )

    claim(
        judge,
        shown={
            "ended_at": ending.began.isoformat(),
            "found_before": len(found_before),
            "gone_at": gone.isoformat() if gone else None,
            "left": ending.left(*classes)[:20],
            "watched_until": ending.moments[-1].at.isoformat(),
        },
        witnesses=["kept"],
        strength="white_box",
    )


@then("【A6-03】廃棄前に見つかった登録情報が、目安の時間内に主たる保存先からなくなっている")
def gone_from_primary(case: Case, claim: Claiming) -> None:
    _claim_gone(
        case,
        claim,
        classes=endings.PRIMARY,
        policy="disposal.within.primary",
        code="disposal.primary_left",
    )


@then("【A6-04】廃棄前に見つかった登録情報が、目安の時間内に索引・記録・申告外の場所などからもなくなっている")
def gone_from_secondary(case: Case, claim: Claiming) -> None:
    _claim_gone(
        case,
        claim,
        classes=endings.SECONDARY,
        policy="disposal.within.secondary",
        code="disposal.secondary_left",
    )


@then("【A6-05】廃棄前に見つかった登録情報が、目安の時間内に控えからもなくなっている")
def gone_from_backups(case: Case, claim: Claiming) -> None:
    _claim_gone(
        case,
        claim,
        classes=endings.BACKUP,
        policy="disposal.within.backup",
        code="disposal.backup_left",
    )


@then(parsers.parse("【A6-06】廃棄の前に控えを戻すと「{label}」が戻り、廃棄の後に戻しても現れない"))
def nothing_is_restored(case: Case, claim: Claiming, label: str) -> None:
    first, last = case.seen["restores"][0], case.seen["restores"][-1]
    after: Kept = last["kept"]
    control = first["reply"].done and bool(_live(first["kept"], case.id(label)))
    gone = not _live(last["before"], case.id(label))
    revived = _live(after, case.id(label))
    told = case.seen["end_announced"].done

    def judge(_readings: object, _policy: object) -> Finding:
        if not control or not told:
            return untested("untested.no_control")
        if not gone:
            return untested("untested.no_disposal")
        if revived:
            return violated("disposal.restored")
        # Where no backup survived nothing can be restored; that the drill works was seen before the end.
        return SATISFIED if after.scan or last["reply"].done else inconclusive("inconclusive.stores_closed")

    claim(
        judge,
        shown={
            "restored": last["reply"].detail.get("restored"),
            "revived": revived[:20],
            "restored_before_end": control,
        },
        witnesses=["answered", "kept"],
        strength="white_box" if after.scan else "inspected",
    )


def _live(kept: Kept, person: str) -> list[str]:
    """What the system itself has of somebody: what it says, and what its primary stores hold."""
    said = [f"holdings:{o.item or o.label}" for o in kept.holdings if o.id == person and o.marked]
    return [*said, *(kept.scan.found([person], *endings.PRIMARY) if kept.scan else [])]


@then(parsers.parse("【A6-08】終了前に端末で見えた「{label}」が、終了後は接続しても、しなくても見えない"))
def devices_are_wiped(case: Case, claim: Claiming, label: str) -> None:
    looks: Mapping[str, Any] = case.seen["device"]
    person = case.id(label)
    control = looks["before"].shows(person) and case.seen["end_announced"].done
    after, offline = looks["after"].shows(person), looks["offline"].shows(person)

    def judge(readings: Mapping[str, str], _policy: object) -> Finding:
        if not control:
            return untested("untested.no_control")
        if (after or offline) and readings["disposal.devices"] == "covered":
            return violated("disposal.device_left")
        return SATISFIED

    claim(
        judge,
        shown={"seen_before": control, "after_sync": after, "offline": offline},
        witnesses=["answered"],
    )


@then("【A6-09】システムが作ったファイルが廃棄され、残るものは証明書の例外に載っている")
def files_are_disposed_of(case: Case, claim: Claiming) -> None:
    ending = endings.watched(case)
    left = ending.left(*endings.FILES)
    item = ending.certificate()
    stated = (
        [
            str(one.get("category"))
            for one in endings.rows(item["document"], "exceptions")
            if one.get("category") in HOSTED and one.get("ground") and one.get("until")
        ]
        if item
        else []
    )
    listed = case.seen["reading"] == "art6.tei_hosted_records=exception_list"

    def judge(_readings: object, _policy: object) -> Finding:
        if not ending.triggered:
            return untested("untested.no_trigger")
        if ending.before is None:
            return inconclusive("inconclusive.stores_closed")
        if left and not (listed and stated):
            return violated("disposal.files_left")
        return SATISFIED if ending.found_before(*endings.FILES) else inconclusive("inconclusive.blind")

    claim(
        judge,
        shown={
            "ended_at": ending.began.isoformat(),
            "left": left[:20],
            "exceptions": stated,
            "found_before": len(ending.found_before(*endings.FILES)),
        },
        witnesses=["kept", "inbox"],
        strength="white_box",
    )


HOSTED = ("tei_owned", "statute", "legal_hold")
"""The grounds on which records that a user must keep may stay with the operator."""


@then("【A6-10】利用者が持ち出した写しは件数だけを報告する")
def users_copies_are_counted(case: Case, claim: Claiming) -> None:
    ending = endings.watched(case)
    taken = len(case.seen["export"].items)
    item = ending.certificate()

    def judge(readings: Mapping[str, str], _policy: object) -> Finding:
        if not taken or not ending.triggered:
            return untested("untested.no_trigger")
        if readings["disposal.user_copies"] == "not_covered":
            return Finding(word=Word.not_applicable, code="not_applicable.user_copies")
        return Finding(word=Word.depends, code="depends.user_copies")

    claim(
        judge,
        shown={
            "values_taken": taken,
            "exports_certified": endings.member(item["document"], "downstream", "exports_made")
            if item
            else None,
        },
        witnesses=["answered"],
    )


def _held(items: tuple[HeldItem, ...], person: str, item: str) -> list[HeldItem]:
    return [one for one in items if one.id == person and one.item == item]


@then(
    parsers.parse(
        "【A6-11】登録情報から作られた値は残らず、「{label}」に書き入れた値は由来のとおりに扱われている"
    )
)
def derived_values_follow_their_origin(case: Case, claim: Claiming, label: str) -> None:
    ending = endings.watched(case)
    kept: Kept = case.seen["kept"]
    before: Kept = case.seen["kept_before"]
    derived = ending.left(*endings.DERIVED)
    typed = [(person, item) for person, item, _ in case.seen.get("own", ()) if person == case.id(label)]
    replaced = [
        (person, item)
        for person, item in typed
        if not any(one.marked for one in _held(before.holdings, person, item))
    ]
    edited = [item for person, item in replaced if _held(kept.holdings, person, item)]
    marked = [item for person, item in typed if any(o.marked for o in _held(kept.holdings, person, item))]

    def judge(readings: Mapping[str, str], _policy: object) -> Finding:
        if derived and readings["prov.derived_is_registration"] != "no":
            return violated("disposal.derived_left")
        if marked or (edited and readings["prov.edited_is_registration"] == "yes"):
            return violated("disposal.edited_left")
        return SATISFIED if ending.triggered and typed else untested("untested.no_own_entry")

    claim(
        judge,
        shown={
            "derived_left": derived[:20],
            "edited_left": [*marked, *edited],
            "derived_before": len(ending.found_before(*endings.DERIVED)),
            "edited": len(replaced),
        },
        witnesses=["kept"],
        strength="white_box",
    )


@then("【A6-12】利用者が自ら入力した情報は、廃棄の後も残っている")
def own_entries_remain(case: Case, claim: Claiming) -> None:
    kept: Kept = case.seen["kept"]
    before: Kept = case.seen["kept_before"]
    ending = endings.watched(case)
    own = [
        (person, item, value)
        for person, item, value in case.seen.get("own", ())
        if any(one.value == value for one in _held(before.holdings, person, item))
    ]
    lost = [
        item
        for person, item, value in own
        if not any(one.value == value for one in _held(kept.holdings, person, item))
    ]

    def judge(_readings: object, _policy: object) -> Finding:
        if not own or not ending.triggered:
            return untested("untested.no_own_entry")
        return violated("disposal.own_lost") if lost else SATISFIED

    claim(judge, shown={"own": len(own), "lost": lost}, witnesses=["answered", "kept"], strength="inspected")


@then("【A6-13】終了とその知らせの遅い方から数えて、すべての保存先の廃棄が上限までに終わっている")
def disposal_is_prompt(case: Case, claim: Claiming) -> None:
    ending = endings.watched(case)
    done = {policy: ending.gone_at(*classes) for policy, classes in POLICIES.items()}

    def judge(_readings: object, allowed: Policy) -> Finding:
        if not ending.triggered:
            return untested("untested.no_trigger")
        if ending.before is None:
            return inconclusive("inconclusive.stores_closed")
        if _late(ending, done, {name: allowed[name].cap for name in POLICIES}):
            return violated("disposal.late")
        if not ending.found_before(*endings.PRIMARY):
            return inconclusive("inconclusive.blind")
        missed = _late(ending, done, {name: allowed[name].within for name in POLICIES})
        return Finding(word=Word.satisfied, policy="missed" if missed else "met")

    caps = {name: load_policy()[name].cap for name in POLICIES}
    claim(
        judge,
        shown={
            "counted_from": ending.began.isoformat(),
            "done": {name: at.isoformat() if at else None for name, at in done.items()},
            "late": _late(ending, done, caps),
        },
        witnesses=["kept"],
        strength="white_box",
    )


def _late(ending: Ending, done: Mapping[str, Any], limits: Mapping[str, str | None]) -> list[str]:
    """The numbers whose stores were not empty in time; never empty is late by any number."""
    return [
        name
        for name, at in done.items()
        if at is None or ((limit := limits[name]) is not None and at > due(ending.began, limit))
    ]


@then("【A6-15】証拠の記録に項目の値は残らず、IDは鍵付きの照合値に置き換わっている")
def logs_hold_commitments_only(case: Case, claim: Claiming) -> None:
    ending = endings.watched(case)
    traces: Mapping[str, Any] | None = case.seen["traces"]
    values = ending.left("log")
    names = list(traces["found"]) if traces else []

    def judge(readings: Mapping[str, str], _policy: object) -> Finding:
        if values:
            return violated("disposal.log_values")
        if names and readings["disposal.log_commitments"] == "keyed_only":
            return violated("disposal.log_hashes")
        if not ending.triggered:
            return untested("untested.no_trigger")
        if traces is None:
            return inconclusive("inconclusive.stores_closed")
        return SATISFIED if traces["bytes"] else untested("untested.no_log")

    claim(
        judge,
        shown={
            "values": values[:20],
            "names": names[:20],
            "bytes": traces["bytes"] if traces else None,
        },
        witnesses=["kept"],
        strength="white_box",
    )


@then(
    parsers.parse(
        "【A6-27】終了以前に提供された「{before}」は保有され、終了後に依頼した「{after}」は保有されていない"
    )
)
def only_earlier_data_are_kept(case: Case, claim: Claiming, before: str, after: str) -> None:
    first: Act = case.seen["acts"][0]
    kept: Kept = case.seen["kept"]
    later = kept.of(case.id(after))
    earlier = kept.of(case.id(before))
    provided = case.id(before) in provided_to(first.gained)

    def judge(_readings: object, _policy: object) -> Finding:
        if later:
            return violated("retention.later_data")
        if not provided or not case.seen["end_announced"].done:
            return untested("untested.no_trigger")
        return SATISFIED if earlier else untested("untested.no_retention")

    claim(
        judge,
        shown={"later": later[:20], "kept_from_before": len(earlier), "provided_before": provided},
        witnesses=["kept", "ledger"],
        strength="white_box" if kept.scan else "inspected",
    )
