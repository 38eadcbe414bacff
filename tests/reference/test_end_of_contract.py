"""Claims about the end: what a restore brings back, what retention keeps, and that every place is emptied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ccus_reference.search import folded

if TYPE_CHECKING:
    from conftest import Bench

MET = [{"ref": "13-2-1", "met": True, "evidence": "監査報告"}]
LAPSED = [{"ref": "13-2-1", "met": False, "evidence": "認証の失効"}]
LATER = "2026-07-01T09:00:00+09:00"


def name_of(bench: Bench, label: str) -> str:
    return next(row["値"] for row in bench.held(label) if row["項目"] == "氏名")


def retained(bench: Bench) -> None:
    bench.request("u_f2", "T1")
    assert bench.end(retention={"claim": True, "conditions": MET}).detail["state"] == "retained"


def certificates(bench: Bench) -> list[dict[str, Any]]:
    return [letter["document"] for letter in bench.fund.inbox("certificate")]


def test_a_restore_brings_back_what_was_there_with_its_marks(standard: Bench) -> None:
    standard.request("u_f2", "T1")
    standard.edit("u_f2", "T1", "t30_awards", "自社の表彰")
    standard.do("backup")
    before = standard.holdings()
    standard.request("u_f2", "T2")
    answer = standard.do("restore", backup=None)

    assert answer.detail["restored"].endswith(".sqlite.gz")
    assert standard.holdings() == before


def test_a_restore_after_the_end_brings_no_registration_data_back(standard: Bench) -> None:
    standard.request("u_f2", "T1")
    standard.edit("u_f2", "T1", "t30_awards", "自社の表彰")
    standard.do("backup")
    backup = next(standard.stores()["backups"].iterdir())
    kept = backup.read_bytes()
    standard.end()
    backup.write_bytes(kept)  # somebody finds an old tape
    standard.do("restore", backup=backup.name)

    assert [row["出所"] for row in standard.holdings()] == ["利用者入力"]


def test_where_no_backup_is_left_there_is_nothing_to_restore(tiny: Bench) -> None:
    assert tiny.do("restore", backup=None).outcome == "refused"
    assert tiny.do("restore", backup="../app.log").outcome == "refused"


def test_a_search_finds_what_stands_in_the_data_and_forgets_it_at_the_end(standard: Bench) -> None:
    standard.request("u_f2", "T1")
    name = folded(name_of(standard, "T1"))
    assert standard.id("T1") in standard.view("u_f2", "search", query=name).text
    assert name.encode() in standard.stores()["search"].read_bytes()
    standard.end()

    assert standard.id("T1") not in standard.view("u_f2", "search", query=name).text
    assert name.encode() not in standard.stores()["search"].read_bytes()


def test_the_list_of_expiries_names_people_in_the_term_and_nobody_after_it(standard: Bench) -> None:
    standard.request("u_f2", "T1")
    standard.do("advance", to="2026-04-14T09:00:00+09:00")
    (listed,) = standard.stores()["lists"].iterdir()
    assert name_of(standard, "T1") in listed.read_text(encoding="utf-8")
    standard.end()

    assert list(standard.stores()["lists"].iterdir()) == []


def test_the_log_proves_the_disposal_by_commitments_and_names_nobody(standard: Bench) -> None:
    standard.request("u_f2", "T1")
    standard.end()
    log = standard.stores()["log"].read_text(encoding="utf-8")

    assert '"disposed"' in log
    assert standard.id("T1") not in log


def test_conditions_that_still_hold_change_nothing(standard: Bench) -> None:
    retained(standard)
    standard.fund.clock(LATER)
    answer = standard.do("retain", at=LATER, conditions=MET)

    assert answer.detail["state"] == "retained"
    assert standard.view("u_f2", "record", "T1").outcome == "done"


def test_one_condition_that_lapses_ends_retention_with_disposal_and_certificate(standard: Bench) -> None:
    retained(standard)
    standard.fund.clock(LATER)
    standard.do("retain", at=LATER, conditions=LAPSED)

    assert standard.holdings() == []
    (certificate,) = certificates(standard)
    assert certificate["end_event"]["ended_at"] == "2026-06-01T00:00:00+09:00"
    assert certificate["end_event"]["known_at"] == LATER


def test_the_daily_check_ends_retention_when_the_fund_does(standard: Bench) -> None:
    retained(standard)
    standard.fund.clock(LATER)
    standard.fund.call("POST", "/contract", {"event": "lapse"})
    standard.do("advance", to="2026-07-02T09:00:00+09:00")

    assert standard.holdings() == []
    assert len(certificates(standard)) == 1


def test_without_retention_there_are_no_conditions_to_hear_of(tiny: Bench) -> None:
    assert tiny.do("retain", at="2026-04-13T09:00:00+09:00", conditions=MET).outcome == "refused"


def test_retained_data_say_of_which_day_they_are(standard: Bench) -> None:
    retained(standard)

    assert "2026-04-13に提供された時点の情報" in standard.view("u_f2", "record", "T1").text


def test_an_entry_after_the_end_opens_nothing(standard: Bench) -> None:
    standard.request("u_f2", "T8")
    standard.end(retention={"claim": True, "conditions": MET})
    standard.do(
        "enter",
        technician=standard.id("T8"),
        site=standard.id("S1"),
        under=standard.id("F2"),
        at="2026-06-02T08:00:00+09:00",
        known_at=None,
    )
    standard.do("advance", to="2026-06-03T08:00:00+09:00")

    assert standard.view("u_f2", "record", "T8").outcome == "done"
    assert standard.view("u_p1", "record", "T8").outcome == "refused"
