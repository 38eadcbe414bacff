"""The catalogue of refusals: each code with its obligation, its HTTP status and a sentence that names the reason."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from ccus_simulator.documents import Fault
from ccus_simulator.types import Event, Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why something is refused; the obligation goes into the ledger, never onto the wire."""

    code: str
    status: int
    obligation: str | None
    ja: str
    en: str

    def as_json(self) -> dict[str, str]:
        return {"code": self.code, "ja": self.ja, "en": self.en}

    def for_ledger(self) -> dict[str, str | None]:
        return {"code": self.code, "obligation": self.obligation}


_ROWS: Final = (
    (
        "client.unknown",
        (401, "A1-08"),
        "このシステムは CCUS に登録されていません。クライアントIDと秘密を確かめてください。",
        "This system is not registered with CCUS: check the client id and secret.",
    ),
    (
        "client.token_invalid",
        (401, "A1-08"),
        "アクセストークンがこのシステムのものではありません。取り直してください。",
        "The access token is not one of this system's: get a new one.",
    ),
    (
        "user.unknown",
        (403, "A1-05"),
        "この利用者は登録されていません。依頼できるのは利用事業者と利用技能者だけです。",
        "The user is not registered: only user businesses and user technicians can request.",
    ),
    (
        "user.credential_wrong",
        (403, "A1-05"),
        "利用者の認証情報が違います。本人の依頼と確かめられません。",
        "The user's credential is wrong: the request cannot be taken as the user's own.",
    ),
    (
        "capacity.not_held",
        (403, "A1-14"),
        "この利用者は、名乗った立場（事業者または技能者）で依頼できません。",
        "The user does not hold the capacity, business or technician, that the request claims.",
    ),
    (
        "registration.ended",
        (403, "A1-20"),
        "依頼した者の登録が有効ではありません。登録を更新してから依頼してください。",
        "The registration of who asks is no longer valid: renew it before requesting.",
    ),
    (
        "delegation.unknown",
        (403, "A1-06"),
        "この代行の登録はありません。委任した者が登録した代行の番号で依頼してください。",
        "There is no such delegation: request under one that the principal registered.",
    ),
    (
        "delegation.not_valid",
        (403, "A1-06"),
        "代行の登録が今は有効ではありません。期間を確かめてください。",
        "The delegation is not valid now: check its period.",
    ),
    (
        "delegation.not_allowed",
        (403, "A1-06"),
        "代行者による依頼は認められていません。本人が依頼してください。",
        "Requests by a delegate are not allowed: the principal has to request.",
    ),
    (
        "purpose.not_listed",
        (422, "A1-09"),
        "この利用目的は共同利用の範囲の一覧にありません。",
        "The purpose is not on the list of the joint use.",
    ),
    (
        "subject.not_yours",
        (403, "A1-11"),
        "依頼した事業者に所属する技能者として確認できません。",
        "The technician cannot be confirmed as affiliated with the requesting business.",
    ),
    (
        "subject.own_record_only",
        (403, "A1-13"),
        "技能者が依頼できるのは、本人の技能者基本情報だけです。",
        "A technician can request only the technician's own basic information.",
    ),
    (
        "business.own_only",
        (403, "A1-12"),
        "事業者が依頼できる事業者情報は、自社のものだけです。",
        "A business can request only its own business information.",
    ),
    (
        "contract.not_started",
        (403, "A5-01"),
        "本契約はまだ締結されていません。締結の日から依頼できます。",
        "The contract is not signed yet: requests are possible from the day of signing.",
    ),
    (
        "contract.ended",
        (403, "A5-02"),
        "本契約は終了しました。登録情報の提供は停止しています。",
        "The contract has ended: provision is stopped.",
    ),
    (
        "request.collected",
        (410, "A1-17"),
        "この依頼の登録情報は提供済みです。一つの依頼に提供は一度だけです。",
        "This request was already provided: one request, one provision.",
    ),
    (
        "request.unknown",
        (404, "A1-01"),
        "この依頼はありません。提供には受け付けた依頼が要ります。",
        "There is no such request: a provision needs an accepted request.",
    ),
    (
        "request.page_unknown",
        (422, "A1-17"),
        "この続きの位置はありません。直前の応答の next をそのまま使ってください。",
        "There is no such page: use the next of the answer before, unchanged.",
    ),
    (
        "request.not_ready",
        (425, "A1-01"),
        "この依頼は処理中です。ready_at の後にもう一度取りに来てください。",
        "The request is being processed: come again after ready_at.",
    ),
    (
        "request.refused",
        (403, "A1-01"),
        "この依頼は断られました。提供するものはありません。",
        "The request was refused: there is nothing to provide.",
    ),
    (
        "request.id_reused",
        (409, "A1-17"),
        "同じ request_id で内容の違う依頼が来ました。新しい request_id を付けてください。",
        "The request_id was used for a different request: give a new one.",
    ),
    (
        "document.invalid",
        (400, None),
        "文書が様式に合いません。faults の箇所をすべて直してください。",
        "The document does not fit its form: mend every place listed under faults.",
    ),
    ("path.unknown", (404, None), "この場所には何もありません。", "There is nothing at this path."),
    (
        "method.not_allowed",
        (405, None),
        "この場所ではこの操作はできません。",
        "This path does not take this method.",
    ),
    (
        "body.too_large",
        (413, None),
        "本文が大きすぎます。小さくするか、分けて送ってください。",
        "The body is too large: make it smaller or send it in parts.",
    ),
    (
        "admin.token_invalid",
        (401, None),
        "管理用トークンが違います。CCUS_SIM_ADMIN_TOKEN の値を使ってください。",
        "The admin token is wrong: use the value of CCUS_SIM_ADMIN_TOKEN.",
    ),
    (
        "client.ambiguous",
        (409, None),
        "このクライアントIDの世界が複数あります。世界の場所（/w/世界名）を付けて呼んでください。",
        "Several worlds have this client id: call the base path of one, /w/{world}.",
    ),
    (
        "world.unknown",
        (404, None),
        "この世界はありません。先に PUT /worlds/{w} で作ってください。",
        "There is no such world: create it with PUT /worlds/{w}.",
    ),
    (
        "world.differs",
        (409, None),
        "同じ名前で内容の違う世界があります。別の名前にしてください。",
        "A different world has this name: choose another.",
    ),
    (
        "dialect.unknown",
        (422, None),
        "この名前の方言はありません。valid から選んでください。",
        "There is no dialect of this name: choose one of valid.",
    ),
    (
        "fault.unknown",
        (422, None),
        "この名前の故障はありません。valid から選んでください。",
        "There is no fault of this name: choose one of valid.",
    ),
    (
        "clock.backwards",
        (422, None),
        "世界の時計は戻せません。now より後にしてください。",
        "The clock of a world cannot go back: give a moment after now.",
    ),
    (
        "contract.no_such_step",
        (409, None),
        "契約の今の状態では、その出来事は起こりません。",
        "This event cannot happen in the present state of the contract.",
    ),
    (
        "service.failed",
        (500, None),
        "CCUS の側の障害で処理できませんでした。間を置いて同じ内容で送り直してください。",
        "CCUS failed on its own side and did nothing: send the same again after a while.",
    ),
    (
        "service.unavailable",
        (503, None),
        "CCUS は保守のため止まっています。Retry-After の後に送り直してください。",
        "CCUS is down for maintenance: send again after Retry-After.",
    ),
    (
        "service.busy",
        (429, None),
        "呼び出しが多すぎます。Retry-After の後に送り直してください。",
        "Too many calls: send again after Retry-After.",
    ),
    (
        "inbox.down",
        (503, None),
        "基金の受付が止まっていて、受け取れていません。届くまで送り直してください。",
        "The Fund's inbox is down and has not received this: send again until it arrives.",
    ),
    (
        "fault.parameter_unknown",
        (422, None),
        "この故障にない指定があります。valid から選んでください。",
        "The fault does not take a parameter given: choose from valid.",
    ),
    (
        "simulator.failed",
        (500, None),
        "模擬 CCUS の側で異常が起きました。何も記録されていません。",
        "The simulator failed on its own side: nothing was written down.",
    ),
)

CATALOGUE: Final = {
    code: Refusal(code=code, status=status, obligation=obligation, ja=ja, en=en)
    for code, (status, obligation), ja, en in _ROWS
}


class Refused(Exception):
    """A call is refused; it carries the refusal, what to add to the answer and what to write down."""

    def __init__(self, code: str, *, events: tuple[Event, ...] = (), **details: Any) -> None:
        self.refusal = CATALOGUE[code]
        self.events = events
        self.details = details
        super().__init__(code)

    def __str__(self) -> str:
        return f"{self.refusal.code}: {self.refusal.en}"

    def plan(self) -> Plan:
        """Return the answer in the error shape."""
        error = {**self.refusal.as_json(), **self.details}
        return Plan(status=self.refusal.status, body={"error": error}, events=self.events)


def invalid(faults: Iterable[Fault]) -> Refused:
    """Return the refusal of a document with all of its faults."""
    return Refused("document.invalid", faults=[fault.as_json() for fault in faults])
