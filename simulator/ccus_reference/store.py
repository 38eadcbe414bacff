"""The system's own database: one SQLite file per world, and the only place where SQL is written."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Mapping
    from pathlib import Path

CCUS = "CCUS"
USER = "利用者入力"

_SCHEMA = """
create table if not exists setting (name text primary key, value text not null);
create table if not exists request (
    seq integer primary key, at text not null, user text not null, acting_for text, capacity text not null,
    purpose text not null, subjects integer not null, outcome text not null, reason text);
create table if not exists asked (
    order_id text primary key, request integer not null references request(seq), body text not null,
    status text not null, ready_at text);
create table if not exists provision (
    provision_id text primary key, order_id text not null references asked(order_id),
    record_type text not null, subject text not null, provided_at text not null, acquired_at text not null,
    kept integer not null, items text not null);
create table if not exists item (
    record_type text not null, subject text not null, item text not null, origin text not null,
    value text not null, provision_id text, at text not null, by_user text,
    primary key (record_type, subject, item, origin));
create table if not exists viewing (
    seq integer primary key, at text not null, user text not null, acting_for text, what text not null,
    subject text, ground text);
create table if not exists letter (
    seq integer primary key, path text not null, document text not null, receipt text);
create table if not exists destination (host text not null, purpose text not null, primary key (host, purpose));
create table if not exists happening (seq integer primary key, kind text not null, said text not null);
create table if not exists share (
    handle text primary key, at text not null, by_user text not null, acting_for text, subject text not null,
    form text not null, recipient text, ground text not null);
create table if not exists revocation (account text primary key, at text not null);
create table if not exists task (seq integer primary key, at text not null, name text not null, facts text not null);
"""

# Whoever's items change is noted for this connection, so that what is worked out from them can follow.
_TOUCHED = """
create temp table if not exists touched (subject text primary key);
create temp trigger if not exists touched_insert after insert on item
    begin insert or ignore into touched values (new.subject); end;
create temp trigger if not exists touched_update after update on item
    begin insert or ignore into touched values (new.subject); end;
create temp trigger if not exists touched_delete after delete on item
    begin insert or ignore into touched values (old.subject); end;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One value kept about one subject, with where it came from."""

    record_type: str
    subject: str
    item: str
    origin: str
    value: str
    provision_id: str | None = None
    at: str = ""
    by_user: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Provision:
    """One record that CCUS handed over, whether or not it was kept."""

    provision_id: str
    order_id: str
    record_type: str
    subject: str
    provided_at: str
    acquired_at: str
    kept: bool
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One order sent to CCUS and how far it got."""

    order_id: str
    request: int
    body: Mapping[str, Any]
    status: str
    ready_at: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What a user handed on: whose record, in what form, to whom, and on what ground that user saw it then."""

    handle: str
    at: str
    by_user: str
    acting_for: str | None
    subject: str
    form: str
    recipient: str | None
    ground: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A document sent to the Fund; it has no receipt until it has arrived."""

    seq: int
    path: str
    document: Mapping[str, Any]
    receipt: Mapping[str, Any] | None


