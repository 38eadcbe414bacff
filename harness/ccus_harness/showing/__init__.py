"""What the notebooks call: run a candidate, and show what the run found as tables, pictures and sentences.

Needs the extra `notebook`; nothing else of the harness imports it.
"""

from __future__ import annotations

from ccus_harness.showing.articles import OtherWord, clause, scene
from ccus_harness.showing.bilingual import Both
from ccus_harness.showing.flows import NothingAsked, NotTried
from ccus_harness.showing.judging import NotAsAnnounced, about, again, judge
from ccus_harness.showing.maps import judges, verdict_map
from ccus_harness.showing.mending import (
    NothingBroken,
    NothingMended,
    Ready,
    attempt,
    changed,
    chapters,
    first_broken,
    not_reached,
    to_try_again,
)
from ccus_harness.showing.moments import drills, happened
from ccus_harness.showing.opening import (
    NoRecord,
    NotIntact,
    dossier,
    for_people,
    for_the_parties,
    looked_at,
    red,
    verified,
)
from ccus_harness.showing.pictures import NoFont, Picture, requests
from ccus_harness.showing.provenance import NotFound, bait, hidden_and_found, marks
from ccus_harness.showing.purging import deliveries, reconciliation, stores
from ccus_harness.showing.scope import saw, seen_against_the_rule
from ccus_harness.showing.sites import (
    Disagreeing,
    OtherDecision,
    compared,
    trees,
    two_ways,
    who_may,
    why,
    world,
)
from ccus_harness.showing.tables import NoContrast, Table, counts, evidence, findings, verdicts
from ccus_harness.showing.training import (
    NoQuestion,
    answer_key,
    answer_map,
    asked,
    clues,
    exam,
    explain_names,
    explained,
    marked,
)

__all__ = [
    "Both",
    "Disagreeing",
    "NoContrast",
    "NoFont",
    "NoQuestion",
    "NoRecord",
    "NotAsAnnounced",
    "NotFound",
    "NotIntact",
    "NotTried",
    "NothingAsked",
    "NothingBroken",
    "NothingMended",
    "OtherDecision",
    "OtherWord",
    "Picture",
    "Ready",
    "Table",
    "about",
    "again",
    "answer_key",
    "answer_map",
    "asked",
    "attempt",
    "bait",
    "changed",
    "chapters",
    "clause",
    "clues",
    "compared",
    "counts",
    "deliveries",
    "dossier",
    "drills",
    "evidence",
    "exam",
    "explain_names",
    "explained",
    "findings",
    "first_broken",
    "for_people",
    "for_the_parties",
    "happened",
    "hidden_and_found",
    "judge",
    "judges",
    "looked_at",
    "marked",
    "marks",
    "not_reached",
    "reconciliation",
    "red",
    "requests",
    "saw",
    "scene",
    "seen_against_the_rule",
    "stores",
    "to_try_again",
    "trees",
    "two_ways",
    "verdict_map",
    "verdicts",
    "verified",
    "who_may",
    "why",
    "world",
]
