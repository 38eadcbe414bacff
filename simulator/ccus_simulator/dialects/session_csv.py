"""The dialect `session`: a login with 事業者ID, 管理者ID and password, then batches of CSV in Shift_JIS.

A request file is taken in with a 受付番号 whatever becomes of it; its state and its result are fetched later.
The same 管理者ID cannot be logged in twice at a time: a new login ends the one before.
"""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final
from urllib.parse import parse_qs

from ccus_simulator import annex1, commitment, counter, tokens
from ccus_simulator.annex1 import RecordType
from ccus_simulator.call import Call, Handler, note_refusal
from ccus_simulator.contract_life import State
from ccus_simulator.counter import Receipt
from ccus_simulator.dialects import honest, tables
from ccus_simulator.dialects.port import Access, Caller, Outcome
from ccus_simulator.dialects.session_codes import code
from ccus_simulator.documents import Fault
from ccus_simulator.handover import Record, page_size
from ccus_simulator.moments import written
from ccus_simulator.refusals import CATALOGUE, Refused, invalid
from ccus_simulator.routing import Routes, routes
from ccus_simulator.state import InboxKind, Recorded, WorldState
from ccus_simulator.types import Event, Json, Plan, Request

COOKIE: Final = "session"
CLOSED: Final = "session.closed"
REQUEST: Final = "request/"
BATCH: Final = "U-"
"""How every 受付番号 of a batch begins."""
IDS: Final = "/"
"""Stands between 事業者ID and 管理者ID in the one client id that the core knows."""

ANSWER_COLUMNS: Final = ("結果", "メッセージ")
ERROR_COLUMNS: Final = ("エラーコード", "メッセージ", "箇所", "内容")
CONTRACT_COLUMNS: Final = ("契約番号", "状態", "締結日", "終了日時", "現在日時", "証跡方式", "鍵番号", "鍵")
REQUEST_COLUMNS: Final = (
    *("依頼番号", "利用者ID", "利用者認証情報", "立場", "事業者ID", "利用目的"),
    *("対象種別", "対象ID"),
)
DELEGATION: Final = "代行番号"
"""A column that may be left out."""

ACCEPTED_COLUMNS: Final = ("受付番号", "依頼番号")
STATUS_COLUMNS: Final = (
    *("受付番号", "依頼番号", "状態", "完了予定日時", "理由コード", "理由"),
    *("対象種別", "対象ID", "結果", "対象理由コード", "対象理由"),
)
RESULT_COLUMNS: Final = (
    "提供番号",
    "種別",
    "ID",
    "提供日時",
    "項目キー",
    "項目名",
    tables.FORM,
    tables.VALUE,
    "続き",
)
LETTER_COLUMNS: Final = ("項目", tables.FORM, tables.VALUE)
RECEIPT_COLUMNS: Final = ("受付番号", "受付日時", "箇所", "内容")

CAPACITIES: Final[Mapping[str, str]] = {"事業者": "business", "技能者": "technician"}
KINDS: Final[Mapping[RecordType, str]] = {"technician": "技能者", "business": "事業者"}
OWN_BUSINESS: Final = "自社"
EVERYBODY: Final = "全員"
LIVES: Final[Mapping[State, str]] = {
    "unsigned": "締結前",
    "in_force": "有効",
    "disposing": "終了",
    "retaining": "終了（継続保有）",
    "closed": "完了",
}
STATES: Final[Mapping[str, str]] = {"processing": "処理中", "ready": "完了", "refused": "却下"}
SUBJECT_STATES: Final[Mapping[str, str]] = {
    "processing": "処理中",
    "provided": "提供",
    "refused": "却下",
}
LABELS: Final[Mapping[str, str]] = {item.key: item.label for items in annex1.ITEMS.values() for item in items}
PLACES: Final[Mapping[str, str]] = {
    "$.request_id": "依頼番号",
    "$.user.account": "利用者ID",
    "$.user.credential": "利用者認証情報",
    "$.capacity": "立場",
    "$.acting_for": "事業者ID",
    "$.purpose": "利用目的",
    "$.delegation": "代行番号",
    "$.subjects": "対象ID",
}
"""Where this dialect has what the core finds wrong in a request."""


