"""Claims about answers that go wrong on the way: what the caller meets, and what the ledger says of it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
import requests
from msgspec.structs import replace

from ccus_simulator.types import Plan, Request, Transport

from .conftest import Bench
from .faces import over_http


@pytest.fixture
def collected(tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Collect one provision through HTTP, the plan changed on its way; give what the caller met."""
    bench = Bench.open(tmp_path / "sim.sqlite")
    bench.create("tiny")
    bench.request("u_f1", "F1", ("T1",))

    def collect(timeout: float = 10.0, **changes: Any) -> Any:
        handle = bench.simulator.decide

        def changed(request: Request) -> Plan:
            plan = handle(request)
            handed = any(event.kind == "provision.collected" for event in plan.events)
            return replace(plan, **changes) if handed else plan

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(bench.simulator, "decide", changed)
            with over_http(bench.simulator) as url:
                met = meet(f"{url}/w/w0001000/v1/requests/r1/provisions", bench.tokens["w0001000"], timeout)
        return met, bench.ledger()[-1]

    yield collect
    bench.store.close()


def meet(url: str, token: str, timeout: float) -> Any:
    try:
        return requests.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=timeout)
    except requests.RequestException as error:
        return error


def test_a_whole_answer_is_delivered_in_full(collected: Callable[..., Any]) -> None:
    met, last = collected()
    assert met.status_code == 200
    assert last["kind"] == "provision.delivered"
    assert (last["body"]["delivered"], last["body"]["bytes_sent"]) == ("full", len(met.content))


def test_a_cut_answer_is_delivered_in_part(collected: Callable[..., Any]) -> None:
    met, last = collected(transport=Transport(kind="cut", after_bytes=100))
    assert isinstance(met, requests.exceptions.ChunkedEncodingError)
    assert (last["body"]["delivered"], last["body"]["bytes_sent"]) == ("partial", 100)


@pytest.mark.parametrize("kind", ["close", "reset"])
def test_a_connection_that_ends_instead_of_an_answer_delivers_nothing(
    collected: Callable[..., Any], kind: Literal["close", "reset"]
) -> None:
    met, last = collected(transport=Transport(kind=kind))
    assert isinstance(met, requests.exceptions.ConnectionError)
    assert (ConnectionResetError.__name__ in repr(met)) == (kind == "reset")
    assert last["body"]["delivered"] == "none"


@pytest.mark.parametrize("change", [{"transport": Transport(kind="silent")}, {"delay_seconds": 30.0}])
def test_a_caller_that_gives_up_waiting_got_nothing(
    collected: Callable[..., Any], change: dict[str, Any]
) -> None:
    met, last = collected(timeout=0.2, **change)
    assert isinstance(met, requests.exceptions.ReadTimeout)
    assert last["body"]["delivered"] == "none"


def test_a_delay_shorter_than_the_callers_patience_changes_nothing(collected: Callable[..., Any]) -> None:
    met, last = collected(delay_seconds=0.05)
    assert (met.status_code, last["body"]["delivered"]) == (200, "full")


def test_an_answer_may_be_bytes_of_another_type(collected: Callable[..., Any]) -> None:
    met, _ = collected(body=b"{half", headers={"content-type": "text/csv; charset=cp932"})
    assert (met.content, met.headers["content-type"]) == (b"{half", "text/csv; charset=cp932")


def test_a_provision_that_did_not_arrive_is_not_part_of_the_commitment(bench: Bench) -> None:
    bench.create("tiny")
    bench.request("u_f1", "F1", ("T1",))
    plan = bench.collect()
    path = "/worlds/w0001000/commitment"
    assert bench.admin("GET", path).body["leaf_count"] == 1
    bench.simulator.sent(plan, 0, 100)
    assert bench.admin("GET", path).body["leaf_count"] == 0
    again = bench.restarted()
    assert again.admin("GET", path).body["leaf_count"] == 0
    again.store.close()
