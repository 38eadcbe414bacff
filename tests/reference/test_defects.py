"""Every defect shows where it says it does, and the lawful system shows nothing there."""

from __future__ import annotations

import base64
import gzip
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from ccus_reference.behaviour import Behaviour
from ccus_reference.defects import DEFECTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Bench

MET = [{"ref": "13-2-1", "met": True, "evidence": "監査報告"}]
NEXT_MORNING = "2026-04-14T09:00:00+09:00"


def nightly_sync(bench: Bench) -> bool:
    bench.request("u_f2", "T1")
    bench.fund.clock(NEXT_MORNING)
    bench.do("advance", to=NEXT_MORNING)
    return len(bench.fund.ledger("request.accepted")) > 1


def prime_refresh(bench: Bench) -> bool:
    bench.request("u_p1", "T1")
    return bench.held("T1") != []


def refused_stub(bench: Bench) -> bool:
    bench.request("u_f2", "T4")
    return bench.held("T4") != []


def technician_widened(bench: Bench) -> bool:
    bench.request("u_t1", "T1")
    return {row["ID"] for row in bench.holdings()} > {bench.id("T1")}


def raw_archive(bench: Bench) -> bool:
    bench.fund.fault("extra_fields")
    bench.request("u_f2", "T1")
    return len(bench.held("T1")) > 34


def any_prime(bench: Bench) -> bool:
    bench.request("u_f2", "T1", "T2")
    return bench.view("u_p2", "record", "T1").outcome == "done"


def whole_site(bench: Bench) -> bool:
    bench.request("u_f2", "T1")
    return {bench.view(user, "record", "T1").outcome for user in ("u_f3", "u_f4", "u_f5")} == {"done"}


def company_parent(bench: Bench) -> bool:
    bench.request("u_f2", "T2")
    return bench.view("u_f1", "record", "T2").outcome == "done"


def wide_list(bench: Bench) -> bool:
    bench.request("u_f2", "T1")
    return bench.id("T1") in bench.view("u_f6", "list").text


def roster_filled(bench: Bench) -> bool:
    bench.request("u_f2", "T1")
    return any(row["出所"] == "CCUS" for row in bench.held("T2"))


def unmarked(bench: Bench) -> bool:
    bench.request("u_f2", "T1")
    return all(row["出所"] != "CCUS" for row in bench.holdings())


def all_marked(bench: Bench) -> bool:
    bench.edit("u_f2", "T1", "t30_awards", "自社の表彰")
    return [row["出所"] for row in bench.holdings()] == ["CCUS"]


def loaded(bench: Bench, *rows: str) -> None:
    text = "種別,ID,項目,値,出所\r\n" + "".join(f"技能者,{row}\r\n" for row in rows)
    file = {"name": "x.csv", "media_type": "text/csv", "body": base64.b64encode(text.encode()).decode()}
    firm = bench.user("u_f2")["businesses"][0]
    bench.do("reimport", user=bench.user("u_f2")["id"], acting_for=firm, file=file)


def of_item(bench: Bench, label: str, item: str) -> dict[str, str]:
    """Origin to value, of one item in the operator's dump."""
    return {row["出所"]: row["値"] for row in bench.held(label) if row["項目"] == item}


def routes_in_files(bench: Bench) -> bool:
    loaded(bench, f"{bench.id('T2')},氏名,提供されていない名,CCUS")
    return "CCUS" in of_item(bench, "T2", "氏名")


def record_flag(bench: Bench) -> bool:
    bench.request("u_f2", "T1")
    bench.edit("u_f2", "T1", "t07_fax", "自社の値")
    return of_item(bench, "T1", "FAX番号") == {"CCUS": "自社の値"}


def screen_says_ccus(bench: Bench) -> bool:
    bench.edit("u_f2", "T1", "t07_fax", "自社の値")
    return "「CCUS」" in bench.view("u_f2", "record", "T1").text


def operator_only_marks(bench: Bench) -> bool:
    bench.request("u_f2", "T1")
    shown = bench.view("u_f2", "record", "T1").text + bench.export("u_f2").text
    return "CCUS" not in shown and "CCUS" in of_item(bench, "T1", "氏名")


