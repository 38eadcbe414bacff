from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Bench, NewWorld


def test_a_firm_gets_its_own_technicians_and_its_own_record(tiny: Bench) -> None:
    answer = tiny.request("u_f1", "T1", firm=True)

    assert answer.outcome == "done"
    assert {row["種別"] for row in tiny.holdings()} == {"技能者", "事業者"}
    assert {row["ID"] for row in tiny.holdings()} == {tiny.id("T1"), tiny.id("F1")}
    assert len(tiny.held("T1")) == 34
    assert len(tiny.held("F1")) == 23


def test_all_means_the_roster_at_this_moment(tiny: Bench) -> None:
    tiny.request("u_f1", technicians="all")

    assert {row["ID"] for row in tiny.holdings()} == {tiny.id("T1"), tiny.id("T2")}


def test_every_provision_joins_to_one_request_of_a_user(tiny: Bench) -> None:
    tiny.request("u_f1", "T1", "T2")

    ledger = [json.loads(line) for line in tiny.do("audit_log").text.splitlines()]
    asked = tiny.fund.ledger("request.accepted")
    assert [row["user"] for row in ledger] == [tiny.user("u_f1")["id"]]
    assert [order for row in ledger for order in row["orders"]] == [a["request_id"] for a in asked]


@pytest.mark.parametrize(
    ("user", "technician"), [("u_p1", "T1"), ("u_f1", "T1"), ("u_f4", "T1"), ("u_f6", "T1"), ("u_t2", "T1")]
)
def test_a_request_about_somebody_elses_technician_reaches_nobody_and_leaves_no_trace(
    standard: Bench, user: str, technician: str
) -> None:
    answer = standard.request(user, technician)

    assert answer.outcome == "refused"
    assert standard.held(technician) == []
    assert standard.fund.ledger("request.accepted") == []


@pytest.mark.parametrize("user", ["u_c1", "u_staff"])
def test_clients_and_staff_cannot_cause_a_call(standard: Bench, user: str) -> None:
    answer = standard.request(user, "T1", acting_for=standard.id("F2"), capacity="business")

    assert answer.outcome == "refused"
    assert standard.fund.ledger("request.accepted") == []


def test_a_foreign_technician_in_a_list_is_left_out_and_the_own_one_is_had(standard: Bench) -> None:
    answer = standard.request("u_f2", "T1", "T4")

    assert answer.outcome == "done"
    assert answer.detail["subjects_refused"] == 1
    assert {row["ID"] for row in standard.holdings()} == {standard.id("T1")}


def test_a_technician_gets_his_own_record_and_no_firm(standard: Bench) -> None:
    answer = standard.request("u_t1", "T1", firm=True)

    assert answer.outcome == "done"
    assert {row["ID"] for row in standard.holdings()} == {standard.id("T1")}


def test_a_purpose_outside_the_list_is_refused(tiny: Bench) -> None:
    assert tiny.request("u_f1", "T1", purpose="marketing").outcome == "refused"
    assert tiny.holdings() == []


def test_items_outside_annex_1_are_not_let_in(tiny: Bench) -> None:
    tiny.fund.fault("extra_fields")
    tiny.request("u_f1", "T1", firm=True)

    assert len(tiny.held("T1")) == 34
    assert len(tiny.held("F1")) == 23
    offered = {item for body in tiny.fund.ledger("provision.collected") for item in body["items"]}
    assert len(offered) > 34 + 23


ALLOWED = {
    "T1": {"u_p1", "u_f1", "u_f2", "u_f2b", "u_t1"},
    "T2": {"u_p2", "u_p3", "u_f2", "u_f2b", "u_t2"},
    "T3": {"u_p1", "u_f1", "u_f2", "u_f2b", "u_f3"},
    "T4": {"u_p1", "u_f4", "u_multi"},
    "T5": {"u_p1", "u_f5"},
    "T6": {"u_f6"},
    "T7": {"u_f7", "u_t7"},
    "T9": {"u_p1", "u_f1", "u_f2", "u_f2b"},
    "T10": {"u_p1"},
    "T11": {"u_p1", "u_p2", "u_p3"},
    "T12": {"u_p1", "u_p3"},
    "T13": {"u_p1", "u_p3", "u_f1", "u_f2", "u_f2b", "u_f3"},
    "T14": {"u_p1", "u_p3", "u_f4", "u_multi"},
    "T15": {"u_p3"},
}
OWNERS = {
    "u_f2": "all",
    "u_f3": "all",
    "u_f4": "all",
    "u_f5": "all",
    "u_f6": "all",
    "u_f7": "all",
    "u_f1": "all",
    "u_p1": "all",
    "u_p3": "all",
}


def test_exactly_the_affiliated_the_prime_and_the_upper_tiers_see_a_record(standard: Bench) -> None:
    for user in OWNERS:
        standard.request(user, technicians="all")

    users = [account["label"] for account in standard.document["accounts"]]
    seen = {
        technician: {user for user in users if standard.view(user, "record", technician).outcome == "done"}
        for technician in ALLOWED
    }
    assert seen == ALLOWED