class SessionCsv:
    """A session in a cookie; requests, provisions and letters as tables."""

    name: str = "session"

    @property
    def routes(self) -> Routes:
        return ROUTES

    def access(self, world: str) -> Access:
        # The ids of the operator are no ids of a business or an account of any world.
        number = f"{int(sha256(world.encode()).hexdigest(), 16) % 10**12:012d}"
        business, admin = f"95{number}", f"94{number}"
        told = {"business_id": business, "admin_id": admin}
        return Access(client_id=f"{business}{IDS}{admin}", told=told, proof="password")

    def ask_honestly(self, caller: Caller, document: Mapping[str, Any]) -> Outcome:
        return honest.over_session(caller, document)

    def shows(self, request: Request) -> tuple[str, str]:
        try:
            business, admin, _ = _credentials(request)
        except Refused:
            return "", tokens.world_of(_cookie(request))
        return f"{business}{IDS}{admin}", ""

    def admits(self, call: Call) -> bool:
        token = _cookie(call.request)
        number = token.rsplit(".", 2)[1] if tokens.belongs(call.token_key, call.world, token) else ""
        state = call.state
        return number == str(state.tokens) and state.notes.get(CLOSED) != state.tokens

    def refusal(self, refused: Refused) -> Plan:
        """Answer with the error's code and sentence, and a line for each place that has to be mended."""
        told = refused.refusal
        error = {"エラーコード": code(told.code), "メッセージ": told.ja}
        rows = [{**error, "箇所": path, "内容": text} for path, text in _places(refused)] or [error]
        return _table(told.status, ERROR_COLUMNS, rows, refused.events)


def login(call: Call) -> Plan:
    """Open a session; the session before it is closed by it."""
    if call.world not in call.states:
        raise Refused("client.unknown")
    business, admin, password = _credentials(call.request)
    admitted = counter.admit(call.counter, f"{business}{IDS}{admin}", password)
    cookie = (
        f"{COOKIE}={tokens.issue(call.token_key, call.world, admitted.result)}; HttpOnly; SameSite=Strict"
    )
    answer = _table(200, ANSWER_COLUMNS, [_done("ログインしました。")], admitted.events)
    return Plan(
        status=answer.status,
        body=answer.body,
        headers={**answer.headers, "set-cookie": cookie},
        events=answer.events,
    )


def logout(call: Call) -> Plan:
    """Close the session."""
    closed = _noted(call.state, CLOSED, call.state.tokens)
    return _table(200, ANSWER_COLUMNS, [_done("ログアウトしました。")], (closed,))


def contract(call: Call) -> Plan:
    """Tell the state of the contract; this stays open after the end."""
    known = counter.contract(call.counter)
    cells = (
        known.id,
        LIVES[known.life],
        known.signed_on,
        written(known.ends_at),
        written(known.now),
        commitment.ALGORITHM,
        known.key_id,
        known.key.hex(),
    )
    return _table(200, CONTRACT_COLUMNS, [dict(zip(CONTRACT_COLUMNS, cells, strict=True))])


def accept(call: Call) -> Plan:
    """Take in a request file; whether the request is granted is told by its state, not here."""
    document = _request_document(tables.read(call.request.body, REQUEST_COLUMNS, (DELEGATION,)))
    try:
        wanted, credential = counter.read_request(document)
    except Refused as refused:
        raise _at_columns(refused) from refused
    try:
        decided = counter.ask(call.counter, wanted, credential)
    except Refused as refused:
        turned_away = refused.events or note_refusal(call, refused)
        return _accepted(call, wanted.request_id, refused.refusal.code, turned_away)
    return _accepted(call, wanted.request_id, None, decided.events)


def batch_number(call: Call) -> Plan:
    """Tell the 受付番号 of a request, for whoever lost the answer that named it."""
    request_id = call.request.query.get("request_id", "")
    number = call.state.notes.get(f"{REQUEST}{request_id}")
    if number is None:
        raise Refused("request.unknown")
    return _table(200, ACCEPTED_COLUMNS, [{"受付番号": number, "依頼番号": request_id}])


def batch_status(call: Call) -> Plan:
    """Tell how a batch stands, with a line for each subject."""
    batch = _batch(call)
    whole = {"受付番号": call.parts["batch"], "依頼番号": batch["request_id"]}
    if batch["refusal"]:
        reason = _reason(batch["refusal"], "理由コード", "理由")
        return _table(200, STATUS_COLUMNS, [{**whole, "状態": STATES["refused"], **reason}])
    known = counter.request(call.counter, batch["request_id"])
    return _table(200, STATUS_COLUMNS, list(_standing(whole, known)))