def form_restamped(bench: Bench) -> bool:
    bench.request("u_f2", "T1")
    bench.edit("u_f2", "T1", "t07_fax", "自社の値")
    return "CCUS" not in of_item(bench, "T1", "氏名")


def copy_unmarked(bench: Bench) -> bool:
    bench.request("u_f2", "T1")
    firm = bench.user("u_f2")["businesses"][0]
    place = {"acting_for": firm, "subject": bench.id("T1"), "to_site": bench.id("S2")}
    bench.do("copy", user=bench.user("u_f2")["id"], **place)
    names = [row["出所"] for row in bench.held("T1") if row["項目"] == "氏名"]
    assert len(names) == 2
    return names.count("CCUS") == 1


def reimport_launders(bench: Bench) -> bool:
    bench.request("u_f2", "T1")
    name = of_item(bench, "T1", "氏名")["CCUS"]
    loaded(bench, f"{bench.id('T1')},氏名,{name},CCUS")
    return of_item(bench, "T1", "氏名") == {"利用者入力": name}


def files_unmarked(bench: Bench) -> bool:
    bench.request("u_f2", "T1")
    return "CCUS" not in bench.export("u_f2").text


def edited_keeps_mark(bench: Bench) -> bool:
    bench.request("u_f2", "T1")
    bench.edit("u_f2", "T1", "t01_name", "自社の名")
    return of_item(bench, "T1", "氏名") == {"CCUS": "自社の名"}


def edit_forgets(bench: Bench) -> bool:
    bench.request("u_f2", "T1")
    bench.edit("u_f2", "T1", "t01_name", "自社の名")
    return of_item(bench, "T1", "氏名") == {"利用者入力": "自社の名"}


def typed_before(bench: Bench) -> dict[str, str]:
    """What is kept of a name that a user had typed before CCUS provided the same."""
    bench.request("u_f2", "T1")
    name = of_item(bench, "T1", "氏名")["CCUS"]
    bench.edit("u_f2", "T1", "t01_name", name)
    bench.request("u_f2", "T1")
    return of_item(bench, "T1", "氏名")


def equal_kept_once(bench: Bench) -> bool:
    return set(typed_before(bench)) == {"CCUS"}


def users_kept_first(bench: Bench) -> bool:
    return set(typed_before(bench)) == {"利用者入力"}


def merged_as_ccus(bench: Bench) -> bool:
    bench.edit("u_f2", "T1", "t01_name", "自社の名")
    bench.request("u_f2", "T1")
    return of_item(bench, "T1", "氏名")["CCUS"] == "自社の名"


def leavers_in_files(bench: Bench) -> bool:
    bench.request("u_f2", "T1", "T8")
    gone = {"technician": bench.id("T8"), "business": bench.id("F2"), "kind": "main"}
    bench.happens("relate", change="end", affiliation=gone)
    return bench.id("T8") in {row["ID"] for row in bench.export("u_f2").rows}


def sent_elsewhere(bench: Bench) -> bool:
    return any("CCUS" not in place["purpose"] for place in bench.do("egress").detail["hosts"])


def advertises(bench: Bench) -> bool:
    bench.request("u_f2", "T1")
    bench.view("u_f2", "record", "T1")
    return sent_elsewhere(bench)


def unlisted_cloud(bench: Bench) -> bool:
    bench.request("u_f2", "T1")
    bench.export("u_f2")
    return sent_elsewhere(bench)


def age_bare(bench: Bench) -> bool:
    bench.request("u_f2", "T1")
    page = bench.view("u_f2", "record", "T1").text
    assert "<th>年齢</th>" in page
    return "派生：生年月日" not in page


def acquisition_unrecorded(bench: Bench) -> bool:
    bench.request("u_f2", "T1")
    return all(row["提供番号"] == row["取得日時"] == "" for row in bench.holdings())


def leak_silent(bench: Bench) -> bool:
    bench.incident()
    return bench.fund.inbox("notice") == []


def misuse_silent(bench: Bench) -> bool:
    bench.incident(nature="purpose_misuse")
    return bench.fund.inbox("notice") == []


def path_left_open(bench: Bench) -> bool:
    bench.request("u_f2", "T1")
    bench.incident(path={"kind": "account", "account": bench.user("u_f2")["id"]})
    return bench.view("u_f2", "record", "T1", credential="leaked").outcome == "done"


