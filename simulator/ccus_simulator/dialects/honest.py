"""Honest clients, one for each dialect that comes with the simulator: they ask, collect, and know of no test."""

import csv
import io
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from ccus_simulator.dialects.port import Caller, Outcome

if TYPE_CHECKING:
    import requests

SECONDS: Final = 30


def over_oauth(caller: Caller, document: Mapping[str, Any]) -> Outcome:
    """Ask for a token, then in JSON for what the document says, and collect it when it is ready."""
    http, base = caller.http, caller.base_url
    form, who = {"grant_type": "client_credentials"}, (caller.access.client_id, caller.secret)
    token = http.post(f"{base}/oauth/token", data=form, auth=who, timeout=SECONDS)
    if token.status_code != 200:
        return Outcome(status=token.status_code, request=token.json())
    bearer = {"Authorization": f"Bearer {token.json()['access_token']}"}
    sent = http.post(f"{base}/v1/requests", json=dict(document), headers=bearer, timeout=SECONDS)
    if sent.status_code != 201 or sent.json()["status"] != "ready":
        return Outcome(status=sent.status_code, request=sent.json())
    address = f"{base}/v1/requests/{document['request_id']}/provisions"
    collected = http.get(address, headers=bearer, timeout=SECONDS)
    return Outcome(status=sent.status_code, request=sent.json(), provisions=collected.json())


def over_session(caller: Caller, document: Mapping[str, Any]) -> Outcome:
    """Log in, send the document as a table, and fetch state and result of its batch."""
    http, base = caller.http, caller.base_url
    form = {**caller.access.told, "password": caller.secret}
    logged_in = http.post(f"{base}/login", data=form, timeout=SECONDS)
    if logged_in.status_code != 200:
        return _stopped(logged_in)
    cookie = {"Cookie": logged_in.headers["Set-Cookie"].partition(";")[0]}
    accepted = http.post(f"{base}/batches", data=_file(document), headers=cookie, timeout=SECONDS)
    if accepted.status_code != 202:
        return _stopped(accepted)
    batch = f"{base}/batches/{_rows(accepted)[0]['受付番号']}"
    status = http.get(f"{batch}/status.csv", headers=cookie, timeout=SECONDS)
    if status.status_code != 200 or _rows(status)[0]["状態"] != "完了":
        return _stopped(status)
    result = http.get(f"{batch}/result.csv", headers=cookie, timeout=SECONDS)
    records = _records(_rows(result)) if result.status_code == 200 else None
    return Outcome(status=status.status_code, request=_rows(status), provisions=records)


def _stopped(response: "requests.Response") -> Outcome:
    return Outcome(status=response.status_code, request=_rows(response))


def _file(document: Mapping[str, Any]) -> bytes:
    user, subjects = document["user"], document["subjects"]
    capacity = {"business": "事業者", "technician": "技能者"}[document["capacity"]]
    shared = [document["request_id"], user["account"], user["credential"], capacity]
    shared += [document["acting_for"] or "", document["purpose"]]
    asked = subjects["technicians"]
    wanted = [("技能者", one) for one in (["全員"] if asked == "all" else asked)]
    wanted += [("自社", "")] if subjects["own_business"] else []
    header = "依頼番号,利用者ID,利用者認証情報,立場,事業者ID,利用目的,対象種別,対象ID"
    return "\r\n".join([header, *(",".join([*shared, *one]) for one in wanted)]).encode("cp932")


def _rows(response: "requests.Response") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(response.content.decode("cp932"), newline="")))


def _records(rows: list[dict[str, str]]) -> dict[str, Any]:
    records: dict[str, dict[str, Any]] = {}
    kinds = {"技能者": "technician", "事業者": "business"}
    for row in rows:
        record = records.setdefault(
            row["提供番号"],
            {
                "provision_id": row["提供番号"],
                "record_type": kinds[row["種別"]],
                "id": row["ID"],
                "provided_at": row["提供日時"],
                "items": {},
            },
        )
        value = row["値"] if row["形式"] == "文字" else json.loads(row["値"])
        record["items"][row["項目キー"]] = value
    return {"provisions": list(records.values())}
