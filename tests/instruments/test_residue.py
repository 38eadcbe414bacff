"""The residue scan finds what was planted, finds nothing else, and ends on hostile input."""

from __future__ import annotations

import base64
import bz2
import gzip
import hashlib
import html
import io
import json
import lzma
import os
import quopri
import socket
import sqlite3
import tarfile
import zipfile
import zlib
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccus_harness.instruments.encodings import forms, spellings
from ccus_harness.instruments.residue import Hits, Limits, files_under, from_bytes, scan
from ccus_harness.instruments.sources import CHUNK, GAPS, Source
from ccus_simulator import population

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, kw_only=True)
class Planted:
    id: str
    item: str
    text: str


NAME = Planted(id="99000000000001", item="t01_name", text="太郎彁墸槞妛閠暃閠暃")
PHONE = Planted(id="99000000000001", item="t06_phone_home_mobile", text="03080305859")
KANA = Planted(id="99000000000001", item="x_kana", text="ムヌアサガヤヤパサヤ")
DATED = Planted(id="99000000000001", item="t03_birth_date", text="1990-04-07")
ALL = (NAME, PHONE, KANA, DATED)


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def tarred(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def database(*values: bytes | str) -> bytes:
    with closing(sqlite3.connect(":memory:")) as open_database:
        open_database.execute('CREATE TABLE "odd ""name" (v)')
        open_database.executemany('INSERT INTO "odd ""name" VALUES (?)', [(value,) for value in values])
        open_database.commit()
        return open_database.serialize()


WRITTEN: dict[str, tuple[Planted, bytes]] = {
    "utf-8": (NAME, NAME.text.encode()),
    "cp932": (NAME, NAME.text.encode("cp932")),
    "euc-jp": (NAME, NAME.text.encode("euc_jp")),
    "iso-2022-jp": (NAME, f"氏名は{NAME.text}です".encode("iso2022_jp")),
    "utf-16le": (NAME, f"、{NAME.text}".encode("utf-16")),
    "utf-16be": (NAME, NAME.text.encode("utf-16-be")),
    "json": (NAME, json.dumps({"n": NAME.text}).encode()),
    "json in capitals": (NAME, json.dumps(NAME.text).upper().replace("\\U", "\\u").encode()),
    "json in json": (NAME, json.dumps(json.dumps({"n": NAME.text})).encode()),
    "percent": (NAME, quote(NAME.text).encode()),
    "percent in small letters": (NAME, quote(NAME.text).lower().encode()),
    "percent of cp932": (NAME, quote(NAME.text.encode("cp932")).encode()),
    "quoted printable": (KANA, "".join(f"={byte:02X}" for byte in KANA.text.encode()).encode()),
    "html decimal": (NAME, "".join(f"&#{ord(one)};" for one in NAME.text).encode()),
    "html hexadecimal": (NAME, "".join(f"&#x{ord(one):x};" for one in NAME.text).encode()),
    "hex": (NAME, NAME.text.encode().hex().encode()),
    "hex in capitals": (NAME, NAME.text.encode().hex().upper().encode()),
    "base64 at the start": (NAME, base64.b64encode(f"{NAME.text}様".encode())),
    "base64 after one byte": (NAME, base64.b64encode(f"a{NAME.text}様".encode())),
    "base64 after two bytes": (NAME, base64.b64encode(f"ab{NAME.text}様".encode())),
    "base64 for addresses": (NAME, base64.urlsafe_b64encode(f"??>{NAME.text}".encode())),
    "number as it is": (PHONE, b"03080305859"),
    "number in groups": (PHONE, b"030-8030-5859"),
    "number without its zero": (PHONE, b"3080305859"),
    "number in full width": (PHONE, "０３０８０３０５８５９".encode()),
    "number in full width in cp932": (PHONE, "０３０８０３０５８５９".encode("cp932")),
    "number in utf-16": (PHONE, "03080305859".encode("utf-16-le")),
    "number in base64": (PHONE, base64.b64encode(b"tel=030-8030-5859;")),
    "kana in half width": (KANA, "ﾑﾇｱｻｶﾞﾔﾔﾊﾟｻﾔ".encode("cp932")),
    "kana decomposed": (KANA, "ムヌアサカ\u3099ヤヤハ\u309aサヤ".encode()),
    "date of an era": (DATED, "平成2年4月7日".encode()),
    "date of an era in short": (DATED, b"H2.4.7 H02.04.07"),
    "date without hyphens": (DATED, b"19900407"),
}

PACKED: dict[str, Callable[[bytes], bytes]] = {
    "plain": lambda data: data,
    "gzip": gzip.compress,
    "two gzips in a row": lambda data: gzip.compress(b"first") + gzip.compress(data),
    "zlib": zlib.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zip": lambda data: zipped({"a.txt": b"-", "folder/b.csv": data}),
    "gzip in zip": lambda data: zipped({"dump.sql.gz": gzip.compress(data)}),
    "zip in tar in gzip": lambda data: gzip.compress(tarred({"x": b"-", "y.zip": zipped({"z": data})})),
    "sqlite": database,
    "gzip in a column before others": lambda data: database(gzip.compress(data), "x", gzip.compress(b"y")),
    "gzip in a column in a zip": lambda data: zipped({"app.db": database(gzip.compress(data))}),
}


def noise(size: int) -> bytes:
    return hashlib.shake_128(b"noise").digest(size)


def scanned(data: bytes, *canaries: Planted, **limits: int) -> Hits:
    return scan([from_bytes("it", data)], canaries or ALL, Limits(**limits))


@pytest.mark.parametrize("packed", list(PACKED))
@pytest.mark.parametrize("written", list(WRITTEN))
def test_a_canary_is_found_however_it_is_written_and_packed(written: str, packed: str) -> None:
    canary, data = WRITTEN[written]
    hits = scanned(PACKED[packed](b"before " + data + b" after"))
    assert (canary.id, canary.item) in hits.found
    assert hits.complete


def test_a_hit_says_where_it_stands() -> None:
    hits = scanned(b"0123456789" + NAME.text.encode() + b"...", NAME)
    assert [(hit.source, hit.member, hit.offset, hit.encoding) for hit in hits] == [("it", "", 10, "utf-8")]
    inner = scanned(zipped({"b.csv.gz": gzip.compress(b"0123" + NAME.text.encode())}), NAME)
    assert [(hit.member, hit.offset) for hit in inner] == [("b.csv.gz!gzip", 4)]


def test_a_canary_found_often_is_one_hit_per_place_and_encoding() -> None:
    assert len(scanned((NAME.text.encode() + b"\n") * 500, NAME)) == 1


def test_a_text_of_two_records_names_both() -> None:
    other = Planted(id="99000000000002", item="t08_emergency_name_relation", text=NAME.text)
    assert scanned(NAME.text.encode(), NAME, other).ids == {NAME.id, other.id}


def test_every_canary_of_the_population_is_found_in_every_form() -> None:
    canaries = [
        one for record in ("99012340000001", "98012340000001") for one in population.canaries(7, record)
    ]
    for canary in canaries:
        for form in forms(canary.text):
            hits = scan([from_bytes("it", b"\x00\x01" + form.data + b"\xfe")], canaries)
            assert (canary.id, canary.item) in hits.found, (canary.text, form.encoding)


def test_nothing_is_found_in_noise() -> None:
    canaries = [one for n in range(20) for one in population.canaries(7, f"9901234{n:07d}")]
    town = (
        "東京都千代田区霞が関一丁目の現場に入場した技能者の氏名、電話番号は03-1234-5678、生年月日は平成2年。"
    )
    text = (town * 20_000)[:1_500_000]
    for data in (noise(5_000_000), text.encode(), text.encode("cp932", "replace"), text.encode("utf-16")):
        assert scan([from_bytes("noise", data)], canaries).hits == ()


def test_only_the_dump_finds_a_value_cut_by_a_page(tmp_path: Path) -> None:
    path = tmp_path / "app.db"
    name = NAME.text.encode()
    for tail in range(450, 560):
        path.unlink(missing_ok=True)
        with closing(sqlite3.connect(path)) as app:
            app.execute("PRAGMA page_size = 512")
            app.execute("CREATE TABLE t (v TEXT)")
            app.execute("INSERT INTO t VALUES (?)", ("x" * 300 + NAME.text + "y" * tail,))
            app.commit()
        if name not in path.read_bytes():
            break
    else:
        pytest.fail("no length put the value across two pages")
    assert {hit.member for hit in scan(files_under(path), [NAME])} == {"sqlite"}


def test_a_deleted_row_is_found_in_the_raw_file(tmp_path: Path) -> None:
    path = tmp_path / "app.db"
    with closing(sqlite3.connect(path)) as app:
        app.execute("PRAGMA secure_delete = 0")
        app.execute("CREATE TABLE t (v TEXT)")
        app.execute("INSERT INTO t VALUES (?)", (NAME.text,))
        app.execute("INSERT INTO t VALUES (?)", ("other",))
        app.commit()
        app.execute("DELETE FROM t WHERE v <> 'other'")
        app.commit()
    assert {hit.member for hit in scan(files_under(path), [NAME])} == {""}


def test_a_row_that_is_only_in_the_write_ahead_log_is_found(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "app.db")) as app:
        app.execute("PRAGMA journal_mode = WAL")
        app.execute("CREATE TABLE t (v TEXT)")
        app.execute("INSERT INTO t VALUES (?)", (NAME.text,))
        app.commit()
        hits = scan(files_under(tmp_path), [NAME])
    places = {(Path(hit.source).name, hit.member) for hit in hits}
    assert {("app.db-wal", ""), ("app.db", "sqlite")} <= places


