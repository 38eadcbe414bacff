"""第2条2 before any run: the contractor trees of a world, who may see whom in it and why, and what readings change."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from ccus_harness import world_tree
from ccus_harness.instruments import scope, scope_sets
from ccus_harness.instruments.scope_terms import OPTIONS
from ccus_harness.instruments.world import World
from ccus_harness.readings import load_readings
from ccus_harness.runs import DEFAULT_SEED
from ccus_harness.showing.bilingual import Both, same, stacked
from ccus_harness.showing.canvas import SMALL, Lettering, Sheet, Stroke
from ccus_harness.showing.pictures import Picture
from ccus_harness.showing.scope import HIGH, LEFT, REASONS, WIDE
from ccus_harness.showing.tables import Table
from ccus_simulator import worlds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ccus_harness.instruments.scope import Cell
    from ccus_harness.instruments.scope_terms import Decision
    from ccus_harness.instruments.world import Entry, Site
    from ccus_harness.world_tree import Node

SHOWN_NUMBER: Final = 1_000
"""The number under which a world is shown; no run takes it."""


class OtherDecision(AssertionError):
    """A page says of a pair that one may see the other or may not, and the rule says otherwise."""

    def __init__(self, viewer: str, technician: str, *, may: bool) -> None:
        super().__init__(viewer, technician)
        self.viewer = viewer
        self.technician = technician
        self.may = may

    def __str__(self) -> str:
        return (
            f"{self.viewer} は {self.technician} を{'見てよい' if self.may else '見てはならない'}。このページの説明と違います。"
            f" / {self.viewer} may {'' if self.may else 'not '}see {self.technician}; this page says otherwise."
        )


class Disagreeing(AssertionError):
    """The two ways to work the rule out do not agree, so neither can be shown as the rule."""

    def __init__(self, cells: list[Cell]) -> None:
        super().__init__(cells)
        self.cells = cells


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A world to look at: as a document and as the rule reads it, with the labels of who and what is in it."""

    document: Mapping[str, Any]
    world: World
    labels: Mapping[str, str]

    def identity(self, label: str) -> str:
        return next(identity for identity, known in self.labels.items() if known == label)


def world(name: str = "standard") -> Shown:
    """A world that comes along, by its name."""
    document = worlds.instantiate(worlds.shipped(name), seed=DEFAULT_SEED, number=SHOWN_NUMBER)
    kinds = ("businesses", "technicians", "sites")
    labels = {each["id"]: each["label"] for kind in kinds for each in document[kind]}
    return Shown(document=document, world=World.of(document), labels=labels)


# -- the trees -----------------------------------------------------------------------------------------

_TIER, _ROW, _BOX, _HEAD = 215, 62, (128, 40), 48
_FIRM, _PRIME = "#eef3fa", "#dbe7f6"
_LINKS: Mapping[str, tuple[Stroke, Both]] = {
    "approved": (Stroke(), same("")),
    "pending": (Stroke(dashed=True, colour="#b4441f"), Both(ja="要請中", en="asked for")),
    "withdrawn": (Stroke(dashed=True, colour="#999999"), Both(ja="取下げ", en="withdrawn")),
}


def trees(shown: Shown) -> Picture:
    """The contractor tree of every site, each firm with those who entered under it."""
    laid = [(site, world_tree.nodes(*_named(shown, site))) for site in shown.document["sites"]]
    rows = [1 + max(node.row for node in nodes) for _, nodes in laid]
    deepest = max(node.tier for _, nodes in laid for node in nodes)
    sheet = Sheet(16 + (deepest + 1) * _TIER, sum(rows) * _ROW + len(laid) * _HEAD)
    top = 0.0
    for (site, nodes), high in zip(laid, rows, strict=True):
        _site(sheet, shown, site, nodes, top)
        top += _HEAD + high * _ROW
    sites, links = len(laid), sum(len(site["links"]) for site, _ in laid)
    told = Both(
        ja=f"{sites} つの現場の体制。左端が元請、右へ行くほど下位で、線は {links} 本。四角の中は、その会社の下で入場した技能者。"
        "（消）は取り消された入場、（予）は予定、（遅）はまだ知られていない入場。点線は承認されていない関係。",
        en=f"The trees of {sites} sites with {links} links: prime contractors at the left, lower tiers to the right. In each box "
        "those who entered under that firm; 消 was cancelled, 予 is planned, 遅 is not known yet. Dashed: not approved.",
    )
    return Picture(sheet.chart(), told=told)


