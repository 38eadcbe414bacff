"""The worlds this system works in, each in its own folder, found again after a restart."""

from __future__ import annotations

import json
import os
import shutil
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ccus_reference import ccus_client, outbound
from ccus_reference.mailbox import Mailbox
from ccus_reference.tenant import Tenant, opened
from ccus_reference.world import read_world

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ccus_reference.behaviour import Behaviour
    from ccus_reference.ccus_client import Road


class AnotherWorld(ValueError):
    """A world of this name exists and is a different one; take another name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"world {name!r} exists with another document")
        self.name = name


class Tenants:
    """All tenants of one process; each is worked on by one caller at a time."""

    def __init__(self, data: Path, behaviour: Behaviour, road: Road | None = None) -> None:
        self._data = data
        self._behaviour = behaviour
        self._road = road or ccus_client.Road()
        self._open: dict[str, Tenant] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._gate = threading.Lock()
        data.mkdir(mode=0o700, parents=True, exist_ok=True)

    @property
    def build(self) -> str:
        """What identifies the very build that runs."""
        return self._behaviour.build

    def lock(self, name: str) -> threading.Lock:
        with self._gate:
            return self._locks.setdefault(name, threading.Lock())

    def find(self, name: str) -> Tenant | None:
        """The tenant of that name, opened from its folder when this process has not used it yet."""
        config = self._data / name / "config.json"
        if name not in self._open and config.is_file():
            self._open[name] = self._opened(json.loads(config.read_text(encoding="utf-8")))
        return self._open.get(name)

    def set_up(self, document: Mapping[str, Any], ccus: Mapping[str, Any]) -> Tenant:
        """Makes a tenant, or finds the same one again; only the way to CCUS may change later."""
        name = document["world"]
        config = {"document": dict(document), "ccus": dict(ccus)}
        path = self._data / name / "config.json"
        if path.is_file():
            before = json.loads(path.read_text(encoding="utf-8"))
            if before["document"] != config["document"]:
                raise AnotherWorld(name)
            if before["ccus"] == config["ccus"]:
                return self.find(name) or self._opened(before)
        known = self._open.pop(name, None)
        if known is not None:
            known.close()
        tenant = self._open[name] = self._opened(config)
        _write_private(path, json.dumps(config, ensure_ascii=False))
        return tenant

    def forget(self, name: str) -> bool:
        """Removes a world with everything that was kept in it; says whether there was one."""
        tenant = self.find(name)
        if tenant is None:
            return False
        tenant.close()
        self._open.pop(name)
        shutil.rmtree(tenant.folder)
        return True

    def _opened(self, config: Mapping[str, Any]) -> Tenant:
        world = read_world(config["document"])

        def sending(url: str) -> None:
            self._open[world.name].store.add_destination(outbound.host_of(url), outbound.TO_CCUS)

        road = replace(self._road, sending=sending)
        ways = dict(config["ccus"])
        mail = ways.pop("mail", None)
        ccus = ccus_client.opened(ways, road)
        mailbox = Mailbox(**mail) if mail else None
        return opened(self._data / world.name, world, ccus, self._behaviour, mailbox)

    def close(self) -> None:
        for tenant in self._open.values():
            tenant.close()


def _write_private(path: Path, text: str) -> None:
    """Writes a file with secrets so that at no moment anybody else can read it."""
    fresh = path.with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    fresh.replace(path)
