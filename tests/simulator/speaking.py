"""Two clients that say the same in the two dialects and tell what they heard in the same words."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from ccus_simulator.dialects.session_codes import CODES
from ccus_simulator.types import Plan, Request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ccus_simulator.core import Simulator

REFUSALS = {own: refusal for refusal, own in CODES.items()}
KINDS = {"技能者": "technician", "事業者": "business"}
STATES = {"処理中": "processing", "提供": "provided", "却下": "refused", "完了": "ready"}
LETTERS = {"notices": "notice", "certificates": "certificate", "retention-claims": "retention"}
REQUEST_COLUMNS = (
    "依頼番号",
    "利用者ID",
    "利用者認証情報",
    "立場",
    "事業者ID",
    "利用目的",
    "対象種別",
    "対象ID",
)


def rows(plan: Plan) -> list[dict[str, str]]:
    assert plan.headers["content-type"] == "text/csv; charset=Windows-31J"
    return list(csv.DictReader(io.StringIO(plan.body.decode("cp932"), newline=""), strict=True))


def table(columns: tuple[str, ...], lines: list[tuple[str, ...]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([columns, *lines])
    return text.getvalue().encode("cp932")


@dataclass
class JsonClient:
    simulator: Simulator
    world: str
    token: str

    def call(self, method: str, path: str, body: Any = None) -> Plan:
        sent = b"" if body is None else json.dumps(body).encode()
        headers = {"authorization": f"Bearer {self.token}"}
        request = Request(method=method, path=f"/w/{self.world}{path}", headers=headers, body=sent)
        return self.simulator.handle(request)

    def contract(self) -> dict[str, Any]:
        said = self.call("GET", "/v1/contract").body
        return {name: said[name] for name in ("contract_id", "signed_on", "ends_at", "now")} | said[
            "commitment"
        ]

    def ask(self, document: Mapping[str, Any]) -> Any:
        plan = self.call("POST", "/v1/requests", document)
        return self._refused(plan) or _standing(plan.body)

    def status(self, request_id: str) -> Any:
        plan = self.call("GET", f"/v1/requests/{request_id}")
        return self._refused(plan) or _standing(plan.body)

    def collect(self, request_id: str) -> Any:
        plan = self.call("GET", f"/v1/requests/{request_id}/provisions")
        return self._refused(plan) or plan.body["provisions"]

    def send(self, kind: str, document: Mapping[str, Any]) -> Any:
        plan = self.call("POST", f"/v1/{kind}", document)
        return plan.body["receipt_id"], plan.body["received_at"], plan.body.get("faults", [])

    @staticmethod
    def _refused(plan: Plan) -> Any:
        return ("refused", plan.body["error"]["code"], []) if plan.status >= 400 else None


@dataclass
class SessionClient:
    simulator: Simulator
    world: str
    ids: tuple[str, str]
    password: str
    cookie: str = ""
    batches: dict[str, str] = field(default_factory=dict[str, str])

    def call(self, method: str, path: str, body: bytes = b"") -> Plan:
        headers = {"cookie": self.cookie}
        path, _, query = f"/w/{self.world}{path}".partition("?")
        pairs = dict(parse_qsl(query))
        request = Request(method=method, path=path, query=pairs, headers=headers, body=body)
        return self.simulator.handle(request)

    def login(self, **changes: str) -> Plan:
        form = {"business_id": self.ids[0], "admin_id": self.ids[1], "password": self.password} | changes
        plan = self.call("POST", "/login", urlencode(form).encode())
        if plan.status == 200:
            self.cookie = plan.headers["set-cookie"].partition(";")[0]
        return plan

    def contract(self) -> dict[str, Any]:
        (said,) = rows(self.call("GET", "/contract.csv"))
        names = {"contract_id": "契約番号", "signed_on": "締結日", "ends_at": "終了日時", "now": "現在日時"}
        return {name: said[own] for name, own in names.items()} | {
            "alg": said["証跡方式"],
            "key_id": said["鍵番号"],
            "key": said["鍵"],
        }

    def ask(self, document: Mapping[str, Any]) -> Any:
        accepted = self.upload(document)
        if accepted.status != 202:
            return self._refused(accepted)
        (row,) = rows(accepted)
        self.batches.setdefault(document["request_id"], row["受付番号"])
        return self._standing(row["受付番号"])

    def upload(self, document: Mapping[str, Any]) -> Plan:
        user, subjects = document["user"], document["subjects"]
        capacity = {"business": "事業者", "technician": "技能者"}[document["capacity"]]
        shared = (document["request_id"], user["account"], user["credential"], capacity)
        shared = (*shared, document["acting_for"] or "", document["purpose"])
        technicians = subjects.get("technicians", [])
        wanted = [("技能者", one) for one in (["全員"] if technicians == "all" else technicians)]
        wanted += [("自社", "")] if subjects.get("own_business") else []
        wanted += [("事業者", one) for one in subjects.get("businesses", [])]
        return self.call("POST", "/batches", table(REQUEST_COLUMNS, [(*shared, *one) for one in wanted]))

    def status(self, request_id: str) -> Any:
        return self._standing(self.batches[request_id])

    def _standing(self, batch: str) -> Any:
        plan = self.call("GET", f"/batches/{batch}/status.csv")
        if plan.status != 200:
            return self._refused(plan)
        said = rows(plan)
        subjects = [
            (
                KINDS[row["対象種別"]],
                row["対象ID"] or None,
                STATES[row["結果"]],
                REFUSALS.get(row["対象理由コード"]),
            )
            for row in said
            if row["対象種別"]
        ]
        return STATES[said[0]["状態"]], REFUSALS.get(said[0]["理由コード"]), subjects

    def collect(self, request_id: str) -> Any:
        plan = self.call("GET", f"/batches/{self.batches[request_id]}/result.csv")
        if plan.status != 200:
            return self._refused(plan)
        records: dict[str, dict[str, Any]] = {}
        for row in rows(plan):
            head = {"provision_id": row["提供番号"], "record_type": KINDS[row["種別"]], "id": row["ID"]}
            new = {**head, "provided_at": row["提供日時"], "items": {}}
            record = records.setdefault(row["提供番号"], new)
            value = row["値"] if row["形式"] == "文字" else json.loads(row["値"])
            record["items"][row["項目キー"]] = value
        return list(records.values())

    def send(self, kind: str, document: Mapping[str, Any]) -> Any:
        lines = [(name, *_cells(value)) for name, value in document.items()]
        said = rows(self.call("POST", f"/letters/{LETTERS[kind]}", table(("項目", "形式", "値"), lines)))
        faults = [{"path": row["箇所"], "text": row["内容"]} for row in said if row["箇所"]]
        return said[0]["受付番号"], said[0]["受付日時"], faults

    @staticmethod
    def _refused(plan: Plan) -> Any:
        return "refused", REFUSALS[rows(plan)[0]["エラーコード"]], []


def _cells(value: Any) -> tuple[str, str]:
    return ("文字", value) if isinstance(value, str) else ("JSON", json.dumps(value))


def _standing(body: Mapping[str, Any]) -> Any:
    subjects = [
        (s["record_type"], s["id"], s["status"], s["reason"]["code"] if s["reason"] else None)
        for s in body["subjects"]
    ]
    return body["status"], body["refusal"]["code"] if body["refusal"] else None, subjects
