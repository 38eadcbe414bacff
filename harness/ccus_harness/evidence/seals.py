"""What closes a file of evidence: a manifest of all members, a head, and a signed statement about both."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from ccus_harness.evidence import bundle
from ccus_harness.evidence.packing import Altered, unpack
from ccus_harness.evidence.signing import opened, predicate_of, public_document, public_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ccus_harness.evidence.signing import PublicKey

State = Literal["good", "bad", "noted"]

UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError)
"""What comes of a record that is signed and intact, and yet is not one of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that was looked at: how it stands, a code for what was found, and where."""

    what: str
    state: State
    code: str
    where: str = ""


def unsealed(
    packed: bytes, key: PublicKey | None, needed: Sequence[str]
) -> tuple[dict[str, bytes], dict[str, Any]]:
    """The members and the head of a file that is what was signed; raises `Altered`."""
    members = unpack(packed)
    head = _head(members, needed)
    _in_manifest(members)
    statement = opened(members[bundle.ENVELOPE], key or public_of(head["public_key"]))
    _about_this(statement, members, head)
    return members, head


def _head(members: Mapping[str, bytes], needed: Sequence[str]) -> dict[str, Any]:
    names = (bundle.HEAD, bundle.MANIFEST, bundle.ENVELOPE, *needed)
    missing = [name for name in names if name not in members]
    if missing:
        raise Altered("the directory", f"{', '.join(missing)} is missing")
    try:
        head: dict[str, Any] = json.loads(members[bundle.HEAD])
        public_of(head["public_key"])
    except UNREADABLE as fault:
        raise Altered(bundle.HEAD, f"not a head ({fault})") from fault
    return head


def _in_manifest(members: Mapping[str, bytes]) -> None:
    listed = {name: body for name, body in members.items() if name not in (bundle.MANIFEST, bundle.ENVELOPE)}
    if members[bundle.MANIFEST] != bundle.manifest(listed):
        told = dict(_lines(members[bundle.MANIFEST]))
        wrong = sorted(
            name for name in {*told, *listed} if told.get(name) != bundle.digest(listed.get(name, b""))
        )
        raise Altered(", ".join(wrong) or bundle.MANIFEST, "its digest is not the one in the manifest")


def _lines(manifest: bytes) -> Iterator[tuple[str, str]]:
    for line in manifest.decode(errors="replace").splitlines():
        found, _, name = line.partition("  ")
        yield name, found


def _about_this(statement: Mapping[str, Any], members: Mapping[str, bytes], head: Mapping[str, Any]) -> None:
    try:
        digests = [one["digest"]["sha256"] for one in statement["subject"]]
        fits = statement["predicate"] == head and statement["predicateType"] == predicate_of(head)
    except UNREADABLE as fault:
        raise Altered(bundle.ENVELOPE, f"no statement ({fault})") from fault
    if not fits or digests != [bundle.digest(members[bundle.MANIFEST])]:
        raise Altered(bundle.ENVELOPE, "it was signed about another bundle")


def signature(head: Mapping[str, Any], key: PublicKey | None) -> Step:
    """Whose signature a file bears: the given key's, or only its maker's own."""
    if key is not None:
        return Step(what="signature", state="good", code="signed_by", where=public_document(key)["public"])
    return Step(what="signature", state="noted", code="self_signed", where=head["public_key"]["public"])
