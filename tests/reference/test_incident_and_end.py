from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Bench

MET = [{"ref": "13-2-1", "met": True, "evidence": "監査報告"}]


def kept_bytes(bench: Bench) -> bytes:
    paths = bench.stores().values()
    files = [f for path in paths for f in (path.iterdir() if path.is_dir() else [path])]
    return b"".join(gzip.decompress(f.read_bytes()) if f.suffix == ".gz" else f.read_bytes() for f in files)


def name_of(bench: Bench, label: str) -> str:
    return next(row["値"] for row in bench.held(label) if row["項目"] == "氏名")


def test_a_leak_is_notified_at_once_with_the_token_of_its_sign(standard: Bench) -> None:
    standard.request("u_f2", "T1")
    answer = standard.incident()

    (letter,) = standard.fund.inbox("notice")
    notice = letter["document"]
    assert letter["faults"] == []
    assert answer.detail["receipt"]["receipt_id"] == letter["receipt_id"]
    assert (notice["token"], notice["drill"], notice["nature"]) == ("sign-1", True, ["leak"])
    assert notice["timeline"]["aware_at"] == notice["sent_at"] == "2026-04-18T02:00:00+09:00"
    assert notice["data"]["technicians"]["min"] == 1


def test_misuse_without_any_leak_is_notified_too(standard: Bench) -> None:
    standard.incident(nature="purpose_misuse", token="sign-2")

    assert [x["document"]["nature"] for x in standard.fund.inbox("notice")] == [["purpose_misuse"]]


def test_later_facts_go_under_the_same_number_and_the_end_is_reported_in_full(standard: Bench) -> None:
    standard.request("u_f2", "T1")
    standard.incident()
    standard.incident(news={"kind": "consultation", "text": "止める。"})
    standard.incident(news={"kind": "facts", "text": "端末が盗まれた。"})
    standard.incident(news={"kind": "closed", "text": "端末が盗まれた。"})

    items = standard.fund.inbox("notice")
    letters = [item["document"] for item in items]
    assert [item["faults"] for item in items] == [[], [], [], []]
    assert [letter["kind"] for letter in letters] == ["initial", "update", "update", "closing"]
    assert [letter["seq"] for letter in letters] == [1, 2, 3, 4]
    assert len({letter["incident_id"] for letter in letters}) == 1
    assert letters[-1]["cause"]["text"] == "端末が盗まれた。"
    assert letters[-1]["consultation"]["agreed"] == ["止める。"]
    assert letters[-1]["prevention"]["text"]
    assert letters[-1]["measures"]["recovery"]


def test_a_sign_that_comes_twice_stays_one_incident(standard: Bench) -> None:
    standard.incident()
    standard.incident()

    numbers = [item["document"]["incident_id"] for item in standard.fund.inbox("notice")]
    assert len(set(numbers)) == 1


def test_the_record_of_an_incident_names_nobody(standard: Bench) -> None:
    standard.request("u_f2", "T1")
    standard.incident()
    standard.end()

    assert standard.id("T1").encode() not in kept_bytes(standard)


def test_a_path_can_be_closed_by_hand(standard: Bench) -> None:
    standard.request("u_f2", "T1")
    standard.do("contain", path={"kind": "account", "account": standard.user("u_f2")["id"]})

    assert standard.view("u_f2", "record", "T1", credential="leaked").outcome == "refused"
    assert standard.view("u_f2", "record", "T1").outcome == "done"


def test_a_published_credential_stops_working_and_others_go_on(standard: Bench) -> None:
    standard.request("u_f2", "T1")
    assert standard.view("u_f2", "record", "T1", credential="leaked").outcome == "done"
    standard.incident(path={"kind": "account", "account": standard.user("u_f2")["id"]})

    assert standard.view("u_f2", "record", "T1", credential="leaked").outcome == "refused"
    assert standard.view("u_f2", "record", "T1").outcome == "done"
    assert standard.view("u_f2b", "record", "T1", credential="leaked").outcome == "done"


def test_at_the_end_registration_data_go_and_own_entries_stay(standard: Bench) -> None:
    standard.request("u_f2", "T1", "T2", firm=True)
    standard.edit("u_f2", "T1", "t30_awards", "自社の表彰")
    standard.export("u_f2")
    standard.do("backup")
    name = name_of(standard, "T1").encode()
    assert kept_bytes(standard).count(name) >= 3
    answer = standard.end()

    assert answer.detail["state"] == "disposed"
    assert [(row["値"], row["出所"]) for row in standard.holdings()] == [("自社の表彰", "利用者入力")]
    assert name not in kept_bytes(standard)
    assert standard.id("T2").encode() not in kept_bytes(standard)
    assert "自社の表彰".encode() in kept_bytes(standard)


