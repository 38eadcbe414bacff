"""Every sentence a person reads, one catalogue per language.

A key is a dotted path into the catalogue file: `finding.scope.other_site.seen`. Templates are ours; the
values put into them come from candidates and are treated as plain text: a missing value is said to be
missing, a long one is cut, and no value is ever read as a template.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, cast

__all__ = ["LANGUAGES", "Catalogue", "Finding", "UnknownLanguage", "UnknownMessage", "catalogue"]

LANGUAGES = ("ja", "en")

_LONGEST_VALUE = 240
_MOST_ITEMS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was expected, what was seen, and the next thing to do."""

    expected: str
    seen: str
    next: str


class UnknownMessage(KeyError):
    """A key that the catalogue does not have: a fault of ours, never of a candidate."""

    def __init__(self, lang: str, key: str) -> None:
        super().__init__(key)
        self.lang = lang
        self.key = key

    def __str__(self) -> str:
        return f"messages/{self.lang}.json has no text for {self.key!r}; add it to every language"


class UnknownLanguage(ValueError):
    """A language we have no catalogue for."""

    def __init__(self, lang: str) -> None:
        super().__init__(lang)
        self.lang = lang

    def __str__(self) -> str:
        return f"no catalogue for {self.lang!r}; there are {', '.join(LANGUAGES)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """The texts of one language."""

    lang: str
    texts: Mapping[str, str]

    def __contains__(self, key: str) -> bool:
        return key in self.texts

    def text(self, key: str, /, **values: Any) -> str:
        """The sentence under `key`, with `values` put in as plain text."""
        try:
            template = self.texts[key]
        except KeyError:
            raise UnknownMessage(self.lang, key) from None
        return template.format_map(_Shown(values, self))

    def word(self, group: str, value: str | None) -> str:
        """The word for a recorded value (`verdict`, `strength`); a value nobody knows is shown as it is."""
        key = f"{group}.{value}"
        return self.texts.get(key, value or "")

    def finding(self, code: str, shown: Mapping[str, Any]) -> Finding:
        """The three sentences of a finding code; a code from another version of the suite is described."""
        known = f"finding.{code}.seen" in self.texts
        stem = f"finding.{code}" if known else "finding.unknown"
        values = {**shown, "code": code} if known else {"code": code, "facts": _facts(shown)}
        expected, seen, following = (
            self.text(f"{stem}.{part}", **values) for part in ("expected", "seen", "next")
        )
        return Finding(expected=expected, seen=seen, next=following)

    def reason(self, code: str) -> str:
        """Why a row has the word it has; empty when there is nothing to say."""
        if not code:
            return ""
        key = f"reason.{code}"
        return self.text(key) if key in self.texts else self.text("reason.unknown", code=code)

    def listed(self, values: Sequence[Any]) -> str:
        """Values in a row, the first few only, with the number of the others."""
        joined = self.texts["list.separator"].join(self.plain(value) for value in values[:_MOST_ITEMS])
        others = len(values) - _MOST_ITEMS
        return joined if others <= 0 else joined + self.texts["list.others"].format(n=others)

    def plain(self, value: Any) -> str:
        """A value as it stands in a sentence; what was found empty is not the same as what was not recorded."""
        if value is None:
            return self.texts["value.absent"]
        if isinstance(value, bool):
            return self.texts["value.yes" if value else "value.no"]
        if value in ("", [], (), {}):
            return self.texts["value.none"]
        if isinstance(value, list | tuple):
            return self.listed(cast("Sequence[Any]", value))
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
        return text if len(text) <= _LONGEST_VALUE else text[:_LONGEST_VALUE] + "…"


class _Shown(dict[str, str]):
    """The values of a template, each as plain text; the ones that are not there say so."""

    def __init__(self, values: Mapping[str, Any], owner: Catalogue) -> None:
        super().__init__({name: owner.plain(value) for name, value in values.items()})
        self._absent = owner.texts["value.absent"]

    def __missing__(self, _name: str) -> str:
        return self._absent


def _facts(shown: Mapping[str, Any]) -> list[str]:
    return [f"{name} = {value}" for name, value in shown.items()]


def _flat(tree: Mapping[str, Any], stem: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in tree.items():
        key = f"{stem}{name}"
        found |= (
            _flat(cast("Mapping[str, Any]", value), f"{key}.") if isinstance(value, dict) else {key: value}
        )
    return found


@cache
def catalogue(lang: str) -> Catalogue:
    """The catalogue of `lang`, read once."""
    if lang not in LANGUAGES:
        raise UnknownLanguage(lang)
    source = files("ccus_harness.messages").joinpath(f"{lang}.json").read_text(encoding="utf-8")
    return Catalogue(lang=lang, texts=_flat(json.loads(source)))
