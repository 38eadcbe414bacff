"""What stands behind the word of one row: each step, what was asked, and what was answered, provided and kept."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from ccus_harness.reports.inert import one_line
from ccus_harness.showing import flows
from ccus_harness.showing.bilingual import Both, same, word

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ccus_harness.instruments.artefacts import Layout
    from ccus_harness.reports import Report
    from ccus_harness.reports.parts import Call, Claim, Step, Story

_TAG = re.compile(r"<(title|style)\b.*?</\1>|<[^>]*>", re.DOTALL)
_LONGEST = 70


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One thing that was asked of somebody, what came back, and how often just that happened."""

    who: Both
    asked: Both
    answered: Both
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """A step of the scenario with its exchanges, and what it claimed of the row in question."""

    step: str
    exchanges: tuple[Exchange, ...]
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scene:
    """What is needed to read the calls of one scenario: names for ids, the layout, what the ledger newly shows."""

    labels: Mapping[str, str]
    values: Mapping[str, str]
    """Whose a value is that somebody may search for: a telephone number, a name."""
    layout: Layout
    new: Sequence[flows.Entry] = ()

    def name(self, identity: Any) -> str:
        known = self.labels.get(str(identity))
        return known or (str(identity) if identity else "")

    def names(self, identities: Sequence[Any]) -> str:
        return "、".join(self.name(each) for each in identities)


def happenings(report: Report, row_id: str) -> tuple[Happening, ...]:
    """The scenario that gave a row its word, step by step."""
    return told_in(report, flows.story_of(report, row_id), row_id)


def told_in(report: Report, story: Story, row_id: str = "") -> tuple[Happening, ...]:
    """A scenario step by step, with what it claimed of a row; without one only with what was asked and answered."""
    values = flows.values_of(story, report.run.seed)
    labels, layout, world = flows.labels_of(story), flows.layout_for(report), flows.world_of(story)
    told: list[Happening] = []
    seen = 0
    for step in story.steps:
        new, seen = flows.new_entries(step, world, seen)
        scene = _Scene(labels=labels, values=values, layout=layout, new=new)
        claims = tuple(claim for claim in step.claims if claim.row == row_id)
        told.append(
            Happening(step=f"{step.keyword} {step.text}", exchanges=_exchanges(step, scene), claims=claims)
        )
    return tuple(each for each in told if each.exchanges or each.claims)


def _exchanges(step: Step, scene: _Scene) -> tuple[Exchange, ...]:
    """The calls of a step; equal ones are told once, with their number."""
    told: dict[tuple[Both, Both, Both], int] = {}
    for call in step.calls:
        key = (word("who", call.who), _asked(call, scene), _answered(call, scene))
        told[key] = told.get(key, 0) + 1
    return tuple(
        Exchange(who=who, asked=asked, answered=answered, times=n)
        for (who, asked, answered), n in told.items()
    )


def _asked(call: Call, scene: _Scene) -> Both:
    put = _ASKED.get(call.op)
    return put(call.args, scene) if put else same(call.op)


def _request(args: Mapping[str, Any], scene: _Scene) -> Both:
    user, whom = scene.name(args["user"]), flows.whom(args, scene.labels)
    return Both(ja=f"{user} が {whom.ja} の登録情報を依頼", en=f"{user} requests the data of {whom.en}")


_LOOKS: Mapping[str, Both] = {
    "record": Both(ja="記録", en="the record"),
    "business": Both(ja="事業者情報", en="the business"),
    "list": Both(ja="一覧", en="the list"),
    "search": Both(ja="検索", en="search"),
    "count": Both(ja="件数", en="the count"),
}


def _view(args: Mapping[str, Any], scene: _Scene) -> Both:
    user, what = scene.name(args["user"]), _LOOKS.get(args["what"], same(args["what"]))
    about = args["subject"] or args["query"]
    if not about:
        return Both(ja=f"{user} が{what.ja}を見る", en=f"{user} looks at {what.en}")
    if args["query"] and not args["subject"]:
        return _search(user, what, scene.values.get(about))
    if about not in scene.labels:
        # Two ids that were never issued stand for all of them: what they get is what nobody may be told apart from.
        return Both(
            ja=f"{user} が未発行のIDを{what.ja}で探す", en=f"{user} tries an id never issued: {what.en}"
        )
    label = scene.name(about)
    if args.get("credential") == "leaked":
        return Both(
            ja=f"公開された {user} の認証情報で {label} を{what.ja}で探す",
            en=f"somebody with the published credential of {user} looks for {label}: {what.en}",
        )
    return Both(ja=f"{user} が {label} を{what.ja}で探す", en=f"{user} looks for {label}: {what.en}")


def _search(user: str, what: Both, owner: str | None) -> Both:
    if owner is None:
        return Both(
            ja=f"{user} が誰のものでもない値で{what.ja}", en=f"{user}: {what.en} for a value of nobody"
        )
    return Both(ja=f"{user} が {owner} の値で{what.ja}", en=f"{user}: {what.en} for a value of {owner}")