def test_a_number_kept_as_an_integer_is_found() -> None:
    with closing(sqlite3.connect(":memory:")) as app:
        app.execute("CREATE TABLE t (v INTEGER)")
        app.execute("INSERT INTO t VALUES (3080305859)")
        app.commit()
        assert scanned(app.serialize(), PHONE).ids == {PHONE.id}


@settings(deadline=None, max_examples=60)
@given(st.integers(-40, 40), st.sampled_from(list(WRITTEN)), st.integers(1, 2))
def test_a_canary_across_the_border_of_two_chunks_is_found(shift: int, written: str, border: int) -> None:
    canary, data = WRITTEN[written]
    start = CHUNK * border + shift
    hits = scanned(b"." * start + data + b"." * 100)
    assert (canary.id, canary.item) in hits.found


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(1, 40), min_size=1, max_size=30), st.sampled_from(list(WRITTEN)))
def test_the_size_of_the_chunks_hides_nothing(sizes: list[int], written: str) -> None:
    canary, data = WRITTEN[written]
    data = b"before" + data + b"after"
    cuts = [0]
    for size in sizes:
        cuts.append(cuts[-1] + size)
    pieces = [data[a:b] for a, b in zip(cuts, [*cuts[1:], len(data)], strict=True)]
    source = Source(name="it", chunks=lambda: iter(pieces))
    assert (canary.id, canary.item) in scan([source], ALL).found


