"""Every defect of 第2条2 shows where it says it does, and the lawful system shows nothing there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ccus_reference.behaviour import Behaviour
from ccus_reference.defects import DEFECTS, article2_2_channels, article2_2_sites, article2_2_viewers

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Bench

LATER = "2026-05-13T09:00:00+09:00"
YEARS_LATER = "2028-05-13T09:00:00+09:00"
T8_OF_F2 = {"technician": "T8", "business": "F2", "kind": "main"}


def sees(bench: Bench, user: str, label: str, **other: str | None) -> bool:
    return bench.view(user, "record", label, **other).outcome == "done"


def newcomer_sees_all(bench: Bench) -> bool:
    bench.request("u_f2", "T1")
    return sees(bench, "u_f6", "T1")


def client_sees(bench: Bench) -> bool:
    bench.request("u_f2", "T1", "T2")
    return sees(bench, "u_c1", "T1") and not sees(bench, "u_c1", "T2")


def colleagues_see(bench: Bench) -> bool:
    bench.request("u_f2", "T1")
    return sees(bench, "u_t2", "T1") and not sees(bench, "u_t7", "T1")


def staff_sees(bench: Bench) -> bool:
    bench.request("u_f2", "T1")
    return sees(bench, "u_staff", "T1")


def union_of_firms(bench: Bench) -> bool:
    bench.request("u_f4", "T4")
    assert sees(bench, "u_multi", "T4", acting_for=bench.id("F4"))
    return sees(bench, "u_multi", "T4", acting_for=bench.id("F6"))


def counts_everybody(bench: Bench) -> bool:
    bench.request("u_f2", "T1")
    return 'data-count="1"' in bench.view("u_f6", "count").text


def firm_pages_open(bench: Bench) -> bool:
    bench.request("u_f2", firm=True)
    return bench.view("u_f6", "business", "F2").outcome == "done"


def hidden_items_shown(bench: Bench) -> bool:
    bench.request("u_f2", "T1")
    assert "緊急連絡先" in bench.view("u_p1", "record", "T1").text
    return "緊急連絡先" in bench.view("u_f1", "record", "T1").text


def views_unlogged(bench: Bench) -> bool:
    bench.request("u_f2", "T1")
    sees(bench, "u_f2", "T1")
    return bench.do("view_log").text == ""


def side_firm_sites(bench: Bench) -> bool:
    bench.request("u_f6", "T6")
    return sees(bench, "u_p2", "T6")


def former_employer_sees(bench: Bench) -> bool:
    bench.request("u_f2", "T8")
    bench.happens("relate", change="end", affiliation=T8_OF_F2)
    return sees(bench, "u_f2", "T8")


def plan_seen_by_site(bench: Bench) -> bool:
    bench.request("u_f2", "T8")
    return sees(bench, "u_f4", "T8")


def cancelled_entry_counts(bench: Bench) -> bool:
    bench.request("u_f4", "T4")
    bench.happens("cancel", entry="e4")
    return sees(bench, "u_p1", "T4")


def invitation_counts(bench: Bench) -> bool:
    bench.request("u_f2", "T1")
    return sees(bench, "u_g1", "T1")


def gap_opens_site(bench: Bench) -> bool:
    bench.request("u_f7", "T7")
    return sees(bench, "u_f4", "T7")


def chain_from_employer(bench: Bench) -> bool:
    bench.request("u_f5", "T5")
    return sees(bench, "u_f4", "T5")


def partner_everywhere(bench: Bench) -> bool:
    bench.request("u_f2", "T1")
    return sees(bench, "u_p3", "T1")


def heir_by_guess(bench: Bench) -> bool:
    bench.request("u_f2", "T1")
    bench.happens("relate", change="end", affiliation=T8_OF_F2)
    bench.happens("relate", change="begin", affiliation={**T8_OF_F2, "business": "F6"})
    return sees(bench, "u_f6", "T1")


def export_wider(bench: Bench) -> bool:
    bench.request("u_f2", "T1")
    return bench.id("T1") in bench.export("u_f6").text


def api_wider(bench: Bench) -> bool:
    bench.request("u_f2", "T1")
    return sees(bench, "u_f6", "T1", channel="api")


def right_cached(bench: Bench) -> bool:
    bench.request("u_f2", "T8")
    assert sees(bench, "u_f2", "T8")
    bench.happens("relate", change="end", affiliation=T8_OF_F2)
    return sees(bench, "u_f2", "T8") and not sees(bench, "u_f2b", "T8")


def device_keeps(bench: Bench) -> bool:
    bench.request("u_f2", "T1")
    bench.device("u_p1", "sync")
    bench.do("advance", to=LATER)
    return bench.device("u_p1", "show").outcome == "done"


def link_opens_for_all(bench: Bench) -> bool:
    bench.request("u_f2", "T1")
    handle = bench.share("u_f2", "T1", "link").detail["handle"]
    return bench.fetch(handle, None).outcome == "done"


def report_never_stale(bench: Bench) -> bool:
    bench.request("u_f2", "T8")
    handle = bench.share("u_f2", "T8", "file", to="u_f2b").detail["handle"]
    bench.happens("relate", change="end", affiliation=T8_OF_F2)
    return bench.fetch(handle, "u_f2b").outcome == "done"


def primes_shut_out(bench: Bench) -> bool:
    bench.request("u_f2", "T1")
    return "緊急連絡先" not in bench.view("u_p1", "record", "T1").text


def employers_shut_out(bench: Bench) -> bool:
    bench.request("u_f2", "T1")
    return not sees(bench, "u_f2", "T1")


def old_files_open(bench: Bench) -> bool:
    bench.request("u_f4", "T4")
    assert not sees(bench, "u_f2", "T4")
    bench.do("advance", to=YEARS_LATER)
    return sees(bench, "u_f2", "T4")


STANDARD = (
    primes_shut_out,
    employers_shut_out,
    old_files_open,
    newcomer_sees_all,
    client_sees,
    colleagues_see,
    staff_sees,
    union_of_firms,
    counts_everybody,
    firm_pages_open,
    hidden_items_shown,
    views_unlogged,
    former_employer_sees,
    cancelled_entry_counts,
    heir_by_guess,
    export_wider,
    api_wider,
    right_cached,
    device_keeps,
    link_opens_for_all,
    report_never_stale,
)
TANGLED = (
    side_firm_sites,
    plan_seen_by_site,
    invitation_counts,
    gap_opens_site,
    chain_from_employer,
    partner_everywhere,
)


@pytest.mark.parametrize("probe", [*STANDARD, *TANGLED], ids=lambda probe: probe.__name__)
def test_a_defect_shows_and_its_absence_does_not(
    with_conduct: Callable[..., Bench], probe: Callable[[Bench], bool]
) -> None:
    world = "tangled" if probe in TANGLED else "standard"
    assert probe(with_conduct(DEFECTS[probe.__name__].behaviour(), world))
    assert not probe(with_conduct(Behaviour(), world))


def test_every_defect_of_these_chapters_has_its_probe() -> None:
    chapters = (article2_2_channels, article2_2_sites, article2_2_viewers)
    named = {defect.name for chapter in chapters for defect in chapter.DEFECTS}
    assert {probe.__name__ for probe in (*STANDARD, *TANGLED)} == named
