"""The certificates of a simulator that speaks TLS: an authority of its own, made for one server and forgotten.

The key of the authority is never written down, so whoever trusts its certificate trusts this one server and
nobody else, ever.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY: Final = "模擬CCUS 試験用認証局 (ccus-simulator test CA)"
SERVER: Final = "模擬CCUS (ccus-simulator)"
VALID: Final = timedelta(days=397)
LEAST_LEFT: Final = timedelta(days=1)
"""A run must not see its certificate end."""
USUAL_NAMES: Final = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificates:
    """The files of a server: what its clients trust, what it shows, and its secret."""

    authority: Path
    certificate: Path
    key: Path

    @classmethod
    def at(cls, folder: Path) -> "Certificates":
        return cls(authority=folder / "ca.pem", certificate=folder / "server.pem", key=folder / "server.key")


def prepared(folder: Path, names: Iterable[str] = ()) -> Certificates:
    """Return the certificates of a folder for a server of these names, made anew unless they still serve."""
    files = Certificates.at(folder)
    wanted = tuple(dict.fromkeys((*USUAL_NAMES, *names)))
    if not _serve(files, wanted, datetime.now(UTC)):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make(files, wanted, datetime.now(UTC))
    return files


def _serve(files: Certificates, names: tuple[str, ...], now: datetime) -> bool:
    """Whether the files are whole, for all of these names, and not about to end."""
    if not all(path.is_file() for path in (files.authority, files.certificate, files.key)):
        return False
    known = x509.load_pem_x509_certificate(files.certificate.read_bytes())
    shown = known.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    held = {str(name.value) for name in shown}
    return set(map(_normal, names)) <= held and now + LEAST_LEFT < known.not_valid_after_utc


def _make(files: Certificates, names: tuple[str, ...], now: datetime) -> None:
    authority_key, server_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority = _authority(authority_key, now)
    server = _server(server_key, authority, authority_key, names, now)
    files.authority.write_bytes(_pem(authority))
    files.certificate.write_bytes(_pem(server))
    _write_private(files.key, _pem_key(server_key))


def _authority(key: ec.EllipticCurvePrivateKey, now: datetime) -> x509.Certificate:
    name = _name(AUTHORITY)
    usage = x509.KeyUsage(
        key_cert_sign=True,
        crl_sign=True,
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        _begun(name, name, key.public_key(), now)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _server(
    key: ec.EllipticCurvePrivateKey,
    authority: x509.Certificate,
    authority_key: ec.EllipticCurvePrivateKey,
    names: tuple[str, ...],
    now: datetime,
) -> x509.Certificate:
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())
    return (
        _begun(_name(SERVER), authority.subject, key.public_key(), now)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([_san(name) for name in names]), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(issuer, critical=False)
        .sign(authority_key, hashes.SHA256())
    )


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))  # clocks of two machines differ
        .not_valid_after(now + VALID)
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _san(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(_normal(name))


def _normal(name: str) -> str:
    try:
        return str(ip_address(name))
    except ValueError:
        return name.encode("idna").decode("ascii").lower()


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _pem_key(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _write_private(path: Path, content: bytes) -> None:
    """Write a file so that at no moment anybody else can read it."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