def letters(bench: Bench) -> list[dict[str, Any]]:
    return [item["document"] for item in bench.fund.inbox("notice")]


def alerts(bench: Bench) -> set[str]:
    for _ in range(10):
        bench.export("u_f2")
        bench.view("u_f6", "record", "T1")
    return {one["kind"] for one in bench.do("detections").detail["detections"]}


def nothing_noticed(bench: Bench) -> bool:
    return alerts(bench) == set()


def probing_unnoticed(bench: Bench) -> bool:
    return alerts(bench) == {"mass_download"}


def notice_sent_once(bench: Bench) -> bool:
    bench.fund.fault("inbox_down")
    bench.incident()
    bench.fund.call("DELETE", "/faults/inbox_down")
    bench.do("advance", to="2026-04-18T09:00:00+09:00")
    return letters(bench) == []


def others_silent(bench: Bench) -> bool:
    bench.incident(actor="outsider")
    return letters(bench) == []


def small_silent(bench: Bench) -> bool:
    bench.incident(items=["t01_name"])
    return letters(bench) == []


def encrypted_silent(bench: Bench) -> bool:
    bench.incident(protection="encrypted")
    return letters(bench) == []


def suspicion_silent(bench: Bench) -> bool:
    bench.incident(status="suspected")
    return letters(bench) == []


def aware_when_the_office_opens(bench: Bench) -> bool:
    bench.incident()
    (letter,) = letters(bench)
    return letter["timeline"]["aware_at"] > letter["sent_at"]


def office_hours(bench: Bench) -> bool:
    bench.incident()
    at_once = letters(bench)
    bench.do("advance", to="2026-04-20T10:00:00+09:00")
    return at_once == [] and len(letters(bench)) == 1


FACTS = {"kind": "facts", "text": "端末が盗まれた。"}
CLOSED = {"kind": "closed", "text": "端末が盗まれた。"}


def waits_for_cause(bench: Bench) -> bool:
    bench.incident()
    at_once = letters(bench)
    bench.incident(news=FACTS)
    return at_once == [] and len(letters(bench)) == 1


def never_updates(bench: Bench) -> bool:
    bench.incident()
    bench.incident(news=FACTS)
    return len(letters(bench)) == 1


def new_number_each_time(bench: Bench) -> bool:
    bench.incident()
    bench.incident(news=FACTS)
    return len({letter["incident_id"] for letter in letters(bench)}) == 2


def second_swallowed(bench: Bench) -> bool:
    bench.incident()
    bench.incident(token="sign-2", subjects=[bench.id("T2")])
    return {letter["token"] for letter in letters(bench)} == {"sign-1"}


def notice_without_items(bench: Bench) -> bool:
    bench.request("u_f2", "T1")
    bench.incident()
    return letters(bench)[0]["data"]["items"] == []


def notice_without_people(bench: Bench) -> bool:
    bench.request("u_f2", "T1")
    bench.incident()
    return letters(bench)[0]["data"]["technicians"]["max"] == 0


def waits_for_consultation(bench: Bench) -> bool:
    bench.request("u_f2", "T1")
    path = {"kind": "account", "account": bench.user("u_f2")["id"]}
    bench.incident(path=path)
    before = bench.view("u_f2", "record", "T1", credential="leaked").outcome
    bench.incident(path=path, news={"kind": "consultation"})
    return (before, bench.view("u_f2", "record", "T1", credential="leaked").outcome) == ("done", "refused")


def nothing_recovered(bench: Bench) -> bool:
    bench.incident()
    bench.incident(news=CLOSED)
    return letters(bench)[-1]["measures"]["recovery"] == []


def closing_without_prevention(bench: Bench) -> bool:
    bench.incident()
    bench.incident(news=CLOSED)
    return letters(bench)[-1]["prevention"] is None


def copies_silent(bench: Bench) -> bool:
    bench.incident(place="outside")
    return letters(bench) == []


def overview_silent(bench: Bench) -> bool:
    bench.incident(nature="scope_violation")
    return letters(bench) == []


def silent_after_the_end(bench: Bench) -> bool:
    bench.request("u_f2", "T1")
    bench.end(retention={"claim": True, "conditions": MET})
    bench.incident(delivered_at="2026-06-02T02:00:00+09:00")
    return letters(bench) == []


