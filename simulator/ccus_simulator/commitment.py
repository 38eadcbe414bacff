"""The keyed commitment over everything provided: one root that a certificate must name (check R4)."""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from hmac import digest

ALGORITHM = "hmac-sha256+merkle"


def leaf(key: bytes, record_type: str, registry_id: str, provision_id: str) -> bytes:
    """Return the leaf of one provision: only the holder of the key can make it."""
    return digest(key, f"{record_type}|{registry_id}|{provision_id}".encode(), "sha256")


def root(leaves: Iterable[bytes]) -> str:
    """Return the Merkle root of RFC 9162 over the leaves in sorted order."""
    return _tree(sorted(leaves)).hex()


def key_id(key: bytes) -> str:
    """Name a key without showing it."""
    return sha256(b"ccus-simulator/key-id|" + key).hexdigest()[:16]


def _tree(leaves: Sequence[bytes]) -> bytes:
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\x01" + _tree(leaves[:split]) + _tree(leaves[split:])).digest()
