"""The contractor trees of a world, drawn: one firm to a box, who entered under it beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

TIER: Final = 150
ROW: Final = 44
BOX: Final = (104, 30)
MARGIN: Final = 16
DEEPEST: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A firm at one place of the tree: its tier, its row, and how it is linked to the firm above."""

    firm: str
    tier: int
    row: float
    link: Mapping[str, Any] | None
    above: float | None

    @property
    def left(self) -> float:
        return MARGIN + self.tier * TIER

    @property
    def middle(self) -> float:
        return MARGIN + self.row * ROW + BOX[1] / 2


def nodes(site: Mapping[str, Any], links: Sequence[Mapping[str, Any]]) -> list[Node]:
    """Lay the tree of a site out: the prime at the left, each firm right of the one above it."""
    free = iter(range(10_000))
    placed: list[Node] = []

    def place(firm: str, path: tuple[str, ...], link: Mapping[str, Any] | None) -> float:
        below = [one for one in links if one["parent"] == firm and one["child"] not in path]
        rows = (
            [place(one["child"], (*path, one["child"]), one) for one in below] if len(path) < DEEPEST else []
        )
        row = sum(rows) / len(rows) if rows else float(next(free))
        placed.append(Node(firm=firm, tier=len(path) - 1, row=row, link=link, above=None))
        return row

    place(site["prime"], (site["prime"],), None)
    return _joined(placed)


def _joined(placed: list[Node]) -> list[Node]:
    """Tell each node the row of the firm above it, which is placed after all that are below."""
    joined: list[Node] = []
    for order, node in enumerate(placed):
        later = (other for other in placed[order + 1 :] if other.tier == node.tier - 1)
        above = next(later, None) if node.link else None
        joined.append(
            Node(
                firm=node.firm,
                tier=node.tier,
                row=node.row,
                link=node.link,
                above=above.middle if above else None,
            )
        )
    return joined


def drawing(
    site: Mapping[str, Any], links: Sequence[Mapping[str, Any]], entered: Mapping[str, str]
) -> Markup:
    """Draw the tree of a site as SVG; `entered` says for a firm who entered under it."""
    laid = nodes(site, links)
    width = MARGIN * 2 + (1 + max(node.tier for node in laid)) * TIER
    height = MARGIN * 2 + (1 + max(node.row for node in laid)) * ROW
    parts = Markup("").join([*(_edge(node) for node in laid), *(_box(node, site, entered) for node in laid)])
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{w}" height="{h}" viewBox="0 0 {w} {h}">'
        "<title>{title}</title>{parts}</svg>"
    ).format(w=int(width), h=int(height), title=_in_words(site, laid), parts=parts)


def _in_words(site: Mapping[str, Any], laid: list[Node]) -> str:
    chains = "、".join(f"{node.link['parent']}の下に{node.firm}" for node in laid if node.link)
    return f"{site['label']}: 元請 {site['prime']}。{chains}"


def _edge(node: Node) -> Markup:
    if node.above is None or node.link is None:
        return Markup("")
    style = {"pending": "waiting", "withdrawn": "gone"}.get(node.link["status"], "firm")
    start = node.left - TIER + BOX[0]
    middle = node.left - (TIER - BOX[0]) / 2
    path = f"M{start} {node.above:.0f}H{middle:.0f}V{node.middle:.0f}H{node.left}"
    words = "・".join(_of_the_link(node.link))
    label = Markup('<text class="when" x="{x}" y="{y:.0f}">{words}</text>').format(
        x=node.left, y=node.middle - BOX[1] / 2 - 3, words=words
    )
    return Markup('<path class="{style}" d="{path}"/>').format(style=style, path=path) + (
        label if words else Markup("")
    )


def _of_the_link(link: Mapping[str, Any]) -> Iterator[str]:
    if link["status"] != "approved":
        yield {"pending": "要請中", "withdrawn": "取下げ"}[link["status"]]
    if link.get("since_shown"):
        yield f"{link['from'][5:10]} から"
    if link["to"]:
        yield f"{link['to'][5:10]} まで"


def _box(node: Node, site: Mapping[str, Any], entered: Mapping[str, str]) -> Markup:
    top = node.middle - BOX[1] / 2
    partners = "・".join(["", *site.get("jv_members", [])]) if node.link is None else ""
    return Markup(
        '<rect class="{sort}" x="{x}" y="{y:.0f}" width="{w}" height="{h}" rx="4"/>'
        '<text class="firm" x="{tx}" y="{ty:.0f}">{firm}</text>'
        '<text class="people" x="{tx}" y="{py:.0f}">{people}</text>'
    ).format(
        sort="prime" if node.link is None else "box",
        x=node.left,
        y=top,
        w=BOX[0],
        h=BOX[1],
        tx=node.left + 6,
        ty=top + 13,
        py=top + 25,
        firm=node.firm + partners,
        people=entered.get(node.firm, ""),
    )
