"""Claims about the ledger: on disk before the answer, never changed, and any change shows."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccus_simulator import heads, worlds
from ccus_simulator.core import BrokenLedger
from ccus_simulator.ledger import INSERT, OFTEN, Head, canonical, canonical_of_plain
from ccus_simulator.types import Request

from .conftest import CLIENT, Bench


@pytest.fixture
def lived(standard: Bench) -> Bench:
    standard.request(own_business=True)
    standard.collect()
    standard.admin("PUT", "/worlds/w0001000/faults/extra_fields", {})
    standard.clock("2026-04-14T09:00:00+09:00")
    return standard


def forge(path: Path, seq: int, change: Callable[[str], str | None]) -> None:
    """Change one line of the ledger, or take it out."""
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TRIGGER ledger_is_never_changed")
        connection.execute("DROP TRIGGER ledger_is_never_shortened")
        wanted = "SELECT first, entries FROM ledger WHERE first <= ? ORDER BY first DESC LIMIT 1"
        first, text = connection.execute(wanted, (seq,)).fetchone()
        lines = text.split("\n")
        forged = change(lines[seq - first])
        lines[seq - first : seq - first + 1] = [] if forged is None else [forged]
        if lines:
            connection.execute("UPDATE ledger SET entries = ? WHERE first = ?", ("\n".join(lines), first))
        else:
            connection.execute("DELETE FROM ledger WHERE first = ?", (first,))
    connection.close()


def changed(**fields: Any) -> Callable[[str], str]:
    return lambda line: canonical({**json.loads(line), **fields})


def exchanged(one: str, other: str) -> Callable[[str], str]:
    return lambda line: changed(**{one: json.loads(line)[other]})(line)


FORGERIES: dict[str, Callable[[str], str | None]] = {
    "world": changed(world="other"),
    "world_seq": changed(world_seq=99),
    "seq": changed(seq=5),
    "at": changed(at="2026-04-13T09:00:01+09:00"),
    "kind": changed(kind="provision.ready"),
    "body": changed(body={}),
    "prev": exchanged("prev", "hash"),
    "hash": exchanged("hash", "prev"),
    "more": changed(more=1),
    "no world": changed(world=["w0001000"]),
    "not json": lambda _: "not json",
    "another line": lambda line: f"{line}\n{{}}",
    "empty": lambda _: "",
    "gone": lambda _: None,
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_entry_breaks_the_chain_where_it_stands(lived: Bench, forgery: str) -> None:
    assert lived.admin("GET", "/ledger/verify").body["ok"]
    forge(lived.path, 4, FORGERIES[forgery])
    place = 5 if forgery == "another line" else 4
    verified = lived.admin("GET", "/ledger/verify").body
    assert (verified["ok"], verified["break_at"]) == (False, place)
    with pytest.raises(BrokenLedger, match=f"{place} 番"):
        lived.restarted()


def test_a_cut_off_end_shows_to_who_has_seen_the_head(lived: Bench) -> None:
    head = lived.admin("GET", "/worlds/w0001000/ledger").body["head"]
    forge(lived.path, head["seq"], lambda _: None)
    assert lived.admin("GET", "/ledger/verify").body["ok"]
    seen = lived.admin("GET", f"/ledger/verify?seq={head['seq']}&hash={head['hash']}").body
    assert (seen["ok"], seen["break_at"]) == (False, head["seq"])


def test_a_chain_made_anew_shows_to_who_has_seen_the_head(lived: Bench) -> None:
    head = lived.store.ledger.head()
    assert lived.store.ledger.verify(head).ok
    assert not lived.store.ledger.verify(Head(seq=head.seq, hash="0" * 64)).ok


@pytest.mark.parametrize("statement", ["UPDATE ledger SET entries = ''", "DELETE FROM ledger"])
def test_the_file_itself_refuses_a_change(lived: Bench, statement: str) -> None:
    connection = sqlite3.connect(lived.path)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(statement)
    connection.close()


def test_a_restart_folds_the_same_state_and_carries_the_chain_on(lived: Bench) -> None:
    before = lived.simulator._tenants.states
    again = lived.restarted()
    assert again.simulator._tenants.states == before
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


class Failing:
    """A connection whose disk is full."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def execute(self, statement: str, *arguments: Any) -> Any:
        if statement in {"COMMIT", INSERT}:
            raise sqlite3.OperationalError("database or disk is full")
        return self._connection.execute(statement, *arguments)


