"""CCUS in the dialect `session`: a login with 事業者ID and 管理者ID, then CSV batches in Shift_JIS (CP932)."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from ccus_reference.annex1 import BUSINESS, KINDS, TECHNICIAN
from ccus_reference.ccus_road import CcusRefused, CcusUnreachable, Heard, Line, Road

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ENCODING = "cp932"
REQUEST = (
    *("依頼番号", "利用者ID", "利用者認証情報", "立場", "事業者ID", "利用目的"),
    *("対象種別", "対象ID", "代行番号"),
)
CAPACITIES = {"business": "事業者", "technician": "技能者"}
RECORD_TYPES = {own: record_type for record_type, own in KINDS.items()}
STATUSES = {"処理中": "processing", "完了": "ready", "却下": "refused"}
SUBJECTS = {"処理中": "processing", "提供": "provided", "却下": "refused"}
IN_FORCE = "有効"
LETTERS = {
    "/v1/notices": "/letters/notice",
    "/v1/certificates": "/letters/certificate",
    "/v1/retention-claims": "/letters/retention",
}
"""Where letters go that this system calls by their places in the other dialect."""

Row = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionAccess:
    """Where CCUS is and as whom this system logs in."""

    base_url: str
    business_id: str
    admin_id: str
    password: str = field(repr=False)


class SessionClient:
    """Speaks to CCUS in one session at a time; what it hears it tells in the words of this system."""

    def __init__(self, access: SessionAccess, road: Road) -> None:
        self._access = access
        self._line = Line(access.base_url, road)
        self._cookie: str | None = None
        self._batches: dict[str, str] = {}

    def close(self) -> None:
        self._line.close()

    def contract(self) -> dict[str, Any]:
        row = self._first("GET", "/contract.csv")
        return {
            "contract_id": row.get("契約番号"),
            "state": "in_force" if row.get("状態") == IN_FORCE else row.get("状態"),
            "ends_at": row.get("終了日時"),
            "now": row.get("現在日時"),
            "commitment": {"alg": row.get("証跡方式"), "key_id": row.get("鍵番号"), "key": row.get("鍵")},
        }

    def ask(self, body: Mapping[str, Any]) -> dict[str, Any]:
        batch = self._first("POST", "/batches", _table(REQUEST, _requested(body))).get("受付番号")
        if not batch:
            raise CcusUnreachable(why="a batch without a number")
        self._batches[body["request_id"]] = batch
        answer = _standing(self._rows("GET", f"/batches/{batch}/status.csv"))
        if answer["status"] == "refused" and not answer["subjects"]:
            raise CcusRefused(status=403, code=answer["refusal"]["code"], text=answer["refusal"]["ja"])
        return answer

    def progress(self, order_id: str) -> dict[str, Any]:
        return _standing(self._rows("GET", f"/batches/{self._batch(order_id)}/status.csv"))

    def provisions(self, order_id: str) -> list[Any]:
        path = f"/batches/{self._batch(order_id)}/result.csv"
        rows = self._rows("GET", path)
        found, more = rows, _more(rows)
        while more:
            rows = self._rows("GET", f"{path}?{urlencode({'part': more})}")
            found, more = [*found, *rows], _more(rows)
        return _records(found)

    def send(self, path: str, document: Mapping[str, Any]) -> dict[str, Any]:
        lines = [(name, *_cells(value)) for name, value in document.items()]
        row = self._first("POST", LETTERS[path], _table(("項目", "形式", "値"), lines))
        return {"receipt_id": row.get("受付番号"), "received_at": row.get("受付日時")}

    def _batch(self, order_id: str) -> str:
        """The number of an order's batch; after a restart CCUS is asked for it."""
        if order_id not in self._batches:
            row = self._first("GET", f"/batches.csv?{urlencode({'request_id': order_id})}")
            self._batches[order_id] = row.get("受付番号", "")
        return self._batches[order_id]

    def _first(self, method: str, path: str, body: bytes | None = None) -> Row:
        rows = self._rows(method, path, body)
        if not rows:
            raise CcusUnreachable(why="an answer without a line")
        return rows[0]

    def _rows(self, method: str, path: str, body: bytes | None = None) -> list[Row]:
        had_session = self._cookie is not None
        try:
            return self._in_session(method, path, body)
        except CcusRefused as refused:
            if refused.status != 401 or not had_session:
                raise
            self._cookie = None  # somebody logged in as us meanwhile: one new session, one new try
            return self._in_session(method, path, body)

    def _in_session(self, method: str, path: str, body: bytes | None) -> list[Row]:
        if self._cookie is None:
            self._cookie = self._login()
        headers = {"Cookie": self._cookie, "Content-Type": "text/csv; charset=Windows-31J"}
        return _rows_of(self._line.call(method, path, headers=headers, data=body))

    def _login(self) -> str:
        form = {
            "business_id": self._access.business_id,
            "admin_id": self._access.admin_id,
            "password": self._access.password,
        }
        heard = self._line.call("POST", "/login", data=form)
        _rows_of(heard)
        cookie = heard.headers.get("Set-Cookie", "").partition(";")[0]
        if not cookie:
            raise CcusUnreachable(why="no session in the answer")
        return cookie


