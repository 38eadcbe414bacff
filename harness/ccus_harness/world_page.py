"""A world on paper: one page with its trees and who may see whom, and the same as CSV tables."""

from __future__ import annotations

import csv
from importlib.resources import files
from io import StringIO
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment, StrictUndefined

from ccus_harness import world_tree
from ccus_harness.instruments import scope
from ccus_harness.instruments.world import World
from ccus_simulator import worlds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ccus_simulator.worlds import WorldFile

Record = dict[str, Any]
MARKS: Final = {"affiliated": "所", "prime": "元", "upper": "上", "none": "", "self": ""}
ROLES: Final = {"member": "利用者", "client": "発注者", "staff": "甲の職員", "guest": "部外者"}
KINDS: Final = {"main": "主", "sub": "従"}
UTF_8_OF_SPREADSHEETS: Final = "utf-8-sig"


def page(world_file: WorldFile, notes: Mapping[str, str], *, seed: int, number: int) -> str:
    """Write the world as one page that needs nothing beside it; `notes` explain labels."""
    document = worlds.instantiate(world_file, seed=seed, number=number)
    tables = _tables(document)
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=False)
    template = environment.from_string(
        files("ccus_harness").joinpath("world_page.html.j2").read_text(encoding="utf-8")
    )
    noted = {name: [{**row, "note": notes.get(row["label"], "")} for row in tables[name]] for name in _NOTED}
    return template.render(
        title=world_file.title,
        now=world_file.now,
        contract=document["contract"],
        sites=list(_drawn_sites(document)),
        people=[one["label"] for one in document["technicians"]],
        grid=_grid(document),
        **noted,
    )


def sheets(world_file: WorldFile, *, seed: int, number: int) -> dict[str, str]:
    """Write the world as CSV texts by file name."""
    tables = _tables(worlds.instantiate(world_file, seed=seed, number=number))
    return {f"{name}.csv": _csv(_HEADINGS[name], rows) for name, rows in tables.items()}


_NOTED: Final = ("businesses", "technicians", "accounts")
_HEADINGS: Final[Mapping[str, Mapping[str, str]]] = {
    "businesses": {"label": "名", "id": "事業者ID", "user": "利用者", "registered": "CCUS登録"},
    "technicians": {"label": "名", "id": "技能者ID", "firms": "所属"},
    "affiliations": {
        "technician": "技能者",
        "business": "事業者",
        "kind": "主従",
        "from": "から",
        "to": "まで",
    },
    "sites": {"label": "現場", "id": "現場ID", "prime": "元請", "partners": "構成員", "client": "発注者"},
    "links": {
        "site": "現場",
        "parent": "上位",
        "child": "下位",
        "status": "状態",
        "from": "から",
        "to": "まで",
    },
    "entries": {
        "id": "入場",
        "technician": "技能者",
        "site": "現場",
        "under": "入場した会社",
        "at": "入場",
        "known_at": "登録",
        "cancelled_at": "取消",
    },
    "accounts": {"label": "名", "id": "利用者ID", "role": "立場", "stands_for": "会社・本人"},
}


def _tables(document: Mapping[str, Any]) -> dict[str, list[Record]]:
    label = _labels(document)
    return {
        "businesses": [
            {**one, "user": _yes(one["user"]), "registered": _yes(one.get("registered", True))}
            for one in document["businesses"]
        ],
        "technicians": [
            {**one, "firms": _firms(document, one["id"], label)} for one in document["technicians"]
        ],
        "affiliations": [
            {
                **one,
                "technician": label[one["technician"]],
                "business": label[one["business"]],
                "kind": KINDS[one["kind"]],
            }
            for one in document["affiliations"]
        ],
        "sites": [_site(one, label) for one in document["sites"]],
        "links": [_link(site, link, label) for site in document["sites"] for link in site["links"]],
        "entries": [
            {**one, **{key: label[one[key]] for key in ("technician", "site", "under")}}
            for one in document["entries"]
        ],
        "accounts": [_account(one, label) for one in document["accounts"]],
    }


def _labels(document: Mapping[str, Any]) -> dict[str, str]:
    sections = ("businesses", "technicians", "sites")
    return {member["id"]: member["label"] for section in sections for member in document[section]}


def _site(site: Mapping[str, Any], label: Mapping[str, str]) -> Record:
    return {
        "label": site["label"],
        "id": site["id"],
        "prime": label[site["prime"]],
        "partners": "、".join(label[one] for one in site.get("jv_members", [])),
        "client": label.get(site["client"] or "", ""),
    }


def _link(site: Mapping[str, Any], link: Mapping[str, Any], label: Mapping[str, str]) -> Record:
    return {**link, "site": site["label"], "parent": label[link["parent"]], "child": label[link["child"]]}


def _account(account: Mapping[str, Any], label: Mapping[str, str]) -> Record:
    stands_for = [*account["businesses"], *([account["technician"]] if account["technician"] else [])]
    return {
        "label": account["label"],
        "id": account["id"],
        "role": ROLES[account["role"]],
        "stands_for": "、".join(label[one] for one in stands_for),
    }


def _firms(document: Mapping[str, Any], technician: str, label: Mapping[str, str]) -> str:
    belongs = [one for one in document["affiliations"] if one["technician"] == technician]
    return "、".join(
        f"{label[one['business']]}（{KINDS[one['kind']]}{'、' + one['to'][:10] + 'まで' if one['to'] else ''}）"
        for one in belongs
    )


def _yes(value: object) -> str:
    return "○" if value else "×"


def _drawn_sites(document: Mapping[str, Any]) -> Iterator[Record]:
    label = _labels(document)
    signed = f"{document['contract']['signed_on']}T00:00:00+09:00"
    for site in document["sites"]:
        named = {
            **site,
            "prime": label[site["prime"]],
            "jv_members": [label[one] for one in site.get("jv_members", [])],
        }
        links = [
            {**_link(site, link, label), "since_shown": link["from"] != signed} for link in site["links"]
        ]
        entered = _entered(document, site, label)
        yield {
            "label": site["label"],
            "client": label.get(site["client"] or "", ""),
            "partners": named["jv_members"],
            "tree": world_tree.drawing(named, links, entered),
        }


def _entered(
    document: Mapping[str, Any], site: Mapping[str, Any], label: Mapping[str, str]
) -> dict[str, str]:
    """Name the people who entered under each firm; members of a joint venture share the box of the prime."""
    of_the_prime = {site["prime"], *site.get("jv_members", [])}
    under: dict[str, list[str]] = {}
    for entry in document["entries"]:
        if entry["site"] == site["id"]:
            firm = site["prime"] if entry["under"] in of_the_prime else entry["under"]
            mark = _state(entry, document["now"])
            under.setdefault(label[firm], []).append(label[entry["technician"]] + mark)
    return {firm: "、".join(people) for firm, people in under.items()}


def _state(entry: Mapping[str, Any], now: str) -> str:
    if entry["cancelled_at"]:
        return "（消）"
    if entry["at"] > now:
        return "（予）"
    return "（遅）" if entry["known_at"] > now else ""


def _grid(document: Mapping[str, Any]) -> list[Record]:
    world = World.of(document)
    decided = scope.matrix(world, world.now)
    return [
        {
            "firm": firm.label,
            "marks": [MARKS[decided[firm.id, one.id].relation] for one in world.technicians],
        }
        for firm in world.businesses
    ]


def _csv(headings: Mapping[str, str], rows: Sequence[Record]) -> str:
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(headings.values())
    writer.writerows(["" if row[key] is None else row[key] for key in headings] for row in rows)
    return text.getvalue()