def batch_result(call: Call) -> Plan:
    """Hand over what a batch was promised, once, one line for each item; a large one in parts."""
    batch = _batch(call)
    if batch["refusal"]:
        raise Refused("request.refused", refusal=CATALOGUE[batch["refusal"]].as_json())
    part, size = call.request.query.get("part"), page_size(call.request, "size")
    handed = counter.hand_over(call.counter, batch["request_id"], part, size)
    more = {"続き": handed.result.next or ""}
    rows = [row | more for record in handed.result.records for row in _items(record)]
    rows = rows or [more]  # what comes next is told even when nothing of this part could be handed over
    return _table(200, RESULT_COLUMNS, rows, handed.events)


def letter(kind: InboxKind) -> Handler:
    """Make the handler that receipts letters of one kind, one line for each of their members."""

    def receive(call: Call) -> Plan:
        received = counter.receive(call.counter, kind, _letter_document(call.request.body))
        return _table(201, RECEIPT_COLUMNS, list(_receipt(received.result)), received.events)

    return receive


def _credentials(request: Request) -> tuple[str, str, str]:
    names = ("business_id", "admin_id", "password")
    try:
        form = parse_qs(request.body.decode(), max_num_fields=20)
    except ValueError:
        form = {}
    missing = [name for name in names if len(form.get(name, [])) != 1]
    if missing:
        raise invalid(Fault(path=name, text="一つだけ書いてください。") for name in missing)
    business, admin, password = (form[name][0] for name in names)
    return business, admin, password


def _cookie(request: Request) -> str:
    try:
        cookies = SimpleCookie(request.headers.get("cookie", ""))
    except CookieError:
        return ""
    return cookies[COOKIE].value if COOKIE in cookies else ""


