"""A paper as a PDF, the same bytes for the same paper on the same machine.

It needs the libraries of Pango and a Japanese font. Where one of them is missing, that is said before a page is
made, and a character that no font can show is a fault, never a box on the paper.
"""

from __future__ import annotations

from importlib import import_module
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

import jinja2
from markupsafe import Markup

from ccus_harness.papers.faults import NeedsExtra
from ccus_harness.papers.telling import both

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from ccus_harness.papers.parts import Paper, Table

__all__ = ["NoPdf", "page", "pdf"]


class NoPdf(Exception):
    """This machine cannot make PDFs of Japanese papers: `why` says what it lacks."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why

    def __str__(self) -> str:
        return f"no PDF can be made here: {self.why}"


_IDENTIFIER: Final = b"ccus-conformance"


def page(paper: Paper, issued: date) -> str:
    """The paper as one page of HTML, which the PDF is printed from."""
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.from_string(_text("paper.html.j2"))
    return template.render(
        paper=paper,
        labels={"number": both("number")},
        shares={table.key: _shares(table) for table in paper.tables},
        created=issued.isoformat(),
        style=Markup(_text("paper.css")),  # noqa: S704 - our own file
    )


def pdf(paper: Paper, issued: date) -> bytes:
    """The bytes of the PDF; raises `NoPdf` where this machine lacks a library or a font."""
    weasyprint = _weasyprint()
    document = weasyprint.HTML(string=page(paper, issued), url_fetcher=_nothing_fetched).render()
    made: bytes = document.write_pdf(pdf_identifier=_IDENTIFIER, pdf_variant="pdf/ua-1")
    if unknown := _unshown(document):
        raise NoPdf(
            f"no font here shows {' '.join(sorted(unknown))}; install a Japanese font (Noto Sans CJK JP)"
        )
    return made


def _text(name: str) -> str:
    return files("ccus_harness.papers").joinpath(name).read_text(encoding="utf-8")


def _shares(table: Table) -> list[float]:
    """How much of the width each column takes, in hundredths."""
    whole = sum(column.width for column in table.columns)
    return [round(100 * column.width / whole, 2) for column in table.columns]


def _weasyprint() -> Any:
    try:
        return import_module("weasyprint")
    except ImportError as lacking:
        raise NeedsExtra from lacking
    except OSError as lacking:
        raise NoPdf(
            f"WeasyPrint does not start ({str(lacking).splitlines()[0]}); install libpango"
        ) from lacking


def _nothing_fetched(url: str, *_: Any, **__: Any) -> Any:
    """A paper holds all that it shows; whatever would reach out of it is none of ours."""
    raise ValueError(f"a paper fetches nothing, and {url} least of all")


def _unshown(document: Any) -> set[str]:
    """The characters for which no font had a glyph."""
    fonts: Sequence[Any] = list(getattr(document, "fonts", {}).values())
    return {chr(code) for font in fonts for code in getattr(font, "missing", {})}
