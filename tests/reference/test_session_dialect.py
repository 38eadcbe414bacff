"""Claims about the reference where CCUS speaks in sessions and batches: it does the same, and bears its manners."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
import requests

from ccus_reference.ccus_client import CcusRefused, CcusUnreachable, Road, opened
from ccus_simulator.dialects import dialect

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from conftest import Bench, NewWorld, System

PASSWORD = "password-of-kou"


def in_session(bench: Bench, call: Callable[[str, dict[str, Any]], dict[str, Any]]) -> dict[str, str]:
    """Set the bench's document up again as a world that speaks in sessions; gives the connection."""
    document = bench.document
    access = dialect("session").access(document["world"])
    client = {"id": access.client_id, "secret": PASSWORD}
    body = {"document": document, "client": client, "commitment_key": "cd" * 32, "dialect": "session"}
    bench.fund.call("DELETE", "")
    bench.fund.call("PUT", "", body)
    base = f"{bench.fund.base}/w/{document['world']}"
    connection = {"base_url": base, "dialect": "session", "password": PASSWORD, **access.told}
    assert call("world", {"document": document, "ccus": connection})["outcome"] == "done"
    return connection


def test_it_requests_keeps_notifies_and_disposes_as_in_the_other_dialect(tiny: Bench) -> None:
    in_session(tiny, tiny.call)
    assert tiny.request("u_f1", "T1", firm=True).outcome == "done"
    assert len(tiny.held("T1")) == 34
    refused = tiny.request("u_f9", "T1")
    assert refused.outcome == "refused"
    assert tiny.incident().outcome == "done"
    assert tiny.fund.inbox("notice")[0]["faults"] == []
    tiny.end()
    certificate = tiny.fund.inbox("certificate")[0]
    assert certificate["faults"] == []
    commitment = tiny.fund.call("GET", "/commitment")
    told = certificate["document"]["commitment"]
    assert {name: told[name] for name in ("leaf_count", "root")} == commitment


def test_a_batch_in_flight_is_collected_after_a_restart(
    new_world: NewWorld, start: Callable[[Path], AbstractContextManager[System]], tmp_path: Path
) -> None:
    bench = new_world("tiny", processing_seconds=600)
    with start(tmp_path) as first:
        in_session(bench, first.call)
        assert bench.beside(first, known=True).request("u_f1", "T1").outcome == "pending"
    with start(tmp_path) as second:
        again = bench.beside(second, known=True)
        bench.fund.clock("2026-04-13T09:20:00+09:00")
        again.do("advance", to="2026-04-13T09:20:00+09:00")
        assert len(again.held("T1")) == 34


def test_a_session_that_somebody_else_ended_is_opened_again(tiny: Bench) -> None:
    connection = in_session(tiny, tiny.call)
    assert tiny.request("u_f1", "T1").outcome == "done"
    form = {name: connection[name] for name in ("business_id", "admin_id", "password")}
    requests.post(f"{connection['base_url']}/login", data=urlencode(form), timeout=10).raise_for_status()
    assert tiny.request("u_f1", "T1").outcome == "done"


def test_what_shift_jis_cannot_carry_is_not_sent_changed(tiny: Bench) -> None:
    client = opened(in_session(tiny, tiny.call), Road())
    user = {"account": "𠮷野", "credential": "x"}
    body = {"request_id": "r1", "user": user, "capacity": "business", "acting_for": None, "purpose": "p"}
    with pytest.raises(CcusUnreachable, match="cp932"):
        client.ask({**body, "subjects": {"technicians": ["1"], "own_business": False}})
    client.close()


def test_a_wrong_password_is_told_in_the_words_of_ccus(tiny: Bench) -> None:
    client = opened({**in_session(tiny, tiny.call), "password": "wrong"}, Road())
    with pytest.raises(CcusRefused, match="L0101"):
        client.contract()
    client.close()
