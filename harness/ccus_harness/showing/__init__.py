"""What the notebooks call: run a candidate, and show what the run found as tables, pictures and sentences.

Needs the extra `notebook`; nothing else of the harness imports it.
"""

from __future__ import annotations

from ccus_harness.showing.articles import OtherWord, clause, scene
from ccus_harness.showing.flows import NothingAsked, NotTried
from ccus_harness.showing.judging import NotAsAnnounced, about, again, judge
from ccus_harness.showing.maps import judges, verdict_map
from ccus_harness.showing.pictures import NoFont, requests
from ccus_harness.showing.tables import NoContrast, counts, evidence, findings, verdicts

__all__ = [
    "NoContrast",
    "NoFont",
    "NotAsAnnounced",
    "NotTried",
    "NothingAsked",
    "OtherWord",
    "about",
    "again",
    "clause",
    "counts",
    "evidence",
    "findings",
    "judge",
    "judges",
    "requests",
    "scene",
    "verdict_map",
    "verdicts",
]
