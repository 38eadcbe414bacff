"""What a run's record says about one subject, as plain rows that any page, paper or picture can show.

Everything here is a pure function of a `Report`: nothing is decided, a word is always the judge's.
"""

from ccus_harness.reports.facts.drills import Announced, Notice, announced, unannounced
from ccus_harness.reports.facts.purge import Agreement, Delivery, Purge, Scan, Store, purge, purges
from ccus_harness.reports.facts.questions import Question, Turn, questions
from ccus_harness.reports.facts.scope import STATES, Cell, Look, Matrix, State, looks, matrices, matrix
from ccus_harness.reports.facts.timeline import KINDS, Moment, timeline

__all__ = [
    "KINDS",
    "STATES",
    "Agreement",
    "Announced",
    "Cell",
    "Delivery",
    "Look",
    "Matrix",
    "Moment",
    "Notice",
    "Purge",
    "Question",
    "Scan",
    "State",
    "Store",
    "Turn",
    "announced",
    "looks",
    "matrices",
    "matrix",
    "purge",
    "purges",
    "questions",
    "timeline",
    "unannounced",
]
