"""Preflight: everything that must be in place before a verdict can mean anything (design §4.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ccus_harness.gate import Stopped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ccus_harness.case import Case

INTERFACE = "ccus-conformance/control/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was tried before the run, and in plain words what came of it."""

    name: str
    ok: bool
    ja: str
    en: str

    def document(self) -> dict[str, str | bool]:
        return {"name": self.name, "ok": self.ok, "ja": self.ja, "en": self.en}


def check(case: Case) -> list[Check]:
    """Walks from the connection to one provision and stops at the first thing that fails."""
    done: list[Check] = []
    for step in (_speaks, _knows_the_world, _provides):
        for found in _tried(step, case):
            done.append(found)
            if not found.ok:
                return done
    return done


def _tried(step: Callable[[Case], Iterator[Check]], case: Case) -> Iterator[Check]:
    try:
        yield from step(case)
    except Stopped as stopped:
        answer = stopped.answer
        why = answer.fault or f"{answer.status} {answer.capability}{answer.due or ''}"
        yield Check(
            name=f"{stopped.who}.{stopped.op}",
            ok=False,
            ja=f"申請システムの操作「{stopped.op}」に答えがありませんでした（{why}）。アドレス、トークン、起動状態を確かめてください。",
            en=f"The candidate's operation {stopped.op!r} was not answered ({why}). Check address, token and that it runs.",
        )


def _speaks(case: Case) -> Iterator[Check]:
    info = case.gate.ask("candidate", "info", {})
    ok = info.get("interface") == INTERFACE
    yield Check(
        name="interface",
        ok=ok,
        ja=f"試験操作インターフェース {INTERFACE} に対応"
        + ("しています。" if ok else "していません。info の interface を確かめてください。"),
        en=f"The candidate {'speaks' if ok else 'does not say that it speaks'} {INTERFACE}.",
    )


def _knows_the_world(case: Case) -> Iterator[Check]:
    case.build("tiny")
    yield Check(name="world", ok=True, ja="試験用の世界を読み込みました。", en="The test world was loaded.")


def _provides(case: Case) -> Iterator[Check]:
    reply = case.request("u_f1", [case.id("T1")])
    kinds = [entry["kind"] for entry in case.ledger()]
    seen = "provision.collected" in kinds
    reached = any(kind.startswith(("request.", "token.", "call.")) for kind in kinds)
    if seen:
        ja, en = "依頼から登録情報提供まで一件が通りました。", "One request went through to its provision."
    elif reached:
        ja = f"依頼は CCUS に届きましたが、登録情報が引き取られていません（申請システムの返答: {reply.outcome}）。認証情報と権限を確かめてください。"
        en = f"The request reached CCUS but nothing was collected (the candidate said {reply.outcome}). Check credentials."
    else:
        ja = f"依頼が CCUS に届いていません（申請システムの返答: {reply.outcome}）。接続先の設定を確かめてください。"
        en = f"No request reached CCUS (the candidate said {reply.outcome}). Check the CCUS address it uses."
    yield Check(name="provision", ok=seen, ja=ja, en=en)
