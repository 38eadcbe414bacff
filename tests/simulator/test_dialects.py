"""Claims about the dialects: they say the same, they lose nothing, and each refuses in words of its own."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ccus_simulator import dialects
from ccus_simulator.contract_life import State
from ccus_simulator.core import Simulator
from ccus_simulator.dialects import tables
from ccus_simulator.dialects.session_codes import CODES
from ccus_simulator.dialects.session_csv import LIVES
from ccus_simulator.refusals import CATALOGUE, Refused
from ccus_simulator.store import Store
from ccus_simulator.types import Plan, Request

from .conftest import Bench
from .speaking import REQUEST_COLUMNS, JsonClient, SessionClient, rows, table

if TYPE_CHECKING:
    from pathlib import Path

WORLD = "w0001000"
IDS = ("95000000000001", "94000000000001")
PASSWORD = "password-1"


def world_of(
    bench: Bench, dialect: str, name: str = "standard", **changes: Any
) -> JsonClient | SessionClient:
    """The same world in either dialect, with a client that speaks it."""
    if dialect == "json":
        bench.create(name, **changes)
        return JsonClient(bench.simulator, WORLD, bench.tokens[WORLD])
    client = {"id": "/".join(IDS), "secret": PASSWORD}
    bench.create(name, client=client, dialect="session", **changes)
    speaker = SessionClient(bench.simulator, WORLD, IDS, PASSWORD)
    assert speaker.login().status == 200
    return speaker


@pytest.fixture
def session(bench: Bench) -> SessionClient:
    client = world_of(bench, "session")
    assert isinstance(client, SessionClient)
    return client


# -- the same under both ---------------------------------------------------------------------------

USERS = ("u_f2", "u_f1", "u_t1", "u_c1", "no-such")
asks = st.builds(
    lambda user, acting, people, own, purpose, wrong: ("ask", user, acting, people, own, purpose, wrong),
    st.sampled_from(USERS),
    st.sampled_from([None, "F2", "F1", "F6"]),
    st.one_of(st.just("all"), st.lists(st.sampled_from(["T1", "T2", "T3", "T9", "no-one"]), unique=True)),
    st.booleans(),
    st.sampled_from(["safety_documents", "safety_documents", "marketing"]),
    st.sampled_from([False, False, False, True]),
)
deeds = st.one_of(
    asks,
    st.tuples(st.just("again"), st.integers(0, 3), st.booleans()),
    st.tuples(st.just("collect"), st.integers(0, 3)),
    st.tuples(st.just("status"), st.integers(0, 3)),
    st.tuples(st.just("later"), st.integers(1, 40)),
    st.tuples(
        st.just("letter"), st.sampled_from(["notices", "certificates", "retention-claims"]), st.booleans()
    ),
    st.tuples(st.just("fault"), st.sampled_from(["extra_fields", "answers_after_end"])),
    st.tuples(st.just("end")),
    st.tuples(st.just("contract")),
)


def performed(  # noqa: C901 - one case for each deed
    bench: Bench, client: JsonClient | SessionClient, deeds_: list[tuple[Any, ...]]
) -> list[Any]:
    """What a client hears when it does all this, one after the other."""
    asked: list[dict[str, Any]] = []
    taken_in: set[str] = set()
    minutes = 0
    heard: list[Any] = []
    for deed in deeds_:
        match deed:
            case ("ask", user, acting_for, people, own, purpose, wrong):
                document = bench.ask(user, acting_for, people, own_business=own, purpose=purpose)
                document["user"]["credential"] += "x" if wrong else ""
                heard.append(said := client.ask(document))
                asked.append(document)
                if said[2]:
                    taken_in.add(document["request_id"])
            case ("again", n, changed) if n < len(asked):
                heard.append(client.ask(asked[n] | ({"purpose": "work_history"} if changed else {})))
            case ("collect" | "status", n) if n < len(asked) and asked[n]["request_id"] in taken_in:
                speak = client.collect if deed[0] == "collect" else client.status
                heard.append(speak(asked[n]["request_id"]))
            case ("later", step):
                minutes += step
                assert (
                    bench.clock(f"2026-04-13T{10 + minutes // 60:02d}:{minutes % 60:02d}:00+09:00").status
                    == 200
                )
            case ("letter", kind, right):
                heard.append(client.send(kind, letter(right=right)))
            case ("fault", name):
                bench.admin("PUT", f"/worlds/{WORLD}/faults/{name}")
            case ("end",):
                bench.admin("POST", f"/worlds/{WORLD}/contract", {"event": "end", "cause": "解除"})
            case ("contract",):
                heard.append(client.contract())
            case _:
                pass
    return heard


def letter(*, right: bool) -> dict[str, Any]:
    return {"conditions": [{"ref": "①髙𠮷\nの条件", "met": right}], "note": "契約～終了"}


def told(bench: Bench) -> list[Any]:
    """The ledger without what each dialect does in its own way: admission, notes, paths."""
    return [
        (entry["kind"], entry["at"], {k: v for k, v in entry["body"].items() if k not in ("method", "path")})
        for entry in bench.ledger()
        if entry["kind"] not in ("token.issued", "dialect.noted", "world.created")
    ]


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds_=st.lists(deeds, max_size=14), seconds=st.sampled_from([0, 0, 600]))
def test_both_dialects_say_and_write_down_the_same(deeds_: list[tuple[Any, ...]], seconds: int) -> None:
    heard, ledgers = [], []
    for dialect in ("json", "session"):
        bench = Bench.memory()
        client = world_of(bench, dialect, processing_seconds=seconds)
        heard.append(performed(bench, client, deeds_))
        ledgers.append(told(bench))
        bench.store.close()
    assert heard[0] == heard[1]
    assert ledgers[0] == ledgers[1]


def test_a_whole_day_of_asking_is_the_same_in_both_dialects() -> None:
    """The walk above may never come by here: waiting, collecting twice, another content, the end."""
    day: list[tuple[Any, ...]] = [
        ("contract",),
        ("ask", "u_f2", "F2", ["T1", "T3"], True, "safety_documents", False),
        ("collect", 0),
        ("later", 15),
        ("status", 0),
        ("collect", 0),
        ("collect", 0),
        ("again", 0, False),
        ("again", 0, True),
        ("ask", "u_f2", "F2", "all", False, "safety_documents", False),
        ("end",),
        ("status", 0),
        ("collect", 1),
        ("ask", "u_f2", "F2", ["T1"], False, "safety_documents", False),
        ("letter", "retention-claims", True),
        ("letter", "certificates", False),
    ]
    heard: list[Any] = []
    for dialect in ("json", "session"):
        bench = Bench.memory()
        heard.append(performed(bench, world_of(bench, dialect, processing_seconds=600), day))
        bench.store.close()
    assert heard[0] == heard[1]
    codes = {said[1] for said in heard[0] if isinstance(said, tuple) and said[0] == "refused"}
    assert codes >= {"request.not_ready", "request.collected", "request.id_reused", "contract.ended"}
    assert [len(said) for said in heard[0] if isinstance(said, list)] == [2]


# -- nothing is lost in Shift_JIS -------------------------------------------------------------------

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
HARD = [
    "髙①～∥－",
    "𠮷〜−¥‾",
    "彁墸妛挧",
    'a"b,c',
    "一\r\n二",
    "\x00\x7f\x85\u2028",
    "",
    " ",
    "\\u5f41",
    "null",
    "1",
    "=1+1",
]


@given(written=values)
def test_every_value_comes_back_from_its_two_cells(written: Any) -> None:
    came_back(written)


@pytest.mark.parametrize("written", HARD)
def test_hard_texts_come_back_from_their_two_cells(written: str) -> None:
    came_back(written)
    came_back([written, {written: None}])


def came_back(written: Any) -> None:
    try:
        json.dumps(written, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return
    file = tables.write((tables.FORM, tables.VALUE), [tables.write_value(written)])
    assert file.count(b"\r\n") == 2, "one line for each value, so that the plainest reader reads it"
    (row,) = tables.read(file, (tables.FORM, tables.VALUE))
    assert tables.read_value(row, "2行目") == written


def test_a_text_that_cp932_carries_stands_as_it_is_and_another_as_escaped_json() -> None:
    assert tables.write_value("髙橋①") == {"形式": "文字", "値": "髙橋①"}
    assert tables.write_value("𠮷田〜") == {"形式": "JSON", "値": '"\\ud842\\udfb7田\\u301c"'}


def test_what_is_provided_is_the_same_value_for_value(
    session: SessionClient, bench: Bench, tmp_path: Path
) -> None:
    other = Bench.open(tmp_path / "other.sqlite")
    spoken = world_of(other, "json")
    collected: list[Any] = []
    for on, client in ((bench, session), (other, spoken)):
        on.admin("PUT", f"/worlds/{WORLD}/faults/extra_fields")
        assert client.ask(on.ask(technicians="all", own_business=True))[0] == "ready"
        collected.append(client.collect("r1"))
    other.store.close()
    assert collected[0] == collected[1]
    assert {type(value) for record in collected[0] for value in record["items"].values()} > {str, list}


# -- refusals in its own words ----------------------------------------------------------------------

NOT_ON_THE_WIRE = {
    "admin.token_invalid",
    "client.ambiguous",
    "world.unknown",
    "world.differs",
    "fault.parameter_unknown",
    "fault.unknown",
    "dialect.unknown",
}
NOT_ON_THE_WIRE |= {"clock.backwards", "contract.no_such_step"}


def test_every_refusal_that_a_candidate_can_meet_has_a_code_of_its_own() -> None:
    assert set(CODES) <= set(CATALOGUE)
    assert set(CATALOGUE) - NOT_ON_THE_WIRE - set(CODES) == set()
    assert len(set(CODES.values())) == len(CODES)


def test_every_state_of_the_contract_has_a_word_of_its_own() -> None:
    assert set(LIVES) == set(get_args(State))
    assert len(set(LIVES.values())) == len(LIVES)


def test_an_error_is_a_code_and_a_japanese_sentence(session: SessionClient) -> None:
    session.cookie = ""
    refused = session.call("GET", "/contract.csv")
    assert refused.status == 401
    assert rows(refused) == [
        {"エラーコード": "L0102", "メッセージ": CATALOGUE["client.token_invalid"].ja, "箇所": "", "内容": ""}
    ]


FILES = [
    (b"\x81", "1行目", "Shift_JIS"),
    (b"", "1行目", "見出し"),
    (b'"', "$", "CSV"),
    ("依頼番号,利用者ID\r\n".encode("cp932"), "1行目", "見出し"),
    (table(REQUEST_COLUMNS, []), "2行目", "依頼の行"),
    (table(REQUEST_COLUMNS, [("r1",)]), "2行目", "列の数"),
    (table(REQUEST_COLUMNS, [("r1", "u", "c", "事業者", "9", "p", "会社", "1")]), "2行目/対象種別", "どれか"),
    (table(REQUEST_COLUMNS, [("r1", "u", "c", "社長", "9", "p", "技能者", "1")]), "立場", "社長"),
    (table(REQUEST_COLUMNS, [("依頼1", "u", "c", "事業者", "9", "p", "技能者", "1")]), "依頼番号", "依頼1"),
]


@pytest.mark.parametrize(("body", "place", "text"), FILES)
def test_a_file_that_cannot_be_read_is_refused_with_the_place_to_mend(
    session: SessionClient, body: bytes, place: str, text: str
) -> None:
    refused = session.call("POST", "/batches", body)
    assert refused.status == 400
    assert (rows(refused)[0]["エラーコード"], rows(refused)[0]["箇所"]) == (CODES["document.invalid"], place)
    assert text in rows(refused)[0]["内容"]
    assert "提供" not in refused.body.decode("cp932")


def test_one_file_holds_one_request(session: SessionClient, bench: Bench) -> None:
    line = ("r1", "u", "c", "事業者", "9", "p", "技能者", "1")
    refused = session.call("POST", "/batches", table(REQUEST_COLUMNS, [line, ("r2", *line[1:])]))
    assert [row["箇所"] for row in rows(refused)] == ["3行目/依頼番号"]
    assert "request.refused" not in bench.kinds()


def test_a_file_that_is_too_large_is_refused_in_its_own_form(session: SessionClient) -> None:
    refused = session.call("POST", "/batches", b"x" * 2_000_000)
    assert (refused.status, rows(refused)[0]["エラーコード"]) == (413, CODES["body.too_large"])


def test_a_member_that_stands_twice_in_a_letter_is_refused(session: SessionClient) -> None:
    body = table(("項目", "形式", "値"), [("conditions", "JSON", "[]"), ("conditions", "JSON", "[1]")])
    refused = session.call("POST", "/letters/retention", body)
    assert (refused.status, rows(refused)[0]["箇所"]) == (400, "conditions")


# -- the session ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [{"business_id": "1"}, {"admin_id": "1"}, {"password": "1"}, {"business_id": IDS[1], "admin_id": IDS[0]}],
)
def test_only_the_clients_own_login_is_let_in(session: SessionClient, change: dict[str, str]) -> None:
    refused = session.login(**change)
    assert (refused.status, rows(refused)[0]["エラーコード"]) == (401, CODES["client.unknown"])
    assert session.login().status == 200


def test_the_same_admin_cannot_be_logged_in_twice(session: SessionClient) -> None:
    before = session.cookie
    session.login()
    assert session.call("GET", "/contract.csv").status == 200
    session.cookie = before
    assert session.call("GET", "/contract.csv").status == 401


def test_after_logout_the_session_is_closed(session: SessionClient) -> None:
    assert session.call("POST", "/logout").status == 200
    assert session.call("GET", "/contract.csv").status == 401
    session.login()
    assert session.call("GET", "/contract.csv").status == 200


@pytest.mark.parametrize(
    "cookie", ["session=", "session=a.b", "session=w0001000.1.0", "x", 'session="', "session=...."]
)
def test_a_made_up_cookie_opens_nothing(session: SessionClient, cookie: str) -> None:
    session.cookie = cookie
    assert session.call("GET", "/contract.csv").status == 401


def test_a_batch_outlives_a_restart(session: SessionClient, bench: Bench) -> None:
    assert session.ask(bench.ask())[0] == "ready"
    again = bench.restarted()
    bench.store, session.simulator = again.store, again.simulator
    assert session.status("r1")[0] == "ready"
    assert len(session.collect("r1")) == 1


def test_the_same_file_again_gives_the_same_number(session: SessionClient, bench: Bench) -> None:
    document = bench.ask()
    numbers = {rows(session.upload(document))[0]["受付番号"] for _ in range(3)}
    assert len(numbers) == 1
    assert {rows(session.call("GET", "/batches.csv?request_id=r1"))[0]["受付番号"]} == numbers
    assert (
        rows(session.call("GET", "/batches.csv?request_id=r9"))[0]["エラーコード"] == CODES["request.unknown"]
    )
    assert bench.kinds().count("request.accepted") == 1


def test_a_large_result_comes_in_parts_that_name_the_next(session: SessionClient, bench: Bench) -> None:
    assert session.ask(bench.ask(technicians="all", own_business=True))[0] == "ready"
    path, part, ids = f"/batches/{session.batches['r1']}/result.csv?size=2", "", []
    while part is not None:
        said = rows(session.call("GET", f"{path}&part={part}" if part else path))
        ids += list(dict.fromkeys(row["提供番号"] for row in said))
        part = said[0]["続き"] or None
    assert (
        len(ids)
        == len(set(ids))
        == sum(a["business"] == bench.id("F2") for a in bench.documents[WORLD]["affiliations"]) + 1
    )
    assert session.collect("r1") == ("refused", "request.collected", [])


# -- which dialect a world speaks -------------------------------------------------------------------


def test_a_dialect_that_is_not_installed_is_refused_with_those_that_are(bench: Bench) -> None:
    document = bench.create()
    body = {"document": document | {"world": "w0001001"}, "client": {"id": "c", "secret": "s"}}
    refused = bench.admin("PUT", "/worlds/w0001001", body | {"commitment_key": "ab" * 32, "dialect": "edi"})
    assert refused.body["error"]["code"] == "dialect.unknown"
    assert {"json", "session"} <= set(refused.body["error"]["valid"])


def test_a_world_does_not_change_its_dialect(bench: Bench) -> None:
    document = bench.create()
    assert bench.put(document).status == 200
    assert bench.put(document, dialect="session").status == 409


def test_worlds_of_both_dialects_live_beside_each_other(session: SessionClient, bench: Bench) -> None:
    bench.create(number=1001)
    spoken = JsonClient(bench.simulator, "w0001001", bench.tokens["w0001001"])
    assert spoken.contract()["contract_id"] == "KYODO-0001001"
    assert session.contract()["contract_id"] == "KYODO-0001000"
    assert spoken.call("GET", "/contract.csv").body["error"]["code"] == "path.unknown"
    assert rows(session.call("GET", "/v1/contract"))[0]["エラーコード"] == CODES["path.unknown"]


def test_the_start_chooses_the_dialect_of_worlds_that_do_not(tmp_path: Path) -> None:
    store = Store(tmp_path / "sim.sqlite")
    bench = Bench(path=tmp_path, store=store, simulator=Simulator(store, "admin-of-the-tests", "session"))
    client = {"id": "/".join(IDS), "secret": PASSWORD}
    bench.create(client=client)
    assert SessionClient(bench.simulator, WORLD, IDS, PASSWORD).login().status == 200
    store.close()


def test_a_dialect_has_the_name_under_which_it_is_chosen() -> None:
    assert {name: dialects.dialect(name).name for name in ("json", "session")} == {
        "json": "json",
        "session": "session",
    }
    with pytest.raises(dialects.UnknownDialect, match="edi"):
        dialects.dialect("edi")


# -- it cannot be taken for the real CCUS, and answers add nothing ----------------------------------


def answers_of(bench: Bench, dialect: str) -> list[Plan]:
    """One of every kind of normal answer."""
    client = world_of(bench, dialect)
    document = bench.ask()
    if isinstance(client, JsonClient):
        paths = ("/v1/contract", "/v1/requests/r1", "/v1/requests/r1/provisions")
        first = [
            bench.token_plan(WORLD, "client-secret-1", "client-1"),
            client.call("POST", "/v1/requests", document),
        ]
        last = client.call("POST", "/v1/retention-claims", letter(right=True))
    else:
        first = [client.login(), client.upload(document)]
        number = rows(first[1])[0]["受付番号"]
        paths = ("/contract.csv", f"/batches/{number}/status.csv", f"/batches/{number}/result.csv")
        last = client.call(
            "POST", "/letters/retention", table(("項目", "形式", "値"), [("conditions", "JSON", "[]")])
        )
    return [*first, *(client.call("GET", path) for path in paths), last]


@pytest.mark.parametrize("dialect", ["json", "session"])
def test_normal_answers_hold_nothing_that_only_a_simulator_has(dialect: str, bench: Bench) -> None:
    for plan in answers_of(bench, dialect):
        assert 200 <= plan.status < 300
        assert set(plan.headers) <= {"content-type", "set-cookie"}
        body = plan.body.decode("cp932") if isinstance(plan.body, bytes) else json.dumps(plan.body)
        names = re.sub(r'"items": \{.*?\}|"?U-w\d+-\d+', "", body)
        assert re.search(r"simulat|模擬|_sim", names.partition("\r\n")[0], re.IGNORECASE) is None
        assert "obligation" not in body


@pytest.mark.parametrize("dialect", ["json", "session"])
def test_whoever_looks_where_a_world_answers_reads_that_it_is_a_simulation(
    dialect: str, bench: Bench
) -> None:
    world_of(bench, dialect)
    for path in ("/", "/health", f"/w/{WORLD}", f"/w/{WORLD}/"):
        said = bench.simulator.handle(Request(method="GET", path=path))
        assert (said.status, said.body["simulated"]) == (200, True)
        assert "模擬 CCUS" in said.body["ja"]


def test_a_refusal_of_either_dialect_tells_no_obligation(bench: Bench) -> None:
    for name in ("json", "session"):
        plan = dialects.dialect(name).refusal(Refused("subject.not_yours"))
        body = plan.body.decode("cp932") if isinstance(plan.body, bytes) else json.dumps(plan.body)
        assert "A1-11" not in body