@pytest.mark.parametrize("encode", [quopri.encodestring, base64.encodebytes])
@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
@pytest.mark.parametrize("packed", list(PACKED))
def test_a_value_broken_at_the_margin_of_a_mail_is_found(
    encode: Callable[[bytes], bytes], newline: bytes, packed: str
) -> None:
    for pad in range(0, 76, 5):
        body = encode(("x" * pad + NAME.text * 3 + "。").encode())
        mail = b"Received: from a\nMIME-Version: 1.0\n\n" + body
        hits = scanned(PACKED[packed](mail.replace(b"\n", newline)), NAME)
        assert hits.ids == {NAME.id}
        assert hits.complete


def test_a_soft_break_across_the_border_of_two_chunks_is_seen_through() -> None:
    mail = b"MIME-Version: 1.0\r\n\r\n" + quopri.encodestring(NAME.text.encode()).replace(b"\n", b"\r\n")
    for cut in range(1, len(mail)):
        source = Source(name="it", chunks=lambda cut=cut: iter((mail[:cut], mail[cut:])))
        assert scan([source], [NAME]).ids == {NAME.id}


# Hostile input


def reasons(hits: Hits) -> set[str]:
    return {gap.reason for gap in hits.truncated}


def test_a_gzip_bomb_ends_at_the_limit() -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    assert reasons(scanned(bomb, inflated_bytes=1_000_000)) == {"too_large"}


def test_bombs_in_a_zip_add_up() -> None:
    bomb = zipped({f"{n}": b"\0" * 1_000_000 for n in range(50)})
    hits = scanned(bomb, inflated_bytes=5_000_000)
    assert reasons(hits) == {"too_large"}
    assert hits.scanned_bytes < 100_000_000


def test_a_zip_of_too_many_members_is_read_to_the_limit() -> None:
    many = zipped({f"{n}": b"" for n in range(300)})
    assert reasons(scanned(many, members=100)) == {"too_many_members"}


def test_containers_are_opened_to_the_limit_of_depth() -> None:
    nested = NAME.text.encode()
    for _ in range(6):
        nested = gzip.compress(nested)
    assert reasons(scanned(nested)) == {"too_deep"}
    assert scanned(nested, depth=6).ids == {NAME.id}


