"""Claims about attribution: a likelihood with its method and its rate of error, never a fact (第4条)."""

from __future__ import annotations

import pytest

from ccus_harness.instruments.attribution import METHOD, UNKNOWN, Attribution, attributed

FIRM = frozenset({("t1", "name"), ("t1", "phone"), ("t2", "name"), ("t2", "phone")})
PRIME = frozenset({("t1", "name"), ("t3", "name")})


def test_who_received_all_that_was_found_is_likelier_than_who_lacks_a_part_of_it() -> None:
    told = attributed(FIRM, {"firm": FIRM, "prime": PRIME})
    assert told is not None
    assert told.shares["firm"] > 0.9
    assert told.shares["prime"] < 0.1


@pytest.mark.parametrize("received", [{"firm": FIRM}, {"firm": FIRM, "prime": PRIME}])
def test_no_source_is_ever_certain(received: dict[str, frozenset[tuple[str, str]]]) -> None:
    told = attributed(FIRM, received)
    assert told is not None
    assert told.hedged
    assert told.shares[UNKNOWN] > 0


def test_two_who_received_the_same_are_told_to_be_equally_likely_and_count_as_errors() -> None:
    told = attributed(FIRM, {"one": FIRM, "other": FIRM})
    assert told is not None
    assert told.shares["one"] == told.shares["other"]
    assert (told.method, told.error_rate, told.trials) == (METHOD, 1.0, 6)


def test_what_nobody_received_points_to_a_source_nobody_thought_of() -> None:
    told = attributed(frozenset({("t9", "name")}), {"firm": FIRM, "prime": PRIME})
    assert told is not None
    assert max(told.shares, key=lambda source: told.shares[source]) == UNKNOWN


def test_from_nothing_nothing_is_told() -> None:
    assert attributed(frozenset(), {"firm": FIRM}) is None
    assert attributed(FIRM, {"firm": frozenset()}) is None


@pytest.mark.parametrize(("share", "method", "trials"), [(1.0, METHOD, 3), (0.9, "", 3), (0.9, METHOD, 0)])
def test_a_certain_share_or_one_without_method_or_trial_is_no_hedged_estimate(
    share: float, method: str, trials: int
) -> None:
    told = Attribution(shares={"firm": share}, method=method, error_rate=0.0, trials=trials)
    assert not told.hedged
