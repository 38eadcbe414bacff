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


PROBES = (direct_parent_only, switching_accounts)


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.__name__)
def test_a_variant_shows_and_its_absence_does_not(
    with_conduct: Callable[[Behaviour], Bench], probe: Callable[[Bench], bool]
) -> None:
    assert probe(with_conduct(VARIANTS[probe.__name__].behaviour()))
    assert not probe(with_conduct(Behaviour()))


def test_every_variant_has_its_probe() -> None:
    assert {probe.__name__ for probe in PROBES} == set(VARIANTS)


@pytest.mark.parametrize("name", sorted(VARIANTS))
def test_a_variant_replaces_one_decision(name: str) -> None:
    assert len(VARIANTS[name].change) == 1


def test_no_name_is_both_lawful_and_a_defect() -> None:
    assert set(VARIANTS) & set(DEFECTS) == set()


def test_the_variants_can_be_read_without_importing_us() -> None:
    said = subprocess.run(
        [sys.executable, "-m", "ccus_reference", "--list-variants"], capture_output=True, check=True
    )
    catalogue = json.loads(said.stdout)
    assert [entry["name"] for entry in catalogue] == list(VARIANTS)
    assert set(catalogue[0]) == {"name", "title", "profile"}
