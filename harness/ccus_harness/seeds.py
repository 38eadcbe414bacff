"""The seed of a certification: committed to before the candidate's build is frozen, shown by the run.

Nobody can fit a build to data that is drawn from a seed they do not know, and nobody can choose the seed to fit
a build: the reviewer hands out the SHA-256 of seed and nonce first, the vendor writes it into the profile of the
build that is frozen, and the run shows both. That the frozen profile holds the commitment shows the order.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from ccus_harness.documents import load

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

Role = Literal["vendor", "reviewer"]

STANDINGS: Mapping[Role, str] = {"vendor": "self-tested", "reviewer": "certification"}
"""What a run calls itself, by who operated the simulator and chose the seed."""

SECRET = "ccus-conformance/seed/1"  # noqa: S105 - the name of a format
PUBLIC = "ccus-conformance/seed-commitment/1"
LARGEST_SEED = 2**53
"""Every reader of JSON keeps it as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """What is handed out before the build is frozen: it binds to a seed without telling it."""

    sha256: str
    by: str
    stated_at: str

    def document(self) -> dict[str, str]:
        return {"format": PUBLIC, "sha256": self.sha256, "by": self.by, "stated_at": self.stated_at}


@dataclass(frozen=True, slots=True, kw_only=True)
class CommittedSeed:
    """A seed with the nonce that keeps it from being guessed, and the commitment to both."""

    seed: int
    nonce: str
    commitment: Commitment

    def document(self) -> dict[str, Any]:
        """What the reviewer keeps until the run."""
        return {
            "format": SECRET,
            "seed": self.seed,
            "nonce": self.nonce,
            "by": self.commitment.by,
            "stated_at": self.commitment.stated_at,
        }

    def disclosed(self) -> dict[str, str]:
        """What a run says of its seed, beside the seed itself."""
        said = {name: part for name, part in self.commitment.document().items() if name != "format"}
        return {**said, "nonce": self.nonce}


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """Who operates the simulator of a run and chose its seed."""

    role: Role = "vendor"
    name: str = ""
    seed: CommittedSeed | None = None

    def document(self) -> dict[str, Any]:
        return {
            "operator": STANDINGS[self.role],
            "operated_by": self.name,
            "seed_commitment": self.seed.disclosed() if self.seed else None,
        }


SELF_TESTED = Operation()


def committed(seed: int, nonce: str, *, by: str, stated_at: str) -> CommittedSeed:
    """The commitment to a seed; `nonce` is 64 hexadecimal digits that nobody can guess."""
    return CommittedSeed(
        seed=seed,
        nonce=nonce,
        commitment=Commitment(sha256=digest(seed, nonce), by=by, stated_at=stated_at),
    )


def digest(seed: int, nonce: str) -> str:
    """What a commitment to this seed has to be."""
    return hashlib.sha256(f"{SECRET}\n{nonce}\n{seed}\n".encode()).hexdigest()


def read_seed(path: Path) -> CommittedSeed:
    """The seed of a file that `seed commit` wrote; raises `DocumentFaults`."""
    raw = load(path, "seed.schema.json")
    return committed(raw["seed"], raw["nonce"], by=raw["by"], stated_at=raw["stated_at"])


def read_commitment(path: Path) -> Commitment:
    """The commitment that was handed out; raises `DocumentFaults`."""
    raw = load(path, "seed-commitment.schema.json")
    return Commitment(sha256=raw["sha256"], by=raw["by"], stated_at=raw["stated_at"])


def write(chosen: CommittedSeed, path: Path) -> Path:
    """Writes the seed for its owner alone and the commitment beside it; returns the latter."""
    path.touch(mode=0o600)
    path.write_text(_text(chosen.document()), encoding="utf-8")
    public = path.with_suffix(".commitment.json")
    public.write_text(_text(chosen.commitment.document()), encoding="utf-8")
    return public


def _text(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def faults(header: Mapping[str, Any]) -> Iterator[str]:
    """Codes of what keeps a run's seed from having been committed to before the build was frozen.

    `header` is a run's first line: seed, commitment, profile and when it started.
    """
    told: Mapping[str, str] | None = header.get("seed_commitment")
    if not told:
        yield "no_commitment"
        return
    if digest(header["seed"], told["nonce"]) != told["sha256"]:
        yield "not_this_seed"
    profile: dict[str, dict[str, Any]] = header.get("profile") or {}
    frozen: Mapping[str, str] | None = profile.get("candidate", {}).get("frozen")
    if not frozen:
        yield "not_frozen"
        return
    if frozen["seed_commitment"] != told["sha256"]:
        yield "other_commitment"
    yield from _order(told["stated_at"], frozen["at"], header.get("started_at", ""))


def _order(stated: str, frozen: str, started: str) -> Iterator[str]:
    """Codes of what is wrong with the order: committed, then frozen, then run."""
    try:
        moments = [datetime.fromisoformat(text) for text in (stated, frozen, started or frozen)]
    except ValueError:
        yield "no_moment"
        return
    if moments[0] > moments[1]:
        yield "committed_late"
    if moments[1] > moments[2]:
        yield "frozen_late"
