"""World files: a world as a person writes it, and how it becomes a world document with registry ids."""

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, Literal, cast

import yaml

from ccus_simulator.documents import Fault, MalformedDocument, faults_of
from ccus_simulator.ids import BUSINESS, SITE, TECHNICIAN, world_id, world_index

Role = Literal["member", "client", "staff", "guest"]
Kind = Literal["main", "sub"]
FIRST_WORLD: Final = 1_000
LAST_WORLD: Final = 9_999_999
LARGEST_FILE: Final = 8_000_000
ABOVE: Final = " > "
"""Stands between the firms of a chain, the higher one first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Business:
    """A firm of the world; a sole one is a 一人親方."""

    label: str
    user: bool = True
    sole: bool = False
    registered: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Affiliation:
    """A technician belongs to a firm for a while, as 主たる or 従たる所属."""

    technician: str
    business: str
    kind: Kind
    since: str
    until: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Technician:
    """A person of the world."""

    label: str
    sole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """At one site, the child firm works under the parent firm."""

    child: str
    parent: str
    status: str
    since: str
    until: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A construction site with its contractor tree; `partners` form a joint venture with the prime."""

    label: str
    prime: str
    partners: tuple[str, ...]
    client: str | None
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A technician entered a site under a firm."""

    technician: str
    site: str
    under: str
    at: str
    known_at: str
    cancelled_at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A login of a user: of firms, of a technician, or of nobody in the registry."""

    label: str
    businesses: tuple[str, ...]
    technician: str | None
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """The days of the contract and the reading of its last instant."""

    signed_on: str
    ends_on: str
    instant: Literal["24:00", "00:00"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldFile:
    """A world in labels; `instantiate` gives it registry ids."""

    title: str
    now: str
    term: Term
    processing_seconds: int
    businesses: tuple[Business, ...]
    technicians: tuple[Technician, ...]
    affiliations: tuple[Affiliation, ...]
    sites: tuple[Site, ...]
    entries: tuple[Entry, ...]
    accounts: tuple[Account, ...]


def names() -> tuple[str, ...]:
    """List the world files that ship with the simulator."""
    shipped = (entry.name for entry in files("ccus_simulator").joinpath("worldfiles").iterdir())
    return tuple(sorted(name.removesuffix(".yaml") for name in shipped if name.endswith(".yaml")))


@cache
def shipped(name: str) -> WorldFile:
    """Return a world file that ships with the simulator: `standard`, `tangled` or `tiny`."""
    if name not in names():
        text = f"{name!r} という世界はありません。{'、'.join(names())} から選んでください。"
        raise MalformedDocument("世界ファイル", (Fault(path="$", text=text),))
    return read(shipped_text(name), name)


def shipped_text(name: str) -> str:
    """Return a shipped world file as it was written."""
    return files("ccus_simulator").joinpath("worldfiles", f"{name}.yaml").read_text(encoding="utf-8")


def notes(text: str | bytes) -> dict[str, str]:
    """Return what a world file says about its firms, people and accounts, by label."""
    document, _ = parse(text, "世界ファイル")
    sections = (document[section] for section in ("businesses", "technicians", "accounts"))
    return {
        label: body["note"] for section in sections for label, body in section.items() if body.get("note")
    }


def load(path: Path) -> WorldFile:
    """Read a world file from disk; raises `MalformedDocument` with all of its faults."""
    return read(text_of(path), path.name)


def text_of(path: Path) -> str:
    """Read the text of a world file from disk, within bounds."""
    with path.open("rb") as file:
        data = file.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise MalformedDocument(path.name, (Fault(path="$", text="8 MB までにしてください。"),))
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        text = f"{error.start} バイト目が UTF-8 ではありません。UTF-8 で保存してください。"
        raise MalformedDocument(path.name, (Fault(path="$", text=text),)) from error


def read(text: str | bytes, what: str = "世界ファイル") -> WorldFile:
    """Read a world file from its text; raises `MalformedDocument` with all of its faults."""
    document, twice = parse(text, what)
    return of_document(document, what, twice)


def of_document(document: Any, what: str, known: tuple[Fault, ...] = ()) -> WorldFile:
    """Read a world file that is parsed already; `known` are the faults found in its text."""
    faults = (*known, *faults_of("world-file-1", document))
    if not faults:
        faults = tuple(_unknown_labels(document))
    if faults:
        raise MalformedDocument(what, faults)
    return _world_file(document)


def instantiate(world_file: WorldFile, *, seed: int, number: int, name: str | None = None) -> dict[str, Any]:
    """Give a world the registry ids of its number: the world document."""
    if not FIRST_WORLD <= number <= LAST_WORLD:
        text = f"世界番号 {number} は {FIRST_WORLD} から {LAST_WORLD} の間にしてください。"
        raise MalformedDocument("世界番号", (Fault(path="number", text=text),))
    ids = _Ids.of(world_file, number)
    return {
        "world": name or f"w{number:07d}",
        "seed": seed,
        "now": world_file.now,
        "contract": {
            "id": f"KYODO-{number:07d}",
            "nintei_contract_id": f"NINTEI-{number:07d}",
            "signed_on": world_file.term.signed_on,
            "ends_on": world_file.term.ends_on,
            "instant": world_file.term.instant,
        },
        "processing_seconds": world_file.processing_seconds,
        "businesses": [
            {
                "id": ids.businesses[b.label],
                "label": b.label,
                "user": b.user,
                **({} if b.registered else {"registered": False}),
            }
            for b in world_file.businesses
        ],
        "technicians": [{"id": ids.technicians[t.label], "label": t.label} for t in world_file.technicians],
        "affiliations": [_affiliation(a, ids) for a in world_file.affiliations],
        "sites": [_site(s, ids) for s in world_file.sites],
        "entries": [_entry(e, order, ids) for order, e in enumerate(world_file.entries, start=1)],
        "accounts": [_account(a, ids, number) for a in world_file.accounts],
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ids:
    businesses: Mapping[str, str]
    technicians: Mapping[str, str]
    sites: Mapping[str, str]

    @classmethod
    def of(cls, world_file: WorldFile, number: int) -> "_Ids":
        return cls(
            businesses=_numbered(BUSINESS, number, [(b.label, b.sole) for b in world_file.businesses]),
            technicians=_numbered(TECHNICIAN, number, [(t.label, t.sole) for t in world_file.technicians]),
            sites=_numbered(SITE, number, [(s.label, False) for s in world_file.sites]),
        )


def _numbered(kind: str, number: int, members: list[tuple[str, bool]]) -> dict[str, str]:
    counts = {False: 0, True: 0}
    ids: dict[str, str] = {}
    for label, sole in members:
        ids[label] = world_id(kind, number, world_index(counts[sole], sole=sole))
        counts[sole] += 1
    return ids


def _affiliation(affiliation: Affiliation, ids: _Ids) -> dict[str, Any]:
    return {
        "technician": ids.technicians[affiliation.technician],
        "business": ids.businesses[affiliation.business],
        "kind": affiliation.kind,
        "from": affiliation.since,
        "to": affiliation.until,
    }


def _site(site: Site, ids: _Ids) -> dict[str, Any]:
    return {
        "id": ids.sites[site.label],
        "label": site.label,
        "prime": ids.businesses[site.prime],
        "client": ids.businesses[site.client] if site.client else None,
        **({"jv_members": [ids.businesses[label] for label in site.partners]} if site.partners else {}),
        "links": [_link(link, ids) for link in site.links],
    }


def _link(link: Link, ids: _Ids) -> dict[str, Any]:
    return {
        "child": ids.businesses[link.child],
        "parent": ids.businesses[link.parent],
        "status": link.status,
        "from": link.since,
        "to": link.until,
    }


def _entry(entry: Entry, order: int, ids: _Ids) -> dict[str, Any]:
    return {
        "id": f"e{order}",
        "technician": ids.technicians[entry.technician],
        "site": ids.sites[entry.site],
        "under": ids.businesses[entry.under],
        "at": entry.at,
        "known_at": entry.known_at,
        "cancelled_at": entry.cancelled_at,
    }


def _account(account: Account, ids: _Ids, number: int) -> dict[str, Any]:
    return {
        "id": f"{account.label}-{number:07d}",
        "label": account.label,
        "businesses": [ids.businesses[label] for label in account.businesses],
        "technician": ids.technicians[account.technician] if account.technician else None,
        "role": account.role,
        "credential": f"secret:{account.label}",
    }


class _Loader(yaml.SafeLoader):
    """YAML without dates (they stay text) and without keys that silently replace each other."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML's own class attribute
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def __init__(self, stream: str | bytes) -> None:
        super().__init__(stream)
        self.twice: list[Fault] = []

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):  # pyright: ignore[reportUnknownMemberType]
            raise yaml.YAMLError("別名（*）は使えません。内容をそのまま書いてください。")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 - PyYAML's signature
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    text = f"「{key.value}」が二度あります。一つにしてください。"
                    self.twice.append(Fault(path=f"line {key.start_mark.line + 1}", text=text))
                seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


def parse(text: str | bytes, what: str) -> tuple[Any, tuple[Fault, ...]]:
    """Read YAML as data, with the faults that only its text shows."""
    try:
        loader = _Loader(text)
        return loader.get_single_data(), tuple(loader.twice)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        fault = Fault(path="$", text=f"YAML として読めません。書き方を直してください: {error}")
        raise MalformedDocument(what, (fault,)) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reference:
    path: str
    section: str
    label: str


def _unknown_labels(document: Mapping[str, Any]) -> Iterator[Fault]:
    for reference in _references(document):
        known = cast("Mapping[str, Any]", document[reference.section])
        if reference.label not in known:
            missing = f"「{reference.label}」は {reference.section} にありません。"
            text = f"{missing}書き加えるか、名前を直してください。"
            yield Fault(path=reference.path, text=text)


def _references(document: Mapping[str, Any]) -> Iterator[_Reference]:
    sections: Mapping[str, Callable[[str, Mapping[str, Any]], Iterator[_Reference]]] = {
        "technicians": _of_technician,
        "sites": _of_site,
        "accounts": _of_account,
    }
    for section, references in sections.items():
        for label, body in document[section].items():
            yield from references(f"$.{section}.{label}", body)
    for order, entry in enumerate(document.get("entries", [])):
        for key, section in (("technician", "technicians"), ("site", "sites"), ("under", "businesses")):
            yield _Reference(path=f"$.entries[{order}].{key}", section=section, label=entry[key])


def _of_technician(path: str, body: Mapping[str, Any]) -> Iterator[_Reference]:
    if "main" in body:
        yield _Reference(path=f"{path}.main", section="businesses", label=body["main"])
    for order, label in enumerate(body.get("sub", [])):
        yield _Reference(path=f"{path}.sub[{order}]", section="businesses", label=label)
    for order, past in enumerate(body.get("past", [])):
        yield _Reference(path=f"{path}.past[{order}].firm", section="businesses", label=past["firm"])


def _of_site(path: str, body: Mapping[str, Any]) -> Iterator[_Reference]:
    for key in ("prime", "client"):
        if key in body:
            yield _Reference(path=f"{path}.{key}", section="businesses", label=body[key])
    for order, label in enumerate(body.get("partners", [])):
        yield _Reference(path=f"{path}.partners[{order}]", section="businesses", label=label)
    for order, chain in enumerate(body.get("chains", [])):
        for label in dict.fromkeys(chain.split(ABOVE)):
            yield _Reference(path=f"{path}.chains[{order}]", section="businesses", label=label)
    for order, link in enumerate(body.get("links", [])):
        for key in ("child", "parent"):
            yield _Reference(path=f"{path}.links[{order}].{key}", section="businesses", label=link[key])


def _of_account(path: str, body: Mapping[str, Any]) -> Iterator[_Reference]:
    for order, label in enumerate(body.get("businesses", [])):
        yield _Reference(path=f"{path}.businesses[{order}]", section="businesses", label=label)
    if "technician" in body:
        yield _Reference(path=f"{path}.technician", section="technicians", label=body["technician"])


def _world_file(document: Mapping[str, Any]) -> WorldFile:
    term = document["contract"]
    signed = f"{term['signed_on']}T00:00:00+09:00"
    return WorldFile(
        title=document["title"],
        now=document["now"],
        term=Term(signed_on=term["signed_on"], ends_on=term["ends_on"], instant=term.get("instant", "24:00")),
        processing_seconds=document.get("processing_seconds", 0),
        businesses=tuple(
            Business(
                label=label,
                user=body.get("user", True),
                sole=body.get("sole", False),
                registered=body.get("registered", True),
            )
            for label, body in document["businesses"].items()
        ),
        technicians=tuple(
            Technician(label=label, sole=body.get("sole", False))
            for label, body in document["technicians"].items()
        ),
        affiliations=tuple(_read_affiliations(document, document.get("since", signed))),
        sites=tuple(_read_site(label, body, signed) for label, body in document["sites"].items()),
        entries=tuple(_read_entry(body) for body in document.get("entries", [])),
        accounts=tuple(_read_account(label, body) for label, body in document["accounts"].items()),
    )


def _read_affiliations(document: Mapping[str, Any], since: str) -> Iterator[Affiliation]:
    for label, body in document["technicians"].items():
        current = Affiliation(technician=label, business="", kind="main", since=since)
        if "main" in body:
            yield replace(current, business=body["main"])
        for firm in body.get("sub", []):
            yield replace(current, business=firm, kind="sub")
        for past in body.get("past", []):
            kind = past.get("kind", "main")
            yield replace(current, business=past["firm"], kind=kind, since=past["from"], until=past.get("to"))


def _read_site(label: str, body: Mapping[str, Any], since: str) -> Site:
    chained = dict.fromkeys(pair for chain in body.get("chains", []) for pair in pairwise(chain.split(ABOVE)))
    drawn = tuple(
        Link(child=child, parent=parent, status="approved", since=since) for parent, child in chained
    )
    links = drawn + tuple(
        Link(
            child=link["child"],
            parent=link["parent"],
            status=link.get("status", "approved"),
            since=link.get("from", since),
            until=link.get("to"),
        )
        for link in body.get("links", [])
    )
    return Site(
        label=label,
        prime=body["prime"],
        partners=tuple(body.get("partners", ())),
        client=body.get("client"),
        links=links,
    )


def _read_entry(body: Mapping[str, Any]) -> Entry:
    return Entry(
        technician=body["technician"],
        site=body["site"],
        under=body["under"],
        at=body["at"],
        known_at=body.get("known_at", body["at"]),
        cancelled_at=body.get("cancelled_at"),
    )


def _read_account(label: str, body: Mapping[str, Any]) -> Account:
    return Account(
        label=label,
        businesses=tuple(body.get("businesses", ())),
        technician=body.get("technician"),
        role=body.get("role", "member"),
    )