def test_the_certificate_commits_to_exactly_what_was_provided(standard: Bench) -> None:
    standard.request("u_f2", "T1", "T2", firm=True)
    standard.request("u_f2", "T1")
    standard.end()

    (letter,) = standard.fund.inbox("certificate")
    certificate, provided = letter["document"], standard.fund.call("GET", "/commitment")
    assert letter["faults"] == []
    assert certificate["commitment"]["leaf_count"] == provided["leaf_count"] == 4
    assert certificate["commitment"]["root"] == provided["root"]
    assert certificate["counts"]["provided_records"] == 4
    assert certificate["counts"]["distinct_technicians"] == 2
    assert certificate["counts"]["distinct_firms"] == 1
    assert {s["store_id"] for s in certificate["stores"]} == set(standard.stores())
    assert all(s["verification"]["residual_count"] == 0 for s in certificate["stores"])


def test_the_certificate_is_signed_after_the_disposal_and_submitted_after_that(standard: Bench) -> None:
    standard.request("u_f2", "T1")
    standard.end()

    certificate = standard.fund.inbox("certificate")[0]["document"]
    done = max(store["action"]["completed_at"] for store in certificate["stores"])
    assert (
        certificate["end_event"]["ended_at"]
        <= done
        <= certificate["signed_at"]
        <= certificate["submitted_at"]
    )


def test_a_system_that_never_had_anything_certifies_just_that(tiny: Bench) -> None:
    tiny.end()

    certificate = tiny.fund.inbox("certificate")[0]["document"]
    assert certificate["nil"] is True
    assert certificate["counts"]["provided_records"] == 0


def test_after_the_end_nothing_is_asked_for(tiny: Bench) -> None:
    tiny.fund.fault("answers_after_end")
    tiny.request("u_f1", "T1")
    tiny.end()
    calls = len(tiny.fund.ledger("request.accepted"))

    assert tiny.request("u_f1", "T1").outcome == "refused"
    assert tiny.holdings() == []
    assert len(tiny.fund.ledger("request.accepted")) == calls


def test_the_end_by_the_calendar_needs_no_announcement(tiny: Bench) -> None:
    tiny.fund.fault("answers_after_end")
    tiny.fund.clock("2027-04-01T00:00:00+09:00")

    assert tiny.request("u_f1", "T1").outcome == "refused"  # by the clock of CCUS
    tiny.do("advance", to="2027-04-01T00:00:00+09:00")
    assert tiny.request("u_f1", "T1").outcome == "refused"  # by the own clock
    assert tiny.holdings() == []


def test_under_retention_data_stay_within_the_viewing_rule_and_nothing_is_fetched(standard: Bench) -> None:
    standard.request("u_f2", "T1")
    standard.fund.fault("answers_after_end")
    answer = standard.end(retention={"claim": True, "conditions": MET})

    assert answer.detail["state"] == "retained"
    assert [x["document"]["conditions"] for x in standard.fund.inbox("retention_claim")] == [MET]
    assert standard.fund.inbox("certificate") == []
    assert standard.request("u_f2", "T2").outcome == "refused"
    assert standard.view("u_f1", "record", "T1").outcome == "done"
    assert standard.view("u_f6", "record", "T1").outcome == "refused"


def test_a_condition_that_is_not_met_ends_in_disposal(standard: Bench) -> None:
    standard.request("u_f2", "T1")
    standard.end(
        retention={"claim": True, "conditions": [*MET, {"ref": "13-2-2", "met": False, "evidence": ""}]}
    )

    assert standard.holdings() == []
    assert len(standard.fund.inbox("certificate")) == 1


def test_retention_that_lapses_ends_in_disposal(standard: Bench) -> None:
    standard.request("u_f2", "T1")
    standard.end(retention={"claim": True, "conditions": MET})
    end = {"cause": "解除", "ended_at": "2026-06-01T00:00:00+09:00", "known_at": "2026-07-01T00:00:00+09:00"}
    standard.do("announce", kind="contract_end", end=end)

    assert standard.holdings() == []
    assert len(standard.fund.inbox("certificate")) == 1
