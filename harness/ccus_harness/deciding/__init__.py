"""What people decide about the rows of a run that a machine leaves to them.

    from ccus_harness.deciding import load

    decisions = load(run, load_register())          # of a run's folder; raises `Undecidable`
    ruled = decisions.ruled("A2-4-01")              # machine word + decided word + who, when, why
    ruled.word, ruled.overrides, ruled.decision

A decision is recorded once and never erased; a later one on the same row supersedes it. It is bound to the run
and to what the machine found on the row, so it cannot be moved. A machine's own verdict is overridden by two
people only, and stays beside the decided word for good.
"""

from ccus_harness.deciding.decisions import (
    ATTACHED,
    FILE,
    FORMAT,
    Attachment,
    Decision,
    Decisions,
    Ruled,
    parse,
)
from ccus_harness.deciding.faults import Refusal, Undecidable
from ccus_harness.deciding.found import Found, Identity, RowFound, found_in
from ccus_harness.deciding.given import Given, read_given
from ccus_harness.deciding.recording import load, record
from ccus_harness.deciding.rules import DECIDED_WORDS, persons_needed, waits_for_person

__all__ = [
    "ATTACHED",
    "DECIDED_WORDS",
    "FILE",
    "FORMAT",
    "Attachment",
    "Decision",
    "Decisions",
    "Found",
    "Given",
    "Identity",
    "Refusal",
    "RowFound",
    "Ruled",
    "Undecidable",
    "found_in",
    "load",
    "parse",
    "persons_needed",
    "read_given",
    "record",
    "waits_for_person",
]