def test_a_gzip_of_countless_empty_members_ends() -> None:
    assert reasons(scanned(gzip.compress(b"") * 20_000)) == {"too_many_members"}


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress, bz2.compress, lzma.compress, database])
def test_a_truncated_container_gives_what_it_has_and_says_so(pack: Callable[[bytes], bytes]) -> None:
    whole = pack(noise(40_000) + NAME.text.encode())
    assert reasons(scanned(whole[: len(whole) // 2])) == {"damaged"}


def test_what_was_inflated_before_the_damage_is_searched() -> None:
    data = gzip.compress(NAME.text.encode() + noise(100_000))
    hits = scanned(data[: len(data) // 2])
    assert hits.ids == {NAME.id}
    assert not hits.complete


def test_a_corrupt_database_is_reported() -> None:
    broken = bytearray(database(*(f"{n}" * 300 for n in range(200))))
    for place in range(4096, len(broken), 7):
        broken[place] = 0xFF
    assert "damaged" in reasons(scanned(bytes(broken)))


def test_columns_computed_when_read_are_not_computed() -> None:
    with closing(sqlite3.connect(":memory:")) as app:
        app.execute("CREATE TABLE t (v, w AS ('030803' || '05859'))")
        app.execute("INSERT INTO t (v) VALUES (?)", (NAME.text,))
        app.commit()
        hits = scanned(app.serialize(), NAME, PHONE)
    assert hits.found == {(NAME.id, NAME.item)}
    assert hits.complete


def test_a_locked_member_and_an_unknown_format_are_reported() -> None:
    locked = bytearray(zipped({"a": b"secret"}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(mark) + place] |= 1
    assert reasons(scanned(bytes(locked))) == {"encrypted"}
    assert reasons(scanned(b"7z\xbc\xaf\x27\x1c rest")) == {"unknown_container"}


@settings(deadline=None, max_examples=150)
@given(
    st.sampled_from(list(PACKED)),
    st.integers(0),
    st.binary(min_size=1, max_size=8),
    st.sampled_from(["cut", "whole"]),
)
def test_broken_containers_never_raise(packed: str, place: int, bad: bytes, length: str) -> None:
    data = PACKED[packed](NAME.text.encode() * 30)
    place %= len(data)
    broken = data[:place] + bad + (data[place + len(bad) :] if length == "whole" else b"")
    hits = scanned(broken, inflated_bytes=10_000_000)
    assert reasons(hits) <= set(GAPS)


def test_a_line_without_end_is_only_bytes() -> None:
    assert scanned(b"a" * 8_000_000 + NAME.text.encode()).ids == {NAME.id}


def test_a_value_too_short_to_be_told_from_chance_is_reported() -> None:
    hits = scanned(b"A A A 123", Planted(id="x", item="t04_blood_type", text="A"))
    assert (hits.hits, reasons(hits)) == ((), {"too_short"})


def test_links_and_special_files_are_named_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside").write_text(NAME.text, "utf-8")
    store = tmp_path / "store"
    store.mkdir()
    (store / "a.txt").write_text(PHONE.text)
    (store / "link").symlink_to(tmp_path / "outside")
    (store / "folder").symlink_to(tmp_path)
    os.mkfifo(store / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(store / "socket"))
        hits = scan(files_under(store), ALL)
    named = {(Path(gap.source).name, gap.reason) for gap in hits.truncated}
    assert named == {
        ("link", "symlink"),
        ("folder", "symlink"),
        ("pipe", "special_file"),
        ("socket", "special_file"),
    }
    assert hits.found == {(PHONE.id, PHONE.item)}
    assert hits.complete


def test_a_missing_path_is_a_gap(tmp_path: Path) -> None:
    hits = scan(files_under(tmp_path / "nowhere"), ALL)
    assert reasons(hits) == {"unreadable"}
    assert not hits.complete


def test_a_scan_that_found_nothing_is_blind() -> None:
    assert scanned(b"nothing").blind
    assert not scanned(NAME.text.encode()).blind


def test_escapes_of_html_are_seen_through() -> None:
    canary = Planted(id="1", item="b01_trade_name", text="A&B<彁墸槞妛閠>")
    assert scanned(html.escape(canary.text).encode(), canary).ids == {"1"}


def test_spellings_are_given_once() -> None:
    for canary in ALL:
        texts = list(spellings(canary.text).values())
        assert len(texts) == len(set(texts))
