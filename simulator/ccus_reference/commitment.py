"""Commits to the provided records without naming them: keyed leaves under one Merkle root (RFC 9162)."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ccus_reference.store import Provision

LEAF_RULE = "HMAC-SHA256(key, record_type|registry_id|provision_id)"


def keyed(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def leaf(key: bytes, provision: Provision) -> bytes:
    return keyed(key, f"{provision.record_type}|{provision.subject}|{provision.provision_id}")


def root(leaves: Iterable[bytes]) -> str:
    """The hex root over the sorted leaves; of nothing it is the hash of nothing."""
    return _tree([hashlib.sha256(b"\x00" + one).digest() for one in sorted(leaves)]).hex()


def _tree(hashes: Sequence[bytes]) -> bytes:
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    left = 1 << (len(hashes) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + _tree(hashes[:left]) + _tree(hashes[left:])).digest()
