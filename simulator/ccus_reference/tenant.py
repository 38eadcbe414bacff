"""One world of this system: its rules' facts, its database, its road to CCUS, its clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ccus_reference.applog import AppLog
from ccus_reference.ccus_client import CcusRefused, CcusUnreachable
from ccus_reference.happenings import Knowledge
from ccus_reference.moments import parsed, written
from ccus_reference.search import SearchIndex
from ccus_reference.store import Store

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from ccus_reference.behaviour import Behaviour
    from ccus_reference.ccus_client import CcusClient
    from ccus_reference.mailbox import Mailbox
    from ccus_reference.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """Everything one world's work is done with."""

    knowledge: Knowledge
    folder: Path
    store: Store
    index: SearchIndex
    log: AppLog
    ccus: CcusClient
    behaviour: Behaviour = field(repr=False)
    mailbox: Mailbox | None = None

    @property
    def world(self) -> World:
        """What we know of firms, people and sites by now."""
        return self.knowledge.world

    @property
    def now(self) -> datetime:
        """This system's time: it moves only when it is moved."""
        text = self.store.setting("now")
        return self.world.now if text is None else parsed(text)

    def set_now(self, moment: datetime) -> None:
        self.store.set("now", written(moment))

    @property
    def exports(self) -> Path:
        return self.folder / "exports"

    @property
    def lists(self) -> Path:
        return self.folder / "lists"

    @property
    def backups(self) -> Path:
        return self.folder / "backups"

    @property
    def devices(self) -> Path:
        """What lies on the devices of users, a file for each."""
        return self.folder / "devices"

    @property
    def ended(self) -> str | None:
        """How the agreement ended for us (``disposing``, ``disposed`` or ``retained``), None while it has not."""
        return self.store.setting("ended")

    def note(self, event: str, **facts: Any) -> None:
        self.log.write(written(self.now), event, **facts)

    def send(self, path: str, document: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Sends a letter to the Fund at once; what does not arrive is kept and tried again."""
        letter = self.store.add_letter(path, document)
        return self.deliver(letter, path, document)

    def deliver(self, letter: int, path: str, document: Mapping[str, Any]) -> Mapping[str, Any] | None:
        try:
            receipt = self.behaviour.carried(self, path, document)
        except (CcusRefused, CcusUnreachable) as fault:
            self.note("letter.not_delivered", letter=letter, why=str(fault))
            return None
        self.store.receipt(letter, receipt)
        self.note("letter.delivered", letter=letter, receipt=receipt.get("receipt_id"))
        return receipt

    def close(self) -> None:
        self.ccus.close()
        self.index.close()
        self.store.close()


def opened(
    folder: Path, world: World, ccus: CcusClient, behaviour: Behaviour, mailbox: Mailbox | None = None
) -> Tenant:
    """The tenant whose files lie in `folder`; they are made when it is new."""
    for part in (folder, *(folder / name for name in ("exports", "lists", "backups", "devices"))):
        part.mkdir(mode=0o700, parents=True, exist_ok=True)
    store = Store(folder / "registration.sqlite")
    return Tenant(
        knowledge=Knowledge(world, store),
        folder=folder,
        store=store,
        index=SearchIndex(folder / "search.sqlite"),
        log=AppLog(folder / "app.log"),
        ccus=ccus,
        behaviour=behaviour,
        mailbox=mailbox,
    )
