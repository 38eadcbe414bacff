"""When CCUS goes wrong, the reference keeps what it asked for and may keep, or nothing, and goes on afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ccus_reference.annex1 import ITEMS
from ccus_simulator.faults import CATALOGUE

if TYPE_CHECKING:
    from conftest import Bench

# Those that never answer cost the reference its whole patience each, and lose the answer like `empty` does.
SILENT = {"timeout_before", "timeout_after"}
LETTERS = {"inbox_down"}
LAWFUL = sorted(
    name for name, fault in CATALOGUE.items() if fault.layer != "rule" and name not in SILENT | LETTERS
)


@pytest.mark.parametrize("name", LAWFUL)
def test_a_fault_of_ccus_leaves_nothing_that_may_not_be_kept(standard: Bench, name: str) -> None:
    standard.fund.call("PUT", f"/faults/{name}", {"count": 1})
    met = standard.request("u_f2", "T1", "T2")
    assert met.outcome in {"done", "refused", "pending"}
    assert standard.fund.call("GET", f"/faults/{name}")["fired"] == 1
    kept = [row for row in standard.holdings() if row["出所"] == "CCUS"]
    assert {row["ID"] for row in kept} <= {standard.id("T1"), standard.id("T2")}
    assert len({row["項目"] for row in kept}) <= len(ITEMS["technician"])
    assert "ccus-sim.example" not in str(kept)
    again = standard.request("u_f2", "T1", "T2")
    assert again.outcome == "done"
    assert {row["ID"] for row in standard.held("T1") + standard.held("T2")} == {
        standard.id("T1"),
        standard.id("T2"),
    }


def test_who_left_in_flight_is_not_kept(standard: Bench) -> None:
    standard.fund.call("PUT", "/faults/affiliation_lapses", {"count": 1, "subjects": [standard.id("T1")]})
    standard.request("u_f2", "T1", "T2")
    assert standard.held("T1") == []
    assert standard.held("T2") != []


def test_a_notice_is_sent_again_until_the_inbox_takes_it(standard: Bench) -> None:
    standard.fund.call("PUT", "/faults/inbox_down", {"count": 2})
    assert standard.incident().outcome == "pending"
    for at in ("2026-04-18T02:15:00+09:00", "2026-04-18T02:30:00+09:00", "2026-04-18T02:45:00+09:00"):
        standard.do("advance", to=at)
    assert standard.fund.call("GET", "/faults/inbox_down")["exhausted"]
    (incident,) = standard.fund.call("GET", "/incidents")["incidents"]
    assert len(incident["notices"]) == 1


def test_a_certificate_is_sent_again_until_the_inbox_takes_it(standard: Bench) -> None:
    standard.request("u_f2", "T1")
    standard.fund.call("PUT", "/faults/inbox_down", {"count": 1})
    standard.end()
    standard.do("advance", to="2026-06-01T01:00:00+09:00")
    assert len(standard.fund.inbox("certificate")) == 1
