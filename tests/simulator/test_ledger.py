"""Claims about the ledger: on disk before the answer, never changed, and any change shows."""

import json
import sqlite3
from pathlib import Path

import pytest

from ccus_simulator.core import BrokenLedger
from ccus_simulator.ledger import Head

from .conftest import CLIENT, Bench


@pytest.fixture
def lived(standard: Bench) -> Bench:
    standard.request(own_business=True)
    standard.collect()
    standard.admin("PUT", "/worlds/w0001000/faults/extra_fields", {})
    standard.clock("2026-04-14T09:00:00+09:00")
    return standard


def forge(path: Path, statement: str) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TRIGGER ledger_is_never_changed")
        connection.execute("DROP TRIGGER ledger_is_never_shortened")
        connection.execute(statement)
    connection.close()


FORGERIES = [
    "UPDATE ledger SET world = 'other' WHERE seq = 4",
    "UPDATE ledger SET world_seq = 99 WHERE seq = 4",
    "UPDATE ledger SET at = '2026-04-13T09:00:01+09:00' WHERE seq = 4",
    "UPDATE ledger SET kind = 'provision.ready' WHERE seq = 4",
    "UPDATE ledger SET body = '{}' WHERE seq = 4",
    "UPDATE ledger SET body = 'not json' WHERE seq = 4",
    "UPDATE ledger SET prev = hash WHERE seq = 4",
    "UPDATE ledger SET hash = prev WHERE seq = 4",
    "DELETE FROM ledger WHERE seq = 4",
]


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_entry_breaks_the_chain_where_it_stands(lived: Bench, forgery: str) -> None:
    assert lived.admin("GET", "/ledger/verify").body["ok"]
    forge(lived.path, forgery)
    verified = lived.admin("GET", "/ledger/verify").body
    assert (verified["ok"], verified["break_at"]) == (False, 4)
    with pytest.raises(BrokenLedger, match="4 番"):
        lived.restarted()


def test_a_cut_off_end_shows_to_who_has_seen_the_head(lived: Bench) -> None:
    head = lived.admin("GET", "/worlds/w0001000/ledger").body["head"]
    forge(lived.path, f"DELETE FROM ledger WHERE seq = {head['seq']}")  # noqa: S608 - our own forgery
    assert lived.admin("GET", "/ledger/verify").body["ok"]
    seen = lived.admin("GET", f"/ledger/verify?seq={head['seq']}&hash={head['hash']}").body
    assert (seen["ok"], seen["break_at"]) == (False, head["seq"])


def test_a_chain_made_anew_shows_to_who_has_seen_the_head(lived: Bench) -> None:
    head = lived.store.ledger.head()
    assert lived.store.ledger.verify(head).ok
    assert not lived.store.ledger.verify(Head(seq=head.seq, hash="0" * 64)).ok


@pytest.mark.parametrize("statement", ["UPDATE ledger SET at = ''", "DELETE FROM ledger"])
def test_the_file_itself_refuses_a_change(lived: Bench, statement: str) -> None:
    connection = sqlite3.connect(lived.path)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(statement)
    connection.close()


def test_a_restart_folds_the_same_state_and_carries_the_chain_on(lived: Bench) -> None:
    before = lived.simulator._states
    again = lived.restarted()
    assert again.simulator._states == before
    assert again.collect("r1").body["error"]["code"] == "request.collected"
    assert again.request().status == 201
    assert again.admin("GET", "/ledger/verify").body["ok"]
    again.store.close()


def test_no_secret_stands_in_the_ledger(lived: Bench) -> None:
    text = json.dumps(lived.ledger())
    token = lived.tokens["w0001000"]
    assert not [
        s for s in (CLIENT["secret"], "secret:u_f2", token, token.rsplit(".", 1)[1], "abab" * 16) if s in text
    ]
    assert "u_f2-0001000" in text


def test_user_credentials_are_kept_only_sealed(lived: Bench) -> None:
    lived.store.close()
    held = b"".join(file.read_bytes() for file in lived.path.parent.iterdir())
    assert b"secret:u_f2" not in held
    assert CLIENT["secret"].encode() not in held


def test_the_ledger_is_read_from_a_number_on(lived: Bench) -> None:
    entries = lived.admin("GET", "/worlds/w0001000/ledger?from=4").body["entries"]
    assert [entry["seq"] for entry in entries] == [entry["seq"] for entry in lived.ledger()][3:]
    assert lived.admin("GET", "/worlds/w0001000/ledger?from=x").status == 400


def test_worlds_share_the_chain_but_not_their_entries(lived: Bench) -> None:
    lived.create("tiny", number=1001)
    assert {entry["world"] for entry in lived.ledger("w0001001")} == {"w0001001"}
    assert [entry["world_seq"] for entry in lived.ledger("w0001001")] == [1, 2, 3]
    assert lived.admin("GET", "/ledger/verify").body["ok"]