def drill_as_incident(bench: Bench) -> bool:
    bench.incident()
    return letters(bench)[0]["drill"] is False


def ignores_end(bench: Bench) -> bool:
    bench.fund.fault("answers_after_end")
    bench.end()
    bench.request("u_f2", "T1")
    return bench.held("T1") != []


def soft_delete(bench: Bench) -> bool:
    bench.request("u_f2", "T1")
    name = next(row["値"] for row in bench.held("T1") if row["項目"] == "氏名")
    bench.end()
    return name.encode() in bench.stores()["database"].read_bytes()


def backups_left(bench: Bench) -> bool:
    bench.request("u_f2", "T1")
    name = next(row["値"] for row in bench.held("T1") if row["項目"] == "氏名").encode()
    bench.do("backup")
    bench.end()
    backups = bench.stores()["backups"].iterdir()
    return any(name in gzip.decompress(path.read_bytes()) for path in backups)


def no_certificate(bench: Bench) -> bool:
    bench.request("u_f2", "T1")
    bench.end()
    return bench.fund.inbox("certificate") == []


def certificate_false(bench: Bench) -> bool:
    bench.request("u_f2", "T1")
    bench.end()
    said = bench.fund.inbox("certificate")[0]["document"]["commitment"]
    had = bench.fund.call("GET", "/commitment")
    assert said["leaf_count"] == had["leaf_count"]
    return said["root"] != had["root"]


def retention_fetches(bench: Bench) -> bool:
    bench.fund.fault("answers_after_end")
    bench.request("u_f2", "T1")
    bench.end(retention={"claim": True, "conditions": MET})
    bench.request("u_f2", "T2")
    return bench.held("T2") != []


PROBES = (
    nightly_sync,
    prime_refresh,
    refused_stub,
    technician_widened,
    raw_archive,
    any_prime,
    whole_site,
    company_parent,
    wide_list,
    roster_filled,
    unmarked,
    all_marked,
    routes_in_files,
    record_flag,
    screen_says_ccus,
    operator_only_marks,
    form_restamped,
    copy_unmarked,
    reimport_launders,
    files_unmarked,
    edited_keeps_mark,
    edit_forgets,
    equal_kept_once,
    users_kept_first,
    merged_as_ccus,
    acquisition_unrecorded,
    leavers_in_files,
    age_bare,
    advertises,
    unlisted_cloud,
    leak_silent,
    misuse_silent,
    path_left_open,
    nothing_noticed,
    probing_unnoticed,
    notice_sent_once,
    others_silent,
    small_silent,
    encrypted_silent,
    suspicion_silent,
    aware_when_the_office_opens,
    office_hours,
    waits_for_cause,
    never_updates,
    new_number_each_time,
    second_swallowed,
    notice_without_items,
    notice_without_people,
    waits_for_consultation,
    nothing_recovered,
    closing_without_prevention,
    copies_silent,
    overview_silent,
    silent_after_the_end,
    drill_as_incident,
    ignores_end,
    soft_delete,
    backups_left,
    no_certificate,
    certificate_false,
    retention_fetches,
)


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.__name__)
def test_a_defect_shows_and_its_absence_does_not(
    with_conduct: Callable[[Behaviour], Bench], probe: Callable[[Bench], bool]
) -> None:
    assert probe(with_conduct(DEFECTS[probe.__name__].behaviour()))
    assert not probe(with_conduct(Behaviour()))


def test_every_probe_is_of_a_defect() -> None:
    # The kill table shows the others by the suite itself, each in a whole run.
    assert {probe.__name__ for probe in PROBES} <= set(DEFECTS)


@pytest.mark.parametrize("name", sorted(DEFECTS))
def test_a_defect_replaces_one_decision_or_is_one_of_what_is_declared(name: str) -> None:
    defect = DEFECTS[name]
    assert len(defect.change) == 1 or (not defect.change and defect.profile)


def test_the_catalogue_can_be_read_without_importing_us() -> None:
    said = subprocess.run(
        [sys.executable, "-m", "ccus_reference", "--list-conducts"], capture_output=True, check=True
    )
    catalogue = json.loads(said.stdout)["defects"]
    assert [entry["name"] for entry in catalogue] == list(DEFECTS)
    assert set(catalogue[0]) == {"name", "row", "word", "code", "drags", "title", "profile"}
