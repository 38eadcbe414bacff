"""Every way a value may stand in the bytes of a Japanese system: spellings first, then encodings."""

from __future__ import annotations

import html
import json
import re
import unicodedata
from base64 import b64encode
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

SHORTEST: Final = 6
"""Fewer bytes than this are found by chance in any large file; such a form is not searched for."""

SHORTEST_NUMBER: Final = 7
"""Fewer digits than this are found by chance in any table of numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The bytes of a text under one encoding, named `encoding` or `spelling/encoding`."""

    encoding: str
    data: bytes


def forms(text: str) -> tuple[Form, ...]:
    """Give every searchable form of a text once, the plainest name first."""
    found: dict[bytes, str] = {}
    for spelling, spelt in spellings(text).items():
        encoders = _encoders(spelling, spelt)
        for name, encode in encoders.items():
            for data in _encoded(encode, spelt):
                if len(data) >= SHORTEST:
                    found.setdefault(data, f"{spelling}/{name}" if spelling else name)
    return tuple(Form(encoding=name, data=data) for data, name in found.items())


def _encoders(spelling: str, text: str) -> Mapping[str, Callable[[str], Iterator[bytes]]]:
    if text.isascii() and text.isalnum():
        return _OF_ASCII
    return ENCODERS if spelling == "" or text.isascii() else _EVERYDAY


def _encoded(encode: Callable[[str], Iterator[bytes]], text: str) -> tuple[bytes, ...]:
    try:
        return tuple(encode(text))
    except UnicodeEncodeError:
        return ()


# Spellings


def spellings(text: str) -> Mapping[str, str]:
    """Give the spellings of a text by name; the text as it is stands under the empty name."""
    found = {"": text}
    for name, spell in _SPELLERS.items():
        for spelt in spell(text):
            if spelt not in found.values():
                found[name if name not in found else f"{name}-{len(found)}"] = spelt
    return {name: spelt for name, spelt in found.items() if _is_searchable(spelt)}


def _is_searchable(text: str) -> bool:
    if re.fullmatch(r"[\d\s,./-]*", text):
        return sum(letter.isdigit() for letter in text) >= SHORTEST_NUMBER
    return len(text) > 1


def _nfkc(text: str) -> Iterator[str]:
    yield unicodedata.normalize("NFKC", text)


def _nfd(text: str) -> Iterator[str]:
    yield unicodedata.normalize("NFD", text)


def _full_width(text: str) -> Iterator[str]:
    yield text.translate(_TO_FULL_WIDTH)


def _half_width_kana(text: str) -> Iterator[str]:
    yield unicodedata.normalize("NFD", text).translate(_TO_HALF_KANA)


def _lower(text: str) -> Iterator[str]:
    yield text.lower()


def _without_spaces(text: str) -> Iterator[str]:
    parts = text.split()
    if len(parts) > 1:
        yield "".join(parts)
        yield " ".join(parts)
        yield "\u3000".join(parts)


def _parts(text: str) -> Iterator[str]:
    """Give the words of a split name; only long ones, a short word would be anybody's."""
    words = text.split()
    if len(words) > 1:
        yield from (word for word in words if len(word) >= _LONG_WORD and not word.isascii())


def _number(text: str) -> Iterator[str]:
    plain = re.sub(r"[\s‐-―−－ー()（）-]", "", unicodedata.normalize("NFKC", text))
    if not plain.isdecimal():
        return
    yield plain
    yield plain.lstrip("0")
    for cuts in _GROUPS.get(len(plain), ()):
        if plain.startswith("0"):
            yield "-".join(plain[start:stop] for start, stop in cuts)


def _date(text: str) -> Iterator[str]:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return
    yield f"{day:%Y%m%d}"
    yield f"{day:%Y/%m/%d}"
    yield f"{day.year}/{day.month}/{day.day}"
    yield f"{day.year}年{day.month}月{day.day}日"
    for letter, name, first in _ERAS:
        if day >= first:
            year = day.year - first.year + 1
            yield f"{name}{year}年{day.month}月{day.day}日"
            yield f"{name}{year:02}年{day.month:02}月{day.day:02}日"
            if year == 1:
                yield f"{name}元年{day.month}月{day.day}日"
            yield f"{letter}{year}.{day.month}.{day.day}"
            yield f"{letter}{year:02}.{day.month:02}.{day.day:02}"
            yield f"{letter}{year:02}{day.month:02}{day.day:02}"
            return


_LONG_WORD: Final = 6
_TO_FULL_WIDTH: Final = {code: code + 0xFEE0 for code in range(0x21, 0x7F)} | {0x20: 0x3000}
_TO_HALF_KANA: Final = {
    ord(unicodedata.normalize("NFKC", chr(code))): code for code in range(0xFF61, 0xFF9E)
} | {0x3099: 0xFF9E, 0x309A: 0xFF9F}
_GROUPS: Final[Mapping[int, tuple[tuple[tuple[int, int], ...], ...]]] = MappingProxyType(
    {
        11: (((0, 3), (3, 7), (7, 11)),),
        10: (((0, 2), (2, 6), (6, 10)), ((0, 3), (3, 6), (6, 10)), ((0, 4), (4, 6), (6, 10))),
    }
)
_ERAS: Final = (
    ("R", "令和", date(2019, 5, 1)),
    ("H", "平成", date(1989, 1, 8)),
    ("S", "昭和", date(1926, 12, 25)),
    ("T", "大正", date(1912, 7, 30)),
    ("M", "明治", date(1868, 1, 25)),
)
_SPELLERS: Final[Mapping[str, Callable[[str], Iterator[str]]]] = MappingProxyType(
    {
        "nfkc": _nfkc,
        "nfd": _nfd,
        "full-width": _full_width,
        "half-width": _half_width_kana,
        "lower": _lower,
        "spacing": _without_spaces,
        "part": _parts,
        "number": _number,
        "date": _date,
    }
)