def _request_document(rows: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """Return the request that the lines of a file make together; they agree in all but their subjects."""
    if not rows:
        raise invalid([Fault(path="2行目", text="依頼の行がありません。対象を一行ずつ書いてください。")])
    shared = (*REQUEST_COLUMNS[:6], DELEGATION)
    faults = [
        Fault(
            path=f"{n}行目/{column}", text="一つのファイルに書ける依頼は一つです。2行目と同じにしてください。"
        )
        for n, row in enumerate(rows, 2)
        for column in shared
        if row[column] != rows[0][column]
    ]
    faults += [
        Fault(path=f"{n}行目/対象種別", text="技能者、自社、事業者のどれかにしてください。")
        for n, row in enumerate(rows, 2)
        if row["対象種別"] not in (*KINDS.values(), OWN_BUSINESS)
    ]
    if faults:
        raise invalid(faults)
    first = rows[0]
    return {
        "request_id": first["依頼番号"],
        "user": {"account": first["利用者ID"], "credential": first["利用者認証情報"]},
        "capacity": CAPACITIES.get(first["立場"], first["立場"]),
        "acting_for": first["事業者ID"] or None,
        "purpose": first["利用目的"],
        "delegation": first[DELEGATION] or None,
        "subjects": _subjects(rows),
    }


def _subjects(rows: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    named = {kind: [row["対象ID"] for row in rows if row["対象種別"] == kind] for kind in KINDS.values()}
    technicians = named["技能者"]
    return {
        "technicians": "all" if technicians == [EVERYBODY] else technicians,
        "own_business": any(row["対象種別"] == OWN_BUSINESS for row in rows),
        "businesses": named["事業者"],
    }


def _at_columns(refused: Refused) -> Refused:
    """Return a refusal whose faults stand where a reader of the file finds them."""
    moved = [
        Fault(
            path=next((place for path, place in PLACES.items() if fault["path"].startswith(path)), "$"),
            text=fault["text"],
        )
        for fault in refused.details["faults"]
    ]
    return invalid(moved)


def _accepted(call: Call, request_id: str, refusal: str | None, events: tuple[Event, ...]) -> Plan:
    """Answer with the 受付番号: the one that the same request has already, else a new one."""
    state, same = call.state, f"{REQUEST}{request_id}"
    known = state.notes.get(same)
    if refusal is None and not events and known:
        return _table(202, ACCEPTED_COLUMNS, [{"受付番号": known, "依頼番号": request_id}])
    number = f"{BATCH}{state.world.name}-{len(state.notes) + 1:06d}"
    noted = [_noted(state, number, {"request_id": request_id, "refusal": refusal})]
    if refusal is None:
        noted.append(_noted(state, same, number))
    row = {"受付番号": number, "依頼番号": request_id}
    return _table(202, ACCEPTED_COLUMNS, [row], (*events, *noted))


def _batch(call: Call) -> dict[str, Any]:
    known = call.state.notes.get(call.parts["batch"])
    if not call.parts["batch"].startswith(BATCH) or known is None:
        raise Refused("request.unknown")
    return known


def _standing(whole: Mapping[str, str], known: Recorded) -> Iterator[dict[str, str]]:
    head = {
        **whole,
        "状態": STATES[known.status],
        "完了予定日時": written(known.ready_at),
        **_reason(known.refusal, "理由コード", "理由"),
    }
    if not known.subjects:
        yield head
    for subject in known.subjects:
        yield {
            **head,
            "対象種別": KINDS[subject.record_type],
            "対象ID": subject.id or "",
            "結果": SUBJECT_STATES[subject.status],
            **_reason(subject.reason, "対象理由コード", "対象理由"),
        }


def _reason(refusal: str | None, code_column: str, text_column: str) -> dict[str, str]:
    return {code_column: code(refusal), text_column: CATALOGUE[refusal].ja} if refusal else {}


def _items(record: Record) -> Iterator[dict[str, str]]:
    for key, value in record.items.items():
        yield {
            "提供番号": record.provision_id,
            "種別": KINDS[record.record_type],
            "ID": record.id,
            "提供日時": written(record.provided_at),
            "項目キー": key,
            "項目名": LABELS.get(key, ""),
            **tables.write_value(value),
        }


def _letter_document(body: bytes) -> dict[str, Json]:
    rows = tables.read(body, LETTER_COLUMNS)
    names = [row["項目"] for row in rows]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise invalid(Fault(path=name, text="同じ項目が二行あります。一行にしてください。") for name in twice)
    return {row["項目"]: tables.read_value(row, f"{n}行目") for n, row in enumerate(rows, 2)}


def _receipt(receipt: Receipt) -> Iterator[dict[str, str]]:
    whole = {"受付番号": receipt.receipt_id, "受付日時": receipt.received_at}
    if not receipt.faults:
        yield whole
    for fault in receipt.faults:
        yield {**whole, "箇所": fault.path, "内容": fault.text}


def _places(refused: Refused) -> Iterator[tuple[str, str]]:
    """What is added to an error: the places to mend, when to come again, why a request was refused."""
    details = refused.details
    for fault in details.get("faults", ()):
        yield fault["path"], fault["text"]
    if "ready_at" in details:
        yield "完了予定日時", details["ready_at"]
    if reason := details.get("refusal"):
        yield code(reason["code"]), reason["ja"]
    if "allowed" in details:
        yield "使える操作", "、".join(details["allowed"])


def _done(text: str) -> dict[str, str]:
    return dict(zip(ANSWER_COLUMNS, ("OK", text), strict=True))


def _noted(state: WorldState, key: str, value: Json) -> Event:
    return counter.event(state, "dialect.noted", {"key": key, "value": value})


def _table(
    status: int, columns: Sequence[str], rows: Sequence[Mapping[str, str]], events: tuple[Event, ...] = ()
) -> Plan:
    headers = {"content-type": tables.MEDIA_TYPE}
    return Plan(status=status, body=tables.write(columns, rows), headers=headers, events=events)


ROUTES: Final = routes(
    ("POST", "/login", "open", login, "token"),
    ("POST", "/logout", "client", logout),
    ("GET", "/contract.csv", "client", contract, "contract"),
    ("POST", "/batches", "client", accept, "request"),
    ("GET", "/batches.csv", "client", batch_number, "request_status"),
    ("GET", "/batches/{batch}/status.csv", "client", batch_status, "request_status"),
    ("GET", "/batches/{batch}/result.csv", "client", batch_result, "provisions"),
    ("POST", "/letters/notice", "client", letter("notice"), "notice"),
    ("POST", "/letters/certificate", "client", letter("certificate"), "certificate"),
    ("POST", "/letters/retention", "client", letter("retention_claim"), "retention_claim"),
)
DIALECT: Final = SessionCsv()
