"""How the parties of a run reach each other: what CCUS speaks, where it listens, and the way to the candidate."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

from ccus_simulator.address import ANY, BadAddress, public_url

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

LOOPBACK = "127.0.0.1"
USUAL = "json"
"""The dialect that goes without saying; the simulator's own default, which is not loaded to be asked."""


class BadConnections(ValueError):
    """Choices that cannot be had, with the reason in both languages."""

    def __init__(self, ja: str, en: str) -> None:
        super().__init__(en)
        self.ja = ja
        self.en = en


@dataclass(frozen=True, slots=True, kw_only=True)
class Connections:
    """The choices of one run; what is left out is as safe as it is usual."""

    dialect: str = USUAL
    """In which dialect CCUS speaks to the candidate."""
    bind: str = LOOPBACK
    """The address of this machine at which CCUS listens."""
    port: int = 0
    """Its port; 0 is a free one."""
    public_url: str | None = None
    """The address of CCUS that the candidate is told, when it is another than the one CCUS listens at."""
    tls_dir: str | None = None
    """CCUS speaks TLS with the certificates of this folder, made there when there are none."""
    proxy: str | None = None
    """The HTTP proxy through which the candidate's adapter is reached."""
    mail: bool = False
    """CCUS takes notices by e-mail too, on the loopback."""
    ca_bundle: str | None = None
    """The certificates (PEM) by which the candidate's adapter is trusted."""

    def document(self) -> dict[str, Any]:
        """The choices as they lie beside the run, for a resume."""
        return asdict(self)

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Connections:
        """The choices of a document; one that is absent is as usual."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in document.items() if name in known and value is not None})

    def simulator_options(self, port: int | None, mail_port: int | None = None) -> list[str]:
        """What the simulator is started with, at the ports that it had before if there are any."""
        options = ["--port", str(port or self.port), "--bind", self.bind]
        options += ["--public-url", self.public_url] if self.public_url else []
        options += ["--mail-port", str(mail_port or 0)] if self.mail else []
        return [*options, "--tls-dir", self.tls_dir] if self.tls_dir else options


def declared(profile: Mapping[str, Any], folder: Path | None) -> dict[str, Any]:
    """What a profile declares about connections; a file in it lies beside it."""
    interface = profile.get("interface", {})
    bundle = interface.get("ca_bundle")
    beside = {"ca_bundle": str((folder / bundle).resolve())} if bundle and folder else {}
    mail = by_mail(profile)
    return {**profile.get("ccus", {}), "proxy": interface.get("proxy"), "mail": mail, **beside}


def by_mail(profile: Mapping[str, Any]) -> bool:
    """Tell whether a profile says that the Fund is told by e-mail (第2条4項)."""
    return "mail" in profile.get("notices", {}).get("by", ())


def checked(chosen: Connections) -> Connections:
    """The same choices; raises `BadConnections` with the first that cannot be had."""
    for ja, en in _faults(chosen):
        raise BadConnections(ja, en)
    return chosen


def _faults(chosen: Connections) -> Iterator[tuple[str, str]]:
    if chosen.dialect != USUAL:
        yield from _bad_dialect(chosen.dialect)
    if chosen.public_url is not None:
        yield from _bad_address(chosen.public_url)
    if chosen.bind in ANY and chosen.public_url is None:
        yield (
            f"--bind {chosen.bind} だけでは、申請システムに伝える場所が決まりません。--public-url も指定してください。",
            f"With --bind {chosen.bind} nobody knows what address to tell the candidate. Give --public-url too.",
        )


def _bad_address(given: str) -> Iterator[tuple[str, str]]:
    try:
        public_url(given)
    except BadAddress as fault:
        yield str(fault), f"{given!r} is no http:// or https:// address without user, query and fragment."


def _bad_dialect(name: str) -> Iterator[tuple[str, str]]:
    from ccus_simulator import dialects  # noqa: PLC0415 - all of CCUS, for those who choose what it speaks

    if name not in dialects.known():
        names = ", ".join(dialects.known())
        yield (
            f"方言「{name}」はありません。使えるもの: {names}",
            f"There is no dialect {name!r}. Known: {names}",
        )