# Encodings


def _plain(codec: str) -> Callable[[str], Iterator[bytes]]:
    def encode(text: str) -> Iterator[bytes]:
        yield text.encode(codec)

    return encode


def _iso_2022_jp(text: str) -> Iterator[bytes]:
    """Leave out the escape at either edge: inside Japanese text it stands elsewhere."""
    data = text.encode("iso2022_jp")
    yield re.sub(rb"\x1b[$(][BJ@]$", b"", re.sub(rb"^\x1b\$[B@]", b"", data))


def _json(text: str) -> Iterator[bytes]:
    lower = json.dumps(text)[1:-1]
    upper = _JSON_ESCAPE.sub(lambda found: found[0].upper().replace("U", "u"), lower)
    for escaped in (lower, upper, json.dumps(text, ensure_ascii=False)[1:-1]):
        yield escaped.encode()
        yield json.dumps(escaped, ensure_ascii=False)[1:-1].encode()


def _percent(codec: str) -> Callable[[str], Iterator[bytes]]:
    def encode(text: str) -> Iterator[bytes]:
        data = text.encode(codec)
        for table in (_PERCENT, _PERCENT_SMALL):
            quoted = b"".join([table[byte] for byte in data])
            yield quoted
            if b"%20" in quoted:
                yield quoted.replace(b"%20", b"+")

    return encode


def _quoted_printable(text: str) -> Iterator[bytes]:
    yield b"".join([_PRINTABLE[byte] for byte in text.encode()])


def _html(text: str) -> Iterator[bytes]:
    escaped = html.escape(text)
    yield escaped.encode()
    yield escaped.encode("ascii", "xmlcharrefreplace")
    for form in ("&#x{:x};", "&#x{:X};"):
        references = [letter if letter.isascii() else form.format(ord(letter)) for letter in escaped]
        yield "".join(references).encode()


def _hex(codec: str) -> Callable[[str], Iterator[bytes]]:
    def encode(text: str) -> Iterator[bytes]:
        digits = text.encode(codec).hex()
        yield digits.encode("ascii")
        yield digits.upper().encode("ascii")

    return encode


def _base64(codec: str) -> Callable[[str], Iterator[bytes]]:
    def encode(text: str) -> Iterator[bytes]:
        data = text.encode(codec)
        for shift in range(3):
            whole = b64encode(b"\0" * shift + data)
            # The letters at either edge also carry bits of the neighbours.
            kept = whole[-(-shift * 8 // 6) : (shift + len(data)) * 8 // 6]
            yield kept
            yield kept.translate(_URL_SAFE)

    return encode


_JSON_ESCAPE: Final = re.compile(r"(?:\\u[0-9a-f]{4})+")
_UNRESERVED: Final = frozenset(b"-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_PERCENT: Final = [bytes([byte]) if byte in _UNRESERVED else b"%%%02X" % byte for byte in range(256)]
_PERCENT_SMALL: Final = [bytes([byte]) if byte in _UNRESERVED else b"%%%02x" % byte for byte in range(256)]
_PRINTABLE: Final = [
    bytes([byte]) if 32 <= byte < 127 and byte != ord("=") else b"=%02X" % byte for byte in range(256)
]
_URL_SAFE: Final = bytes.maketrans(b"+/", b"-_")

ENCODERS: Final[Mapping[str, Callable[[str], Iterator[bytes]]]] = MappingProxyType(
    {
        "utf-8": _plain("utf-8"),
        "cp932": _plain("cp932"),
        "euc-jp": _plain("euc_jp"),
        "iso-2022-jp": _iso_2022_jp,
        "utf-16le": _plain("utf-16-le"),
        "utf-16be": _plain("utf-16-be"),
        "json": _json,
        "html": _html,
        "percent-utf-8": _percent("utf-8"),
        "percent-cp932": _percent("cp932"),
        "percent-euc-jp": _percent("euc_jp"),
        "quoted-printable": _quoted_printable,
        "hex-utf-8": _hex("utf-8"),
        "hex-cp932": _hex("cp932"),
        "base64-utf-8": _base64("utf-8"),
        "base64-cp932": _base64("cp932"),
    }
)
"""Every encoding that is searched for; each gives one or more byte strings."""

_OF_ASCII: Final = MappingProxyType(
    {name: ENCODERS[name] for name in ("utf-8", "utf-16le", "utf-16be", "hex-utf-8", "base64-utf-8")}
)
"""What letters and digits look different in; elsewhere they are as in UTF-8."""

_EVERYDAY: Final = MappingProxyType(
    {name: ENCODERS[name] for name in ("utf-8", "cp932", "euc-jp", "iso-2022-jp", "utf-16le", "json")}
)
"""What is searched for in another spelling than the given one."""
