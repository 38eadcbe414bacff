"""The residue scan: where canaries still stand, in whatever encoding and container."""

from __future__ import annotations

from collections import defaultdict
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from ahocorasick_rs import BytesAhoCorasick

from ccus_harness.instruments.containers import HEAD, Budget, kind_of, members
from ccus_harness.instruments.encodings import forms
from ccus_harness.instruments.sources import Gap, Limits, NotRead, Source, files_under, from_bytes, from_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = [
    "Canary",
    "Gap",
    "Hit",
    "Hits",
    "Limits",
    "Source",
    "files_under",
    "from_bytes",
    "from_file",
    "scan",
]


class Canary(Protocol):
    """An identifying text that stands in one item of one record."""

    @property
    def id(self) -> str: ...
    @property
    def item(self) -> str: ...
    @property
    def text(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Hit:
    """A canary was found: in which source, in which member of it, at which byte, under which encoding.

    The first place of each canary, encoding and member stands for all of them.
    """

    source: str
    member: str
    offset: int
    id: str
    item: str
    encoding: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """What a scan found, and what it could not read: no more is known than was read."""

    hits: tuple[Hit, ...]
    truncated: tuple[Gap, ...]
    sources: int
    scanned_bytes: int

    def __len__(self) -> int:
        return len(self.hits)

    def __iter__(self) -> Iterator[Hit]:
        return iter(self.hits)

    @property
    def blind(self) -> bool:
        """Tell whether the scan has not proved that it sees: asked of the scan before disposal."""
        return not self.hits

    @property
    def complete(self) -> bool:
        """Tell whether nothing was left unread in which data could lie."""
        return not any(gap.hides for gap in self.truncated)

    @property
    def found(self) -> frozenset[tuple[str, str]]:
        """The records and items that were found."""
        return frozenset((hit.id, hit.item) for hit in self.hits)

    @property
    def ids(self) -> frozenset[str]:
        """The records of which anything was found."""
        return frozenset(hit.id for hit in self.hits)


def scan(sources: Iterable[Source], canaries: Iterable[Canary], limits: Limits | None = None) -> Hits:
    """Search the sources, and all that is packed in them, for every form of every canary."""
    needles = _READY.needles(_known(canaries))
    run = _Run(needles=needles, limits=limits or Limits())
    for record, item in needles.dumb:
        run.gap(Gap(source="", member=f"{record}/{item}", reason="too_short"))
    for source in sources:
        run.source(source)
    return Hits(
        hits=tuple(sorted(run.hits.values())),
        truncated=tuple(run.gaps),
        sources=run.sources,
        scanned_bytes=run.scanned,
    )


def prepare(canaries: Iterable[Canary]) -> None:
    """Begin to make what a scan for these canaries needs, while the caller waits for something else."""
    _READY.begin(_known(canaries))


_Known = tuple[tuple[str, str, str], ...]


def _known(canaries: Iterable[Canary]) -> _Known:
    return tuple(sorted({(one.id, one.item, one.text) for one in canaries}))


_STEM: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class _Needles:
    """The forms of all canaries; the automaton knows only how they end, which keeps it small.

    The ends, because texts begin alike: with a town, a family name, a reserved block of numbers.
    """

    automaton: BytesAhoCorasick | None
    lengths: tuple[tuple[int, ...], ...]
    owners: dict[bytes, tuple[tuple[str, str, str], ...]]
    longest: int
    dumb: tuple[tuple[str, str], ...]

    def find(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        if self.automaton is None:
            return
        for stem, _, end in self.automaton.find_matches_as_indexes(data, overlapping=True):
            for length in self.lengths[stem]:
                form = data[max(0, end - length) : end]
                if form in self.owners:
                    yield end - len(form), form


class _Ready:
    """The needles of the last few sets of canaries, made once each, ahead of time where somebody asked."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._made: dict[_Known, Future[_Needles]] = {}
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="needles")

    def begin(self, canaries: _Known) -> None:
        if canaries not in self._made:
            self._keep(canaries, self._worker.submit(_needles, canaries))

    def needles(self, canaries: _Known) -> _Needles:
        made = self._made.get(canaries)
        if made is None or made.cancelled():
            made = Future[_Needles]()
            made.set_result(_needles(canaries))
            self._keep(canaries, made)
        return made.result()

    def _keep(self, canaries: _Known, made: Future[_Needles]) -> None:
        self._made[canaries] = made
        for oldest in list(self._made)[: -self._most]:
            self._made.pop(oldest).cancel()  # nobody came for it


_READY: Final = _Ready(most=8)


def _needles(canaries: _Known) -> _Needles:
    owners: dict[bytes, list[tuple[str, str, str]]] = defaultdict(list)
    dumb: list[tuple[str, str]] = []
    for record, item, text in canaries:
        found = forms(text)
        if not found:
            dumb.append((record, item))
        for form in found:
            owners[form.data].append((record, item, form.encoding))
    stems: dict[bytes, set[int]] = defaultdict(set)
    for form in owners:
        stems[form[-_STEM:]].add(len(form))
    return _Needles(
        automaton=BytesAhoCorasick(list(stems)) if stems else None,
        lengths=tuple(tuple(sorted(lengths)) for lengths in stems.values()),
        owners={form: tuple(whose) for form, whose in owners.items()},
        longest=max(map(len, owners), default=1),
        dumb=tuple(dumb),
    )


_Key = tuple[str, str, str, str, str]


@dataclass(slots=True, kw_only=True)
class _Run:
    """One scan under way."""

    needles: _Needles
    limits: Limits
    hits: dict[_Key, Hit] = field(default_factory=dict[_Key, Hit])
    gaps: dict[Gap, None] = field(default_factory=dict[Gap, None])
    sources: int = 0
    scanned: int = 0

    def source(self, source: Source) -> None:
        self.sources += 1
        self._stream(source, 0, Budget(limits=self.limits))

    def _stream(self, source: Source, depth: int, budget: Budget) -> None:
        head = self._plain(source)
        kind = kind_of(head)
        if kind is None:
            return
        if depth >= self.limits.depth:
            self.gap(_gap(source, "too_deep"))
            return
        try:
            for member in members(source, kind, budget):
                self._stream(member, depth + 1, budget)
        except NotRead as stopped:
            self.gap(_gap(source, stopped.reason))

    def _plain(self, source: Source) -> bytes:
        """Search the bytes as they are; give the first ones, which tell what it is."""
        head = b""
        kept = b""
        place = 0
        try:
            for chunk in _bounded(source, self.limits):
                if len(head) < HEAD:
                    head += chunk[: HEAD - len(head)]
                self._search(source, kept + chunk, place - len(kept), len(kept))
                place += len(chunk)
                kept = (kept + chunk)[-(self.needles.longest - 1) :] if self.needles.longest > 1 else b""
        except NotRead as stopped:
            self.gap(_gap(source, stopped.reason))
        self.scanned += place
        return head

    def _search(self, source: Source, data: bytes, start: int, known: int) -> None:
        for offset, form in self.needles.find(data):
            if offset + len(form) <= known:
                continue
            for record, item, encoding in self.needles.owners[form]:
                key = (source.name, source.member, record, item, encoding)
                if key not in self.hits:
                    self.hits[key] = Hit(
                        source=source.name,
                        member=source.member,
                        offset=start + offset,
                        id=record,
                        item=item,
                        encoding=encoding,
                    )

    def gap(self, gap: Gap) -> None:
        self.gaps.setdefault(gap)


def _gap(source: Source, reason: str) -> Gap:
    return Gap(source=source.name, member=source.member, reason=reason)


def _bounded(source: Source, limits: Limits) -> Iterator[bytes]:
    size = 0
    for chunk in source.chunks():
        yield chunk
        size += len(chunk)
        if size > limits.source_bytes:
            raise NotRead("too_large")