def _fixed(ja: str, en: str) -> Callable[[Mapping[str, Any], _Scene], Both]:
    return lambda _args, _scene: Both(ja=ja, en=en)


_ASKED: Mapping[str, Callable[[Mapping[str, Any], _Scene], Both]] = {
    "request": _request,
    "view": _view,
    "start": _fixed("世界の始まりの時刻", "when the world begins"),
    "world": _fixed("試験用の世界を読み込む", "load the test world"),
    "ledger": _fixed("台帳を読む", "read the ledger"),
    "holdings": _fixed("保有データをすべて出す", "hand out all holdings"),
    "scan": _fixed("保管先を直接読む", "read the stores themselves"),
    "advance": _fixed("時計を進める", "move the clock"),
    "clock": _fixed("時計を進める", "move the clock"),
    "export": _fixed("データを書き出す", "export data"),
    "edit": _fixed("利用者が値を書き換える", "a user changes a value"),
    "contract": _fixed("契約を終わらせる", "end the agreement"),
    "announce": _fixed("甲に知らせる", "tell the operator"),
    "inbox": _fixed("乙の受付を見る", "look into the Fund's inbox"),
    "traces": _fixed("残った記録にIDやハッシュ値がないか見る", "look for ids and hashes in what stays"),
    "commitment": _fixed("提供の約定を計算する", "compute the commitment to what was provided"),
    "fault": _fixed("CCUSの誤りを仕込む", "make CCUS err"),
    "mend": _fixed("CCUSの誤りを直す", "mend CCUS"),
    "registry": _fixed("CCUSの登録を変える", "change what CCUS has on record"),
    "relate": _fixed("所属や現場の体制を変える", "change who belongs where"),
    "cancel": _fixed("入場を取り消す", "cancel an entry"),
    "enter": _fixed("入場を記録する", "record an entry"),
    "account": _fixed("利用者の登録を変える", "change an account"),
    "delegate": _fixed("代行者を登録する", "record a delegate"),
    "device": _fixed("端末で見る", "look on a device"),
    "share": _fixed("共有リンクや帳票を作る", "make a link or a report"),
    "fetch": _fixed("共有リンクや帳票を開く", "open a link or a report"),
    "reimport": _fixed("ファイルを読み込ませる", "load a file"),
    "copy": _fixed("名簿へ写す", "copy into a roster"),
    "backup": _fixed("控えを取る", "take a backup"),
    "restore": _fixed("控えを戻す", "restore a backup"),
    "audit_log": _fixed("依頼の記録を出す", "hand out the log of requests"),
    "view_log": _fixed("閲覧の記録を出す", "hand out the log of views"),
    "detections": _fixed("気付いたことを出す", "hand out what was noticed"),
    "egress": _fixed("外への送信を出す", "hand out what was sent elsewhere"),
    "info": _fixed("名前と版を尋ねる", "ask for name and version"),
    "honest_request": _fixed("模擬の利用者が正しく依頼する", "an honest request, made by the suite"),
    "verify": _fixed("台帳の鎖を検める", "verify the chain of the ledger"),
    "retain": _fixed("継続保有の条件を変える", "change the conditions of retention"),
    "contain": _fixed("経路を閉じる", "close a path"),
}


def _answered(call: Call, scene: _Scene) -> Both:
    if call.status != "answered":
        return word("answer", call.status)
    read = _ANSWERED.get((call.who, call.op))
    return read(call, scene) if read else _plain(call)


def _plain(call: Call) -> Both:
    answer = call.answer.get("value")
    if not isinstance(answer, dict) or "outcome" not in answer:
        return same(answer) if isinstance(answer, str) else word("answer", call.status)
    value = cast("Mapping[str, Any]", answer)
    outcome = _OUTCOMES.get(value["outcome"], same(str(value["outcome"])))
    said = _cut(value.get("reason") or _page(value))
    return Both(ja=f"{outcome.ja}「{said}」", en=outcome.en) if said else outcome


_OUTCOMES: Mapping[str, Both] = {
    "done": Both(ja="応じた", en="done"),
    "refused": Both(ja="断った", en="refused"),
    "pending": Both(ja="処理待ち", en="pending"),
}


def _page(value: Mapping[str, Any]) -> str:
    """The words of the page that a user got."""
    pages = [each for each in value["artefacts"] if str(each["media_type"]).startswith("text/html")]
    texts = [base64.b64decode(each["body"]).decode("utf-8", errors="replace") for each in pages]
    return one_line(" ".join(_TAG.sub(" ", text) for text in texts))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


_NOTHING_NEW = Both(ja="新しい依頼も提供もない", en="no new request, no new provision")


def _ledger(_call: Call, scene: _Scene) -> Both:
    lines = [line for entry in scene.new if (line := _entry(entry, scene))]
    if not lines:
        return _NOTHING_NEW
    return Both(ja="、".join(line.ja for line in lines), en="; ".join(line.en for line in lines))