def _table(columns: Sequence[str], lines: Sequence[Sequence[str]]) -> bytes:
    """A table in CP932; what cannot be written in it is not sent at all rather than changed."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows([columns, *lines])
    try:
        return text.getvalue().encode(ENCODING)
    except UnicodeEncodeError as fault:
        raise CcusUnreachable(why=f"{fault.object[fault.start]!r} cannot be written in {ENCODING}") from fault


def _requested(body: Mapping[str, Any]) -> list[tuple[str, ...]]:
    user, subjects = body["user"], body["subjects"]
    shared = (body["request_id"], user["account"], user["credential"], CAPACITIES[body["capacity"]])
    shared = (*shared, body["acting_for"] or "", body["purpose"])
    delegation = body.get("delegation") or ""
    technicians = subjects["technicians"]
    wanted = [(KINDS[TECHNICIAN], one) for one in (["全員"] if technicians == "all" else technicians)]
    wanted += [("自社", "")] if subjects["own_business"] else []
    wanted += [(KINDS[BUSINESS], one) for one in subjects.get("businesses", ())]
    return [(*shared, *one, delegation) for one in wanted]


def _cells(value: Any) -> tuple[str, str]:
    """The form of a value and its text: escaped JSON for what is no text or has no place in CP932."""
    if isinstance(value, str) and value.isprintable() and _survives(value):
        return "文字", value
    return "JSON", json.dumps(value)


def _survives(text: str) -> bool:
    try:
        return text.encode(ENCODING).decode(ENCODING) == text
    except UnicodeError:
        return False


def _rows_of(heard: Heard) -> list[Row]:
    try:
        text = heard.body.decode(ENCODING)
        lines = [line for line in csv.reader(io.StringIO(text, newline=""), strict=True) if line]
        rows = [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]
    except (UnicodeDecodeError, csv.Error, ValueError, IndexError) as fault:
        raise CcusUnreachable(why="not a table") from fault
    if heard.status < 400:
        return rows
    error = rows[0] if rows else {}
    raise CcusRefused(
        status=heard.status, code=error.get("エラーコード", ""), text=error.get("メッセージ", "")
    )


def _standing(rows: Sequence[Row]) -> dict[str, Any]:
    """How an order stands, in the words of this system."""
    first = rows[0] if rows else {}
    if first.get("状態") not in STATUSES:
        raise CcusUnreachable(why="an answer to a request in no known form")
    refusal = {"code": first.get("理由コード", ""), "ja": first.get("理由", "")}
    return {
        "status": STATUSES[first["状態"]],
        "ready_at": first.get("完了予定日時"),
        "refusal": refusal if refusal["code"] else None,
        "subjects": [_subject(row) for row in rows if row.get("対象種別")],
    }


def _subject(row: Row) -> dict[str, Any]:
    reason = {"code": row.get("対象理由コード", ""), "ja": row.get("対象理由", "")}
    return {
        "record_type": RECORD_TYPES.get(row["対象種別"], ""),
        "id": row.get("対象ID") or None,
        "status": SUBJECTS.get(row.get("結果", ""), ""),
        "reason": reason if reason["code"] else None,
    }


def _more(rows: Sequence[Row]) -> str:
    return rows[0].get("続き", "") if rows else ""


def _records(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """The records of a result, each gathered from its lines."""
    records: dict[str, dict[str, Any]] = {}
    for row in rows:
        if not row.get("提供番号"):
            continue
        new: dict[str, Any] = {"provision_id": row["提供番号"], "id": row.get("ID"), "items": {}}
        new |= {"record_type": RECORD_TYPES.get(row.get("種別", "")), "provided_at": row.get("提供日時")}
        records.setdefault(row["提供番号"], new)["items"].update(_item(row))
    return list(records.values())


def _item(row: Row) -> Iterator[tuple[str, Any]]:
    key, form, text = row.get("項目キー", ""), row.get("形式"), row.get("値", "")
    if form == "文字":
        yield key, text
        return
    try:
        yield key, json.loads(text)
    except (ValueError, RecursionError) as fault:
        raise CcusUnreachable(why=f"the value of {key} is in no known form") from fault