def text_of(value: Any) -> str:
    """A value as it is kept and shown: text as it is, anything compound as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


class Store:
    """The database of one world.

    A rollback journal is used and not a write-ahead log, so that what the system knows stands in the
    one file that is declared, backed up and disposed of. Nothing is synced: a process that is killed loses
    nothing by it, and what a machine without power loses is no part of any obligation that is tried.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        for pragma in ("journal_mode=TRUNCATE", "synchronous=OFF", "secure_delete=ON", "foreign_keys=ON"):
            self._db.execute(f"pragma {pragma}").fetchall()
        self._db.executescript(_SCHEMA + _TOUCHED)

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def together(self) -> Generator[None]:
        """What is written inside is written as a whole or not at all."""
        self._db.execute("begin immediate")
        try:
            yield
        except BaseException:
            self._db.execute("rollback")
            raise
        self._db.execute("commit")

    # Settings

    def setting(self, name: str) -> Any:
        row = self._db.execute("select value from setting where name=?", (name,)).fetchone()
        return None if row is None else json.loads(row["value"])

    def set(self, name: str, value: Any) -> None:
        text = json.dumps(value, ensure_ascii=False)
        self._db.execute("insert or replace into setting values (?,?)", (name, text))

    # The request ledger

    def add_request(self, row: Mapping[str, Any]) -> int:
        """Records that a user asked for something; gives its number."""
        cursor = self._db.execute(
            "insert into request (at,user,acting_for,capacity,purpose,subjects,outcome) "
            "values (:at,:user,:acting_for,:capacity,:purpose,:subjects,'open')",
            dict(row),
        )
        return int(cursor.lastrowid or 0)

    def close_request(self, seq: int, outcome: str, reason: str | None) -> None:
        self._db.execute("update request set outcome=?, reason=? where seq=?", (outcome, reason, seq))

    def requests(self) -> list[dict[str, Any]]:
        return [dict(row) for row in self._db.execute("select * from request order by seq")]

    def add_asked(self, asked: Asked) -> None:
        body = json.dumps(dict(asked.body), ensure_ascii=False)
        self._db.execute(
            "insert into asked values (?,?,?,?,?)",
            (asked.order_id, asked.request, body, asked.status, asked.ready_at),
        )

    def move_asked(self, order_id: str, status: str, ready_at: str | None = None) -> None:
        self._db.execute(
            "update asked set status=?, ready_at=? where order_id=?", (status, ready_at, order_id)
        )

    def asked(self, status: str) -> list[Asked]:
        rows = self._db.execute("select * from asked where status=? order by request, order_id", (status,))
        return [_asked(row) for row in rows]

    def orders_of(self, request: int) -> list[Asked]:
        rows = self._db.execute("select * from asked where request=? order by order_id", (request,))
        return [_asked(row) for row in rows]

    # What arrived

    def add_provision(self, provision: Provision) -> None:
        self._db.execute(
            "insert into provision values (?,?,?,?,?,?,?,?)",
            (
                provision.provision_id,
                provision.order_id,
                provision.record_type,
                provision.subject,
                provision.provided_at,
                provision.acquired_at,
                int(provision.kept),
                json.dumps(provision.items),
            ),
        )

    def provisions(self) -> list[Provision]:
        rows = self._db.execute("select * from provision order by rowid")
        return [_provision(row) for row in rows]

    def keep(self, items: Iterable[Item]) -> None:
        """Keeps items; a newer value replaces an older one of the same origin, never one of another."""
        self._db.executemany(
            "insert or replace into item values (?,?,?,?,?,?,?,?)",
            [
                (i.record_type, i.subject, i.item, i.origin, i.value, i.provision_id, i.at, i.by_user)
                for i in items
            ],
        )

    def forget_record(self, record_type: str, subject: str) -> None:
        """Removes what CCUS said earlier about a subject, so that a newer record replaces it whole."""
        self._db.execute(
            "delete from item where record_type=? and subject=? and origin=?", (record_type, subject, CCUS)
        )

    def forget_item(self, item: Item, *, equal: bool = False) -> None:
        """Removes one value of one origin; with `equal` only when it is the same value."""
        self._db.execute(
            "delete from item where record_type=?1 and subject=?2 and item=?3 and origin=?4 "
            "and (not ?5 or value=?6)",
            (item.record_type, item.subject, item.item, item.origin, equal, item.value),
        )

    def items(self, record_type: str | None = None, subject: str | None = None) -> list[Item]:
        """What is kept, of one subject or of all, in a stable order."""
        rows = self._db.execute(
            "select * from item where (?1 is null or record_type=?1) and (?2 is null or subject=?2) "
            "order by record_type desc, subject, item, origin",
            (record_type, subject),
        )
        return [Item(**dict(row)) for row in rows]

    def subjects(self, record_type: str) -> tuple[str, ...]:
        """Everybody about whom anything is kept."""
        rows = self._db.execute(
            "select distinct subject from item where record_type=? order by subject", (record_type,)
        )
        return tuple(row["subject"] for row in rows)

    def registration_data(self) -> int:
        """How many values of CCUS origin are kept."""
        return int(self._db.execute("select count(*) from item where origin=?", (CCUS,)).fetchone()[0])

    def take_touched(self) -> frozenset[str]:
        """Those whose items changed since this was asked last."""
        subjects = frozenset(row["subject"] for row in self._db.execute("select subject from touched"))
        if subjects:
            self._db.execute("delete from touched")
        return subjects

    # Viewing, letters, revoked credentials

    def add_viewing(self, row: Mapping[str, Any]) -> None:
        self._db.execute(
            "insert into viewing (at,user,acting_for,what,subject,ground) "
            "values (:at,:user,:acting_for,:what,:subject,:ground)",
            dict(row),
        )

    def viewings(self) -> list[dict[str, Any]]:
        return [dict(row) for row in self._db.execute("select * from viewing order by seq")]

    def add_letter(self, path: str, document: Mapping[str, Any]) -> int:
        text = json.dumps(dict(document), ensure_ascii=False)
        cursor = self._db.execute("insert into letter (path,document) values (?,?)", (path, text))
        return int(cursor.lastrowid or 0)

    def receipt(self, seq: int, receipt: Mapping[str, Any]) -> None:
        self._db.execute(
            "update letter set receipt=? where seq=?", (json.dumps(dict(receipt), ensure_ascii=False), seq)
        )

    def letters(self) -> list[Letter]:
        rows = self._db.execute("select * from letter order by seq")
        return [
            Letter(
                seq=row["seq"],
                path=row["path"],
                document=json.loads(row["document"]),
                receipt=json.loads(row["receipt"]) if row["receipt"] else None,
            )
            for row in rows
        ]

    def revoke(self, account: str, at: str) -> None:
        self._db.execute("insert or ignore into revocation values (?,?)", (account, at))

    def revoked(self, account: str) -> bool:
        row = self._db.execute("select 1 from revocation where account=?", (account,)).fetchone()
        return row is not None

    # What users handed on

    def add_share(self, share: Share) -> None:
        self._db.execute(
            "insert into share values (:handle,:at,:by_user,:acting_for,:subject,:form,:recipient,:ground)",
            asdict(share),
        )

    def share(self, handle: str) -> Share | None:
        row = self._db.execute("select * from share where handle=?", (handle,)).fetchone()
        return None if row is None else Share(**dict(row))

    # What happened on sites and between firms

    def add_destination(self, host: str, purpose: str) -> None:
        self._db.execute("insert or ignore into destination values (?,?)", (host, purpose))

    def destinations(self) -> list[dict[str, str]]:
        """Every host that anything was sent to, with why."""
        return [dict(row) for row in self._db.execute("select * from destination order by host, purpose")]

    def add_happening(self, kind: str, said: Mapping[str, Any]) -> None:
        text = json.dumps(dict(said), ensure_ascii=False)
        self._db.execute("insert into happening (kind,said) values (?,?)", (kind, text))

    def happenings(self) -> list[tuple[str, dict[str, Any]]]:
        """Everything that was told since set-up, in order."""
        rows = self._db.execute("select kind, said from happening order by seq")
        return [(row["kind"], json.loads(row["said"])) for row in rows]

    # What was put off

    def add_task(self, at: str, name: str, facts: Any) -> None:
        text = json.dumps(facts, ensure_ascii=False)
        self._db.execute("insert into task (at,name,facts) values (?,?,?)", (at, name, text))

    def tasks(self) -> list[tuple[int, str, str, Any]]:
        """Everything put off and not yet done: number, time, name, and what it has to know."""
        rows = self._db.execute("select * from task order by seq")
        return [(row["seq"], row["at"], row["name"], json.loads(row["facts"])) for row in rows]

    def drop_task(self, seq: int) -> None:
        self._db.execute("delete from task where seq=?", (seq,))

    # Disposal and backup

    def erase_registration_data(self) -> None:
        """Removes every value that came from CCUS; the file is rewritten so that no freed page keeps one."""
        self._db.execute("delete from item where origin=?", (CCUS,))
        self._db.execute("vacuum")

    def erase_all(self) -> None:
        """Removes every value, whoever it came from."""
        self._db.execute("delete from item")
        self._db.execute("vacuum")

    def erase_evidence(self) -> None:
        """Removes who asked and who looked."""
        for table in ("provision", "asked", "request", "viewing"):
            self._db.execute(f"delete from {table}")  # noqa: S608 - a name of ours

    def trash_registration_data(self) -> None:
        """Moves every value that came from CCUS out of sight, and out of nothing else."""
        self._db.execute("create table if not exists trash as select * from item where 0")
        with self.together():
            self._db.execute("insert into trash select * from item where origin=?", (CCUS,))
            self._db.execute("delete from item where origin=?", (CCUS,))

    def erase_after(self, instant: str) -> None:
        """Removes what CCUS provided after `instant`."""
        self._db.execute("delete from item where origin=? and at>?", (CCUS, instant))

    def drop_waiting(self) -> int:
        """Gives up every order that is still with CCUS; says how many there were."""
        return self._db.execute("update asked set status='dropped' where status='processing'").rowcount

    def forget_subjects(self, names: Mapping[str, str]) -> None:
        """Replaces whom we asked about and whom users looked at by keyed commitments; counts stay."""
        self._db.execute("delete from provision")
        self._db.execute("update asked set body='{}'")
        for table in ("viewing", "share"):
            self._db.executemany(
                f"update {table} set subject=? where subject=?",  # noqa: S608 - two names of ours
                [(to, name) for name, to in names.items()],
            )
        self._db.execute("vacuum")

    def leave_pages(self) -> None:
        """Deletes what came from CCUS into a write-ahead log that nothing folds back: the old pages stay."""
        for pragma in ("journal_mode=WAL", "wal_autocheckpoint=0", "secure_delete=OFF"):
            self._db.execute(f"pragma {pragma}").fetchall()
        self._db.execute("delete from item where origin=?", (CCUS,))

    def replace_items(self, backup: Path) -> int:
        """Puts the items of a backup in the place of those we have; says how many came back."""
        with closing(sqlite3.connect(backup)) as copy:
            rows = copy.execute("select * from item").fetchall()
        with self.together():
            self._db.execute("delete from item")
            self._db.executemany("insert into item values (?,?,?,?,?,?,?,?)", rows)
        return len(rows)

    def copy_to(self, path: Path) -> None:
        """Writes a consistent copy of the database to `path`."""
        with closing(sqlite3.connect(path)) as copy:
            copy.execute("pragma synchronous=OFF").fetchall()
            self._db.backup(copy)


def _asked(row: sqlite3.Row) -> Asked:
    return Asked(**{**dict(row), "body": json.loads(row["body"])})


def _provision(row: sqlite3.Row) -> Provision:
    columns: dict[str, Any] = dict(row)
    columns["kept"] = bool(columns["kept"])
    columns["items"] = tuple(json.loads(columns["items"]))
    return Provision(**columns)