def _entry(entry: flows.Entry, scene: _Scene) -> Both | None:
    body = entry["body"]
    if entry["kind"] == "provision.collected":
        whose, items = scene.name(body["id"]), len(body["items"])
        return Both(ja=f"{whose} の {items} 項目を提供", en=f"{items} items of {whose} provided")
    if entry["kind"] not in flows.ASKED:
        return None
    user, whom = scene.name(body["user"]), scene.names([each["id"] for each in body["subjects"]])
    if entry["kind"] == "request.accepted":
        return Both(
            ja=f"{user} の名義で {whom} の依頼を受付", en=f"request for {whom} accepted, made as {user}"
        )
    return Both(ja=f"{user} の名義の {whom} の依頼を拒否", en=f"request for {whom} refused, made as {user}")


def _holdings(call: Call, scene: _Scene) -> Both:
    counted = flows.marks_in(call, scene.layout)
    if counted is None:
        return Both(ja="読めない", en="cannot be read")
    if not counted:
        return Both(ja="何も保有していない", en="nothing is kept")
    told = [_kept(scene.name(identity), marks) for identity, marks in counted.items()]
    return Both(ja="、".join(one.ja for one in told), en=", ".join(one.en for one in told))


_MARKS: Mapping[bool | None, Both] = {
    True: Both(ja="CCUS由来", en="from CCUS"),
    False: Both(ja="利用者の入力", en="typed by users"),
    None: Both(ja="印なし", en="not marked"),
}


def _kept(name: str, marks: Mapping[bool | None, int]) -> Both:
    items = sum(marks.values())
    ja = "・".join(f"{said.ja} {marks[state]}" for state, said in _MARKS.items() if marks.get(state))
    en = ", ".join(f"{marks[state]} {said.en}" for state, said in _MARKS.items() if marks.get(state))
    return Both(ja=f"{name} の {items} 項目（{ja}）", en=f"{items} items of {name} ({en})")


_DIGEST = 8


def _inbox(call: Call, _scene: _Scene) -> Both:
    items: list[Mapping[str, Any]] = call.answer["value"]["items"]
    if not items:
        return Both(ja="何も届いていない", en="nothing has arrived")
    told = [_letter(each) for each in items]
    return Both(ja="、".join(one.ja for one in told), en=", ".join(one.en for one in told))


_NATURES: Mapping[str, Both] = {
    "leak": Both(ja="漏えい", en="leak"),
    "purpose_misuse": Both(ja="目的外の利用", en="misuse"),
}


def _letter(item: Mapping[str, Any]) -> Both:
    said = _mapping(item.get("document"))
    if item.get("kind") == "certificate":
        return _certificate(said)
    if item.get("kind") == "retention_claim":
        return Both(ja="継続保有の申出", en="a claim of retention")
    natures = [_NATURES.get(name, same(name)) for name in _texts(said.get("nature"))]
    ja, en = "・".join(each.ja for each in natures), ", ".join(each.en for each in natures)
    return Both(ja=f"通知（{ja}）", en=f"a notice ({en})")


def _mapping(value: Any) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}


def _texts(value: Any) -> list[str]:
    """A letter may say one thing or several; what is neither text nor a list of it says nothing."""
    several = cast("list[Any]", value) if isinstance(value, list) else [value]
    return [each for each in several if isinstance(each, str)]


def _certificate(said: Mapping[str, Any]) -> Both:
    disposed = _mapping(said.get("counts")).get("disposed")
    root = str(_mapping(said.get("commitment")).get("root", ""))[:_DIGEST]
    return Both(
        ja=f"廃棄証明書（廃棄 {disposed} 件、約定 {root}）",
        en=f"a certificate ({disposed} disposed, commitment {root})",
    )


def _commitment(call: Call, _scene: _Scene) -> Both:
    value: Mapping[str, Any] = call.answer["value"]
    root = str(value.get("root"))[:_DIGEST]
    return Both(
        ja=f"提供 {value.get('leaf_count')} 件、約定 {root}",
        en=f"{value.get('leaf_count')} provided, commitment {root}",
    )


def _scan(call: Call, scene: _Scene) -> Both:
    stores: list[Mapping[str, Any]] = call.answer["value"]["stores"]
    found = {
        store["id"]: scene.names(list(dict.fromkeys(owner for owner, _, _ in store["hits"])))
        for store in stores
    }
    return Both(
        ja="、".join(f"{store}: {whose or 'なし'}" for store, whose in found.items()),
        en=", ".join(f"{store}: {whose or 'nobody'}" for store, whose in found.items()),
    )


_ANSWERED: Mapping[tuple[str, str], Callable[[Call, _Scene], Both]] = {
    ("simulator", "ledger"): _ledger,
    ("simulator", "inbox"): _inbox,
    ("simulator", "commitment"): _commitment,
    ("candidate", "holdings"): _holdings,
    ("stores", "scan"): _scan,
}
