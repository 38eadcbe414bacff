"""A contract's text looked through: what it leaves open or gets wrong, as far as this text shows it."""

from __future__ import annotations

import sys
from pathlib import Path  # noqa: TC003 - typer reads the annotation when it runs
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from ccus_harness.commands.faults import fault_of, faults_said
from ccus_harness.commands.options import JsonOption, Lang, LangOption
from ccus_harness.commands.printing import print_json, table
from ccus_harness.instruments import contract_text
from ccus_harness.messages import catalogue
from ccus_harness.profiles import FILES, MAX_FILE, load_profile
from ccus_harness.reports import console

if TYPE_CHECKING:
    from ccus_harness.instruments.contract_text import TextDefect
    from ccus_harness.messages import Catalogue


def lint_contract(
    *,
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="契約書の本文かプロファイル / a contract's text or a profile"),
    ],
    lang: LangOption = Lang.ja,
    as_json: JsonOption = False,
) -> None:
    """契約文の欠陥と空欄を挙げる（直しはしない） / list faults and blanks of a contract's text."""
    words = catalogue(lang)
    with faults_said(words):
        text = _text_of(file)
        found, blank = contract_text.defects(text), contract_text.blanks(text)
        if as_json:
            print_json({"defects": [_document(defect) for defect in found], "blanks": blank})
        else:
            _print(found, blank, words)


def _text_of(file: Path) -> str:
    if file.suffix == ".toml":
        held = load_profile(file)[FILES].get("contract.text")
        if held is None:
            raise fault_of("cli.no_contract_text", path=str(file))
        return str(held["text"])
    try:
        raw = file.read_bytes()
    except OSError as fault:
        raise fault_of("cli.cannot_read", path=str(file), why=fault.strerror or "") from fault
    if len(raw) > MAX_FILE:
        raise fault_of("cli.cannot_read", path=str(file), why=f"> {MAX_FILE} bytes")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp932", errors="replace")


def _document(defect: TextDefect) -> dict[str, Any]:
    return {
        "id": defect.id,
        "place": defect.place,
        "ja": defect.says.ja,
        "en": defect.says.en,
        "seen": list(defect.seen),
    }


def _print(found: list[TextDefect], blank: list[str], words: Catalogue) -> None:
    listing = table(words.text(key) for key in ("cli.number", "cli.place", "cli.what", "cli.seen"))
    for defect in found:
        said = defect.says.ja if words.lang == "ja" else defect.says.en
        listing.add_row(defect.id, defect.place, said, words.listed(defect.seen))
    out = console.plain_console(sys.stdout)
    out.print(listing)
    out.print(Text(words.text("cli.text_defects", n=len(found), blanks=len(blank))))
    if blank:
        out.print(Text(words.text("cli.blanks", blanks=blank)))
