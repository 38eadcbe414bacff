"""Every lawful variant differs from the reference in one decision, and shows how."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from ccus_reference.behaviour import Behaviour
from ccus_reference.defects import DEFECTS
from ccus_reference.variants import VARIANTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Bench


def direct_parent_only(bench: Bench) -> bool:
    bench.request("u_f3", "T3")
    shown = {user: bench.view(user, "record", "T3").outcome for user in ("u_p1", "u_f1", "u_f2")}
    assert shown["u_p1"] == shown["u_f2"] == "done"
    return shown["u_f1"] == "refused"


def switching_accounts(bench: Bench) -> bool:
    bench.request("u_f4", "T4")
    first = min(bench.id("F4"), bench.id("F6"))
    assert bench.view("u_multi", "record", "T4", acting_for=bench.id("F6")).outcome == "refused"
    return (
        first == bench.id("F4") and bench.view("u_multi", "record", "T4", acting_for=None).outcome == "done"
    )


def sees(bench: Bench, user: str, label: str) -> bool:
    return bench.view(user, "record", label).outcome == "done"


def tree_of_today(bench: Bench) -> bool:
    bench.request("u_f2", "T1")
    link = {"site": "S1", "child": "F2", "parent": "F1", "status": "approved"}
    bench.happens("relate", change="end", link=link)
    return not sees(bench, "u_f1", "T1")


def gaps_bridged(bench: Bench) -> bool:
    bench.request("u_f7", "T7")
    return sees(bench, "u_f6", "T7")


def representative_only(bench: Bench) -> bool:
    bench.request("u_f5", "T3")
    assert sees(bench, "u_p1", "T3")
    return not sees(bench, "u_p3", "T3")


def roster_opens(bench: Bench) -> bool:
    bench.request("u_f2", "T8")
    assert not sees(bench, "u_f4", "T8")
    return sees(bench, "u_p1", "T8")


def closed_after_a_year(bench: Bench) -> bool:
    bench.request("u_f1", "T10")
    assert sees(bench, "u_f1", "T10")
    return not sees(bench, "u_p1", "T10")


def main_firm_only(bench: Bench) -> bool:
    bench.request("u_f6", "T6")
    assert sees(bench, "u_f6", "T6")
    return not sees(bench, "u_f2", "T6")


def entered_people_only(bench: Bench) -> bool:
    bench.request("u_f2", "T1", "T8")
    assert sees(bench, "u_f2", "T1")
    return not sees(bench, "u_f2", "T8")


def all_items_for_all(bench: Bench) -> bool:
    bench.request("u_f2", "T1")
    pages = {user: bench.view(user, "record", "T1").text for user in ("u_p1", "u_f1")}
    assert "緊急連絡先" in pages["u_p1"]
    return "緊急連絡先" in pages["u_f1"]


def leased_devices(bench: Bench) -> bool:
    bench.request("u_f2", "T1")
    bench.device("u_p1", "sync")
    kept = bench.device("u_p1", "show").outcome == "done"
    bench.do("advance", to="2026-04-13T09:05:00+09:00")
    assert bench.device("u_p1", "show").outcome == "refused"
    return kept


def deferred_backups(bench: Bench) -> bool:
    bench.request("u_f2", "T1")
    bench.do("backup")
    bench.end()
    backups = bench.stores()["backups"]
    waiting = [path.name for path in backups.iterdir() if path.name.startswith("monthly-")]
    stated = bench.fund.inbox("certificate")[0]["document"]["exceptions"]
    bench.do("advance", to="2026-07-02T00:00:00+09:00")
    assert not any(path.name.startswith("monthly-") for path in backups.iterdir())
    return bool(waiting and stated and len(bench.fund.inbox("certificate")) > 1)


def office_hours_disposal(bench: Bench) -> bool:
    bench.request("u_f2", "T1")
    answer = bench.end(at="2026-06-06T22:00:00+09:00")
    bench.do("advance", to="2026-06-08T09:00:00+09:00")
    assert bench.holdings() == []
    return answer.detail["state"] == "disposing"


def forgets_leavers(bench: Bench) -> bool:
    bench.request("u_f2", "T1", "T8")
    gone = {"technician": bench.id("T8"), "business": bench.id("F2"), "kind": "main"}
    bench.happens("relate", change="end", affiliation=gone)
    assert bench.held("T1")
    return bench.held("T8") == []


def never_retains(bench: Bench) -> bool:
    bench.request("u_f2", "T1")
    met = [{"ref": "13-2-1", "met": True, "evidence": "監査報告"}]
    return bench.end(retention={"claim": True, "conditions": met}).detail["state"] == "disposed"


TANGLED = (
    gaps_bridged,
    representative_only,
    roster_opens,
    closed_after_a_year,
    main_firm_only,
    entered_people_only,
)
PROBES = (
    direct_parent_only,
    switching_accounts,
    tree_of_today,
    all_items_for_all,
    leased_devices,
    deferred_backups,
    office_hours_disposal,
    never_retains,
    forgets_leavers,
    *TANGLED,
)


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.__name__)
def test_a_variant_shows_and_its_absence_does_not(
    with_conduct: Callable[..., Bench], probe: Callable[[Bench], bool]
) -> None:
    world = "tangled" if probe in TANGLED else "standard"
    assert probe(with_conduct(VARIANTS[probe.__name__].behaviour(), world))
    assert not probe(with_conduct(Behaviour(), world))


def test_every_probe_is_of_a_variant() -> None:
    # The kill table shows that no variant is accused; these show that each does something else.
    assert {probe.__name__ for probe in PROBES} <= set(VARIANTS)


@pytest.mark.parametrize("name", sorted(VARIANTS))
def test_a_variant_replaces_one_decision(name: str) -> None:
    assert len(VARIANTS[name].change) == 1


def test_no_name_is_both_lawful_and_a_defect() -> None:
    assert set(VARIANTS) & set(DEFECTS) == set()


def test_the_variants_can_be_read_without_importing_us() -> None:
    said = subprocess.run(
        [sys.executable, "-m", "ccus_reference", "--list-conducts"], capture_output=True, check=True
    )
    catalogue = json.loads(said.stdout)["variants"]
    assert [entry["name"] for entry in catalogue] == list(VARIANTS)
    assert set(catalogue[0]) == {"name", "title", "profile", "chapters"}