def _named(shown: Shown, site: Mapping[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    name = shown.labels
    links = [{**link, "parent": name[link["parent"]], "child": name[link["child"]]} for link in site["links"]]
    return {**site, "prime": name[site["prime"]]}, links


def _site(sheet: Sheet, shown: Shown, site: Mapping[str, Any], nodes: list[Node], top: float) -> None:
    name = shown.labels
    partners = "・".join(name[one] for one in site.get("jv_members", []))
    client = name.get(site["client"] or "", "")
    ja = [
        site["label"],
        f"発注者 {client}" if client else "",
        f"共同企業体の構成員 {partners}" if partners else "",
    ]
    en = [
        f"site {site['label']}",
        f"client {client}" if client else "",
        f"partner {partners}" if partners else "",
    ]
    sheet.write((0, top + 14), "　".join(part for part in ja if part), Lettering(size=14, bold=True))
    sheet.write((0, top + 32), ", ".join(part for part in en if part), SMALL)
    for node in nodes:
        _edge(sheet, node, top + _HEAD)
        unknown = any(one.label == node.firm and not one.registered for one in shown.world.businesses)
        people = ["CCUSに登録なし" if unknown else "", *_entered(shown, site, node)]
        _firm(sheet, node, people, top + _HEAD)


def _place(node: Node, top: float) -> tuple[float, float]:
    return 4 + node.tier * _TIER, top + node.row * _ROW


def _edge(sheet: Sheet, node: Node, top: float) -> None:
    if node.link is None or node.above is None:
        return
    stroke, word = _LINKS[node.link["status"]]
    x, y = _place(node, top)
    # The row of the firm above, back from the place that the paper drawing gave it.
    above = (
        top + (node.above - world_tree.MARGIN - world_tree.BOX[1] / 2) / world_tree.ROW * _ROW + _BOX[1] / 2
    )
    middle, start, level = x - 62, x - _TIER + _BOX[0], y + _BOX[1] / 2
    for begin, end in (
        ((start, above), (middle, above)),
        ((middle, above), (middle, level)),
        ((middle, level), (x, level)),
    ):
        sheet.line(begin, end, stroke)
    said = [word.ja, *_dates(node.link)]
    sheet.write((middle + 4, level - 8), " ".join(part for part in said if part), Lettering(size=11))
    sheet.write((middle + 4, level + 9), word.en, SMALL)


def _dates(link: Mapping[str, Any]) -> Iterator[str]:
    if link["to"]:
        yield f"〜{link['to'][5:10]}"
    elif link["from"][:10] > "2026-04-01":
        yield f"{link['from'][5:10]}〜"


def _firm(sheet: Sheet, node: Node, people: list[str], top: float) -> None:
    x, y = _place(node, top)
    sheet.box((x, y), _BOX, _FIRM if node.link else _PRIME)
    sheet.write((x + 8, y + 12), node.firm if node.link else f"{node.firm} 元請 prime", Lettering(bold=True))
    sheet.write((x + 8, y + 29), " ".join(filter(None, people)), Lettering(size=11))


def _entered(shown: Shown, site: Mapping[str, Any], node: Node) -> list[str]:
    """Who entered under a firm while it stood at this place; members of a joint venture share the box of the prime."""
    of_the_prime = {site["prime"], *site.get("jv_members", [])}
    here = [entry for entry in shown.document["entries"] if entry["site"] == site["id"]]
    if node.link is None:
        own = [entry for entry in here if entry["under"] in of_the_prime]
    else:
        own = [
            entry
            for entry in here
            if shown.labels[entry["under"]] == node.firm and _held(node.link, entry["at"])
        ]
    return [shown.labels[entry["technician"]] + _state(entry, shown.document["now"]) for entry in own]


def _held(link: Mapping[str, Any], at: str) -> bool:
    return link["status"] == "approved" and link["from"] <= at and (link["to"] is None or at < link["to"])


def _state(entry: Mapping[str, Any], now: str) -> str:
    if entry["cancelled_at"]:
        return "(消)"
    return "(予)" if entry["at"] > now else "(遅)" if entry["known_at"] > now else ""


# -- who may see whom --------------------------------------------------------------------------------------

_RELATIONS: Mapping[str, tuple[str, str, Both]] = {
    "affiliated": ("所", "#d5ecd4", Both(ja="所属事業者", en="affiliated business")),
    "prime": ("元", "#dbe7f6", Both(ja="元請", en="prime contractor")),
    "upper": ("上", "#f5e9c8", Both(ja="上位下請", en="upper tier")),
    "none": ("・", "#f7f7f7", Both(ja="見てはならない", en="must not see")),
}
_CONTESTED = Stroke(width=2.5, colour="#b4441f", dashed=True)
_TOP = 84


def who_may(shown: Shown) -> Picture:
    """Who may see whom under the declared readings, with a mark on every pair that another reading turns round."""
    decided = scope.matrix(shown.world, shown.world.now)
    open_cells = scope.contested(shown.world, shown.world.now)
    firms, people = shown.world.businesses, shown.world.technicians
    sheet = Sheet(LEFT + len(people) * WIDE, _TOP + len(firms) * HIGH + 4)
    _legend(sheet)
    for column, one in enumerate(people):
        sheet.write((LEFT + column * WIDE + WIDE / 2, _TOP - 12), one.label, Lettering(align="center"))
    for row, firm in enumerate(firms):
        sheet.write((LEFT - 10, _TOP + row * HIGH + HIGH / 2), firm.label, Lettering(align="right"))
        for column, one in enumerate(people):
            cell = firm.id, one.id
            at = LEFT + column * WIDE, _TOP + row * HIGH
            _cell(sheet, decided[cell], at, turns=cell in open_cells)
    pairs = [(firm.id, one.id) for firm in firms for one in people]
    allowed, turning = sum(decided[pair].allowed for pair in pairs), sum(pair in open_cells for pair in pairs)
    told = Both(
        ja=f"行は見る事業者、列は見られる技能者。{len(pairs)} 組のうち見てよいものは {allowed}、"
        f"点線の {turning} 組は読み方によって変わる。",
        en=f"Lines are firms that look, columns technicians. {allowed} of {len(pairs)} pairs may; {turning}, dashed, "
        "turn round under another reading.",
    )
    return Picture(sheet.chart(), told=told)


def _legend(sheet: Sheet) -> None:
    for place, (sign, colour, name) in enumerate(_RELATIONS.values()):
        sheet.box((place * 165, 0), (24, 24), colour)
        sheet.write((place * 165 + 12, 12), sign, Lettering(align="center", bold=True))
        sheet.write((place * 165 + 32, 6), name.ja, Lettering(size=12))
        sheet.write((place * 165 + 32, 20), name.en, SMALL)
    sheet.box((660, 0), (24, 24), "#ffffff", _CONTESTED)
    sheet.write((692, 6), "読み方で変わる", Lettering(size=12))
    sheet.write((692, 20), "turns with a reading", SMALL)


def _cell(sheet: Sheet, decision: Decision, at: tuple[float, float], *, turns: bool) -> None:
    sign, colour, _ = _RELATIONS[decision.relation]
    size = WIDE - 6, HIGH - 6
    if turns:
        sheet.box(at, size, colour, _CONTESTED)
    else:
        sheet.box(at, size, colour)
    sheet.write(
        (at[0] + size[0] / 2, at[1] + size[1] / 2), sign, Lettering(size=14, align="center", bold=True)
    )


# -- why --------------------------------------------------------------------------------------------------


def why(shown: Shown, viewer: str, technician: str, *, may: bool) -> Table:
    """Why a firm may see a technician or may not, with the way up from each entry; raises `OtherDecision`."""
    firm, person, at = shown.identity(viewer), shown.identity(technician), shown.world.now
    decision = scope.may_view(shown.world, firm, person, at)
    if decision.allowed != may:
        raise OtherDecision(viewer, technician, may=decision.allowed)
    title = Both(
        ja=f"{viewer} は {technician} を{'見てよい' if may else '見てはならない'}",
        en=f"{viewer} {'may' if may else 'must not'} see {technician}",
    )
    turns = [
        f"{reading}={option}"
        for reading, options in OPTIONS.items()
        for option in options
        if scope.may_view(shown.world, firm, person, at, {reading: option}).allowed != may
    ]
    lines = [
        (Both(ja="理由", en="Reason"), REASONS[decision.reason]),
        (Both(ja="所属", en="Belongs to"), _firms(shown, person)),
        *(
            (
                Both(
                    ja=f"現場 {shown.labels[entry.site]} への入場", en=f"Entry at {shown.labels[entry.site]}"
                ),
                said,
            )
            for entry, said in _entries(shown, person)
        ),
        (Both(ja="読み方で変わるか", en="Turns with a reading"), same("、".join(turns)) if turns else _NEVER),
    ]
    return Table(f"why-{viewer}-{technician}".lower(), title, (_ASKED, _ANSWER), lines, widths=(28, 72))


_ASKED, _ANSWER = Both(ja="見るところ", en="What counts"), Both(ja="どうなっているか", en="How it stands")
_NEVER = Both(ja="どの読み方でも変わらない", en="no reading turns it round")


def _firms(shown: Shown, person: str) -> Both:
    kinds = {"main": Both(ja="主", en="main"), "sub": Both(ja="従", en="side")}
    own = [one for one in shown.world.affiliations if one.technician == person]
    current = [(shown.labels[one.business], kinds[one.kind]) for one in own if one.holds(shown.world.now)]
    return Both(
        ja="、".join(f"{firm}（{kind.ja}）" for firm, kind in current),
        en=", ".join(f"{firm} ({kind.en})" for firm, kind in current),
    )


def _entries(shown: Shown, person: str) -> Iterator[tuple[Entry, Both]]:
    sites = {site.id: site for site in shown.world.sites}
    for entry in shown.world.entries:
        if entry.technician == person:
            way = " → ".join(shown.labels[firm] for firm in _upward(sites[entry.site], entry))
            yield (
                entry,
                Both(
                    ja=f"{shown.labels[entry.under]} の下で入場。上への道: {way}",
                    en=f"entered under {shown.labels[entry.under]}; the way up: {way}",
                ),
            )


def _upward(site: Site, entry: Entry) -> Iterator[str]:
    """The firms from that of the entry up to the prime, by the links that held then."""
    firm, passed = entry.under, set[str]()
    while firm not in passed:
        yield firm
        passed.add(firm)
        held = [
            link
            for link in site.links
            if link.child == firm and link.status == "approved" and link.holds(entry.at)
        ]
        if not held:
            return
        firm = held[0].parent


# -- readings compared ----------------------------------------------------------------------------------------


def compared(shown: Shown) -> Table:
    """What each other option of each open reading changes in this world, one reading varied at a time."""
    standing = scope.matrix(shown.world, shown.world.now)
    known = load_readings()
    lines: list[tuple[Both | Markup, ...]] = []
    for name, options in OPTIONS.items():
        reading = known[name]
        question = Both(ja=reading.question.text.ja, en=reading.question.text.en)
        meant = {option.name: Both(ja=option.text.ja, en=option.text.en) for option in reading.options}
        told = [_changed(shown, standing, name, option) for option in options[1:]]
        lines.append(
            (
                _broken(name),
                question,
                meant[options[0]],
                stacked([meant[one] for one in options[1:]]),
                stacked(told),
            )
        )
    title = Both(
        ja=f"{len(lines)} つの読み方と、ほかの読み方なら変わる組",
        en=f"{len(lines)} readings, and the pairs that another option turns",
    )
    head = (
        Both(ja="解釈", en="Reading"),
        Both(ja="問い（第9条）", en="Question (Art. 9)"),
        Both(ja="申告した読み方", en="Declared"),
        Both(ja="ほかの読み方", en="Other options"),
        Both(ja="変わる組", en="Pairs that turn"),
    )
    return Table("compared", title, head, lines, widths=(15, 28, 17, 19, 21))


def _broken(name: str) -> Markup:
    """A long name that may be broken behind its dots and lines."""
    return Markup("<wbr>").join(re.split(r"(?<=[._])", name))


_MOST = 5


def _changed(shown: Shown, standing: Mapping[Cell, Decision], reading: str, option: str) -> Both:
    other = scope.matrix(shown.world, shown.world.now, {reading: option})
    firms = {one.id for one in shown.world.businesses}
    turned = [cell for cell in other if cell[0] in firms and other[cell].allowed != standing[cell].allowed]
    named = [f"{shown.labels[viewer]}→{shown.labels[person]}" for viewer, person in turned]
    listed = "、".join(named[:_MOST]) + ("…" if len(named) > _MOST else "")
    return Both(ja=f"{len(turned)} 組 {listed}", en=f"{len(turned)} pairs")


def two_ways(shown: Shown) -> Both:
    """That two ways to work the rule out, written apart, agree on every pair under every option; raises `Disagreeing`."""
    pairs = 0
    for reading, options in OPTIONS.items():
        for option in options:
            walked, counted = (
                each.matrix(shown.world, shown.world.now, {reading: option}) for each in (scope, scope_sets)
            )
            if wrong := [cell for cell in walked if walked[cell].allowed != counted[cell].allowed]:
                raise Disagreeing(wrong)
            pairs += len(walked)
    return Both(
        ja=f"体制をたどる方法と、集合で求める方法とは、読み方を一つずつ変えた {pairs} の組のすべてで一致しました。",
        en=f"A walk through the trees and a computation with sets agree on all {pairs} pairs, one reading varied at a time.",
    )
