"""A statement about a bundle, signed: an in-toto Statement in a DSSE envelope under Ed25519."""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING, Any, cast

from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import UnverifiedSignatureError, VerificationError
from securesystemslib.signer._crypto_signer import CryptoSigner
from securesystemslib.signer._key import SSlibKey

from ccus_harness.evidence.packing import Altered

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Signer = CryptoSigner
PublicKey = SSlibKey

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "urn:ccus-conformance:{kind}:1"
PAYLOAD = "application/vnd.in-toto+json"


class NoKey(Exception):
    """A file does not hold a key of the kind that is needed."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path}: {why}")
        self.path = path
        self.why = why


def canonical(value: Any) -> bytes:
    """JSON in the one form that is written and compared."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def new_signer() -> Signer:
    return Signer.generate_ed25519()


def write_keys(signer: Signer, private: Path) -> Path:
    """Writes the private key, readable by its owner alone, and the public one beside it; returns the latter."""
    private.touch(mode=0o600)
    private.write_bytes(signer.private_bytes)
    public = private.with_suffix(".pub")
    public.write_bytes(canonical(public_document(signer.public_key)))
    return public


def read_signer(path: Path) -> Signer:
    """The signer of a PEM file; raises `NoKey`."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415 - slow to load
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415

    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as fault:
        raise NoKey(path, f"no private key in PEM ({fault})") from fault
    if not isinstance(key, Ed25519PrivateKey):
        raise NoKey(path, "not an Ed25519 key")
    return Signer(key)


def read_public(path: Path) -> PublicKey:
    """The public key of a file that `write_keys` wrote; raises `NoKey`."""
    try:
        return public_of(json.loads(path.read_bytes()))
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise NoKey(path, f"no public key ({fault})") from fault


def public_document(key: Any) -> dict[str, str]:
    return {"keytype": "ed25519", "public": str(key.keyval["public"])}


def public_of(document: Mapping[str, Any]) -> PublicKey:
    raw = bytes.fromhex(document["public"])
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415 - slow to load

    return PublicKey.from_crypto(Ed25519PublicKey.from_public_bytes(raw))


def predicate_of(head: Mapping[str, Any]) -> str:
    """The type of statement that is made about a file with this head."""
    kind = "retest" if "/retest/" in str(head.get("format", "")) else "run"
    return PREDICATE.format(kind=kind)


def sign(manifest_digest: str, predicate: Mapping[str, Any], signer: Signer) -> bytes:
    """The envelope over a statement that this manifest is the record of a run that came to `predicate`."""
    statement = {
        "_type": STATEMENT,
        "subject": [{"name": "manifest-sha256.txt", "digest": {"sha256": manifest_digest}}],
        "predicateType": predicate_of(predicate),
        "predicate": dict(predicate),
    }
    envelope = Envelope(canonical(statement), PAYLOAD, {})
    envelope.sign(signer)
    return canonical(cast("dict[str, Any]", envelope.to_dict()))  # pyright: ignore[reportUnknownMemberType]


def opened(written: bytes, key: PublicKey) -> dict[str, Any]:
    """The statement of an envelope that `key` signed; raises `Altered`.

    Only verified bytes are read, and the envelope must be written in its one form, so that no bit of it is free.
    """
    try:
        raw = json.loads(written)
        envelope = Envelope.from_dict(json.loads(written))  # pyright: ignore[reportUnknownMemberType] - it empties what it reads
        envelope.verify([key], 1)
        statement = json.loads(envelope.payload)
    except (VerificationError, UnverifiedSignatureError) as fault:
        raise Altered("run.dsse.json", "the signature is not by this key") from fault
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error) as fault:
        raise Altered("run.dsse.json", f"no envelope ({fault})") from fault
    if written != canonical(raw) or not _in_one_form(raw, key):
        raise Altered("run.dsse.json", "not written as it was signed")
    return cast("dict[str, Any]", statement)


def _in_one_form(envelope: Mapping[str, Any], key: PublicKey) -> bool:
    """Whether nothing stands in the envelope that the signature would not notice."""
    signatures = envelope["signatures"]
    texts = [envelope["payload"], *(one["sig"] for one in signatures)]
    return (
        set(envelope) == {"payload", "payloadType", "signatures"}
        and [set(one) for one in signatures] == [{"keyid", "sig"}]
        and signatures[0]["keyid"] == key.keyid
        and all(base64.b64encode(base64.b64decode(text)).decode() == text for text in texts)
    )