def test_what_could_not_be_put_on_disk_has_not_happened(lived: Bench, capsys: Any) -> None:
    before, head = lived.ledger(), lived.store.ledger.head()
    held = lived.store.ledger._connection
    lived.store.ledger._connection = Failing(held)  # pyright: ignore[reportAttributeAccessIssue]
    assert lived.request(own_business=True).body["error"]["code"] == "simulator.failed"
    lived.store.ledger._connection = held
    assert "disk is full" in capsys.readouterr().err
    assert (lived.ledger(), lived.store.ledger.head()) == (before, head)
    assert lived.request(own_business=True).status == 201
    assert lived.admin("GET", "/ledger/verify").body["ok"]


def test_a_world_whose_secrets_could_not_be_put_on_disk_does_not_exist(lived: Bench, capsys: Any) -> None:
    head, held = lived.store.ledger.head(), lived.store._connection
    lived.store._connection = Failing(held)  # pyright: ignore[reportAttributeAccessIssue]
    refused = lived.put(worlds.instantiate(worlds.shipped("tiny"), seed=7, number=1001))
    lived.store._connection = held
    assert refused.body["error"]["code"] == "simulator.failed"
    assert "disk is full" in capsys.readouterr().err
    assert lived.admin("GET", "/worlds/w0001001/ledger").status == 404
    assert (lived.store.ledger.head(), lived.admin("GET", "/ledger/verify").body["ok"]) == (head, True)
    lived.create("tiny", number=1001)
    assert [entry["world_seq"] for entry in lived.ledger("w0001001")] == [1, 2, 3]


def test_several_answers_may_share_one_write(lived: Bench) -> None:
    published = len(lived.store.heads.newest())
    asked = [lived.ask(own_business=True) for _ in range(3)]
    for body in asked:
        bearer = {"authorization": f"Bearer {lived.tokens['w0001000']}"}
        plan = lived.simulator.decide(
            Request(
                method="POST", path="/w/w0001000/v1/requests", headers=bearer, body=json.dumps(body).encode()
            )
        )
        assert plan.status == 201
        assert not lived.simulator.settled
    assert lived.simulator.settle()
    assert len(lived.store.heads.newest()) == published + 1


def test_what_waits_for_the_disk_is_read_and_verified_with_the_rest(lived: Bench) -> None:
    bearer = {"authorization": f"Bearer {lived.tokens['w0001000']}"}
    path, body = "/w/w0001000/v1/requests", json.dumps(lived.ask(own_business=True)).encode()
    asked = Request(method="POST", path=path, headers=bearer, body=body)
    assert lived.simulator.decide(asked).status == 201
    ledger = lived.store.ledger
    newest = list(ledger.entries_of("w0001000"))[-2:]
    assert [entry.kind for entry in newest] == ["request.accepted", "provision.ready"]
    assert (ledger.waits, ledger.verify(ledger.head()).ok) == (True, True)
    assert lived.simulator.settle()
    assert (ledger.waits, list(ledger.entries_of("w0001000"))[-2:]) == (False, newest)


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(PLAIN)
def test_a_body_of_texts_and_whole_numbers_has_one_form(value: Any) -> None:
    assert canonical_of_plain(value) == canonical(value)


def test_what_is_written_down_often_holds_no_fraction(lived: Bench) -> None:
    def fractions(value: Any) -> bool:
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        return isinstance(value, float) or any(map(fractions, inner))

    written = [entry for entry in lived.ledger() if entry["kind"] in OFTEN]
    assert len({entry["kind"] for entry in written}) >= 4
    assert not fractions([entry["body"] for entry in written])


def test_published_heads_show_a_ledger_that_was_cut_off(lived: Bench) -> None:
    published = lived.admin("GET", "/ledger/heads").body
    assert published["heads"][-1] == published["head"]
    forge(lived.path, published["head"]["seq"], lambda _: None)
    with pytest.raises(BrokenLedger, match=f"{published['head']['seq']} 番"):
        lived.restarted()


def test_a_head_that_was_being_written_is_not_a_head(lived: Bench) -> None:
    file = Path(f"{lived.path}.heads")
    whole = list(heads.read(file))
    with file.open("ab") as torn:
        torn.write(b"99999 abc")
    assert list(heads.read(file)) == whole
    again = lived.restarted()
    again.request()
    assert [head.seq for head in heads.read(file)][-1] == again.store.ledger.head().seq
    again.store.close()