def test_lists_search_and_count_show_exactly_what_single_views_show(standard: Bench) -> None:
    for user in OWNERS:
        standard.request(user, technicians="all")

    for user in ("u_p1", "u_f1", "u_f4", "u_f6", "u_t1"):
        allowed = {t for t in ALLOWED if standard.view(user, "record", t).outcome == "done"}
        allowed |= {"T8"} if standard.view(user, "record", "T8").outcome == "done" else set()
        for what in ("list", "search"):
            text = standard.view(user, what).text
            assert {t for t in (*ALLOWED, "T8") if standard.id(t) in text} == allowed
        assert f'data-count="{len(allowed)}"' in standard.view(user, "count").text


def test_absent_and_forbidden_look_alike(standard: Bench) -> None:
    standard.request("u_f2", "T1")

    forbidden = standard.view("u_f6", "record", "T1")
    absent = standard.view("u_f6", "record", subject=None)
    never = standard.do(
        "view",
        user=standard.user("u_f6")["id"],
        acting_for=None,
        what="record",
        subject="99" + "0" * 12,
    )
    unknown_user = standard.do(
        "view", user="nobody", acting_for=None, what="record", subject=standard.id("T1")
    )
    unknown_world = standard.do("view", world="w-none", user="nobody", what="record", subject=None)
    assert forbidden == absent == never == unknown_user == unknown_world
    assert forbidden.outcome == "refused"


def test_an_account_of_two_firms_sees_only_what_the_acting_firm_may_see(standard: Bench) -> None:
    standard.request("u_f4", "T4")
    standard.request("u_f6", "T6")

    as_f6 = standard.view("u_multi", "list", acting_for=standard.id("F6")).text
    assert standard.id("T6") in as_f6
    assert standard.id("T4") not in as_f6
    assert standard.view("u_multi", "list", acting_for=None).outcome == "refused"


def test_each_value_on_a_page_says_where_it_came_from(tiny: Bench) -> None:
    tiny.request("u_f1", "T1")
    tiny.edit("u_f1", "T1", "t01_name", "<b>自分で入れた名</b>")

    page = tiny.view("u_f1", "record", "T1").text
    assert page.count("「CCUS」") == 34
    assert page.count("「利用者入力」") == 1
    assert "&lt;b&gt;自分で入れた名&lt;/b&gt;" in page


def test_an_own_entry_stands_beside_what_ccus_said_and_never_over_it(tiny: Bench) -> None:
    tiny.request("u_f1", "T1")
    before = tiny.held("T1")
    tiny.edit("u_f1", "T1", "t05_address", "東京都")

    after = tiny.held("T1")
    assert [row for row in after if row["出所"] == "CCUS"] == before
    assert [row["値"] for row in after if row["出所"] == "利用者入力"] == ["東京都"]


def test_a_firm_above_may_look_but_not_write(tiny: Bench) -> None:
    tiny.request("u_f1", "T1")

    assert tiny.view("u_p1", "record", "T1").outcome == "done"
    assert tiny.edit("u_p1", "T1", "t05_address", "東京都").outcome == "refused"


def test_an_export_obeys_the_viewing_rule_and_carries_the_marks(standard: Bench) -> None:
    standard.request("u_f2", technicians="all", firm=True)

    mine, above, other = (standard.export(user).rows for user in ("u_f2", "u_p1", "u_f6"))
    assert {row["ID"] for row in mine} == {standard.id(x) for x in ("T1", "T2", "T8", "T9", "F2")}
    assert {row["ID"] for row in above} == {standard.id("T1"), standard.id("T9")}
    assert other == []
    assert {row["出所"] for row in mine} == {"CCUS"}


def test_a_business_record_is_shown_to_that_business_only(standard: Bench) -> None:
    standard.request("u_f2", firm=True)

    assert standard.view("u_f2", "business").outcome == "done"
    assert standard.view("u_p1", "business", "F2").outcome == "refused"
    assert standard.view("u_t1", "business", "F2").outcome == "refused"


def test_what_ccus_still_processes_is_collected_when_it_is_due(new_world: NewWorld) -> None:
    bench = new_world("tiny", processing_seconds=3600)
    answer = bench.request("u_f1", "T1")
    assert (answer.outcome, answer.due) == ("pending", "2026-04-13T10:00:00+09:00")
    assert bench.holdings() == []

    bench.fund.clock("2026-04-13T10:00:00+09:00")
    ran = bench.do("advance", to="2026-04-13T10:00:00+09:00").detail["jobs"]
    assert [job["name"] for job in ran] == ["collect_ready"]
    assert len(bench.held("T1")) == 34


def test_idle_nights_bring_backups_and_no_call(tiny: Bench) -> None:
    tiny.request("u_f1", "T1")
    calls = len(tiny.fund.ledger("request.accepted"))
    to = "2026-04-16T09:00:00+09:00"
    tiny.fund.clock(to)
    ran = tiny.do("advance", to=to).detail["jobs"]

    assert [job["at"] for job in ran if job["name"] == "nightly_backup"] == [
        f"2026-04-{day}T02:00:00+09:00" for day in (14, 15, 16)
    ]
    assert len(tiny.fund.ledger("request.accepted")) == calls
    assert len(list(tiny.stores()["backups"].iterdir())) == 3
