"""Notebooks as files: read from their source, given other parameters, executed, and written as a page of their own.

A page carries what it shows: its pictures, and the Japanese letters it uses, so that a reader's browser fetches
nothing and needs no font.
"""

from __future__ import annotations

import os
import re
from copy import deepcopy
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, cast

import jupytext  # pyright: ignore[reportMissingTypeStubs]
import nbclient
import nbformat
from nbconvert import HTMLExporter
from traitlets.config import Config

from ccus_harness.showing.pictures import FONT, face

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# Untyped where we touch them; nothing else of them comes in here.
_jupytext, _nbclient, _nbformat, _exporter, _config = (
    cast("Any", each) for each in (jupytext, nbclient, nbformat, HTMLExporter, Config)
)

Notebook = Any

CELL_SECONDS = 300
_PARAMETERS = "parameters"
_FOREIGN = re.compile(r"""<(?:link|img|iframe)\b[^>]*\b(?:src|href)=["'](?:https?:)?//[^"'>]*""")
_MARKUP = re.compile(r"<(script|style)\b.*?</\1>|<[^>]*>", re.DOTALL)
_BROKEN = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef])\n(?=[\u3000-\u9fff\uff00-\uffef`])")
_SCRIPT = re.compile(r"<script\b.*?</script>", re.DOTALL | re.IGNORECASE)


class Stopped(Exception):
    """A cell of a notebook raised; what it raised is told in `why`."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(name, why)
        self.name = name
        self.why = why

    def __str__(self) -> str:
        return f"{self.name}: {self.why}"


class AsksOutside(AssertionError):
    """A page would make a reader's browser fetch something from elsewhere."""

    def __init__(self, found: str) -> None:
        super().__init__(found)
        self.found = found

    def __str__(self) -> str:
        return f"the page would fetch from elsewhere: {self.found}"


def read(source: Path) -> Notebook:
    """A notebook from its source, which is text in percent format, or from an .ipynb file."""
    return _jupytext.read(source)


def kept(source: Path) -> str:
    """The .ipynb that stands beside a source: the same cells, numbered, without outputs."""
    notebook = read(source)
    for number, cell in enumerate(notebook.cells, start=1):
        cell["id"] = f"cell-{number:02}"
    return _text(notebook)


def _text(notebook: Notebook) -> str:
    return f"{_nbformat.writes(notebook, indent=1)}\n"


def given(notebook: Notebook, values: Mapping[str, Any]) -> Notebook:
    """The notebook with other parameters, put in after those of the cell that is tagged for it."""
    (place,) = (n for n, cell in enumerate(notebook.cells) if _PARAMETERS in cell.metadata.get("tags", []))
    lines = "\n".join(f"{name} = {value!r}" for name, value in values.items())
    cell = _nbformat.v4.new_code_cell(lines, metadata={"tags": ["injected-parameters"]})
    notebook.cells.insert(place + 1, cell)
    return notebook


def execute(notebook: Notebook, folder: Path, environment: Mapping[str, str] | None = None) -> Notebook:
    """Runs every cell in a kernel of its own that works in `folder`; raises `Stopped` where a cell raises."""
    with TemporaryDirectory(prefix="ccus-") as sockets:
        client = _nbclient.NotebookClient(
            notebook,
            timeout=CELL_SECONDS,
            startup_timeout=CELL_SECONDS,
            config=_local(sockets),
            resources={"metadata": {"path": str(folder)}},
        )
        try:
            client.execute(env={**os.environ, **(environment or {})})
        except _nbclient.exceptions.CellExecutionError as fault:
            raise Stopped(fault.ename, fault.evalue) from fault
        except (RuntimeError, TimeoutError) as fault:
            # The kernel died, did not start, or a cell outlived its time.
            raise Stopped(type(fault).__name__, str(fault)) from fault
    return notebook


def _local(sockets: str) -> Any:
    """A kernel over TCP warns that nothing is encrypted; over sockets in a folder of our own nothing need be.

    Their place must be short, for the system limits it, and whole, for the kernel works in another folder.
    """
    return _config({"AsyncKernelManager": {"transport": "ipc", "ip": f"{sockets}/kernel"}})


def page(notebook: Notebook, title: str) -> str:
    """An executed notebook as one HTML page that fetches nothing; raises `AsksOutside` if it would."""
    exporter = _exporter(
        config=_config(
            {
                "HTMLExporter": {
                    "require_js_url": "",
                    "mathjax_url": "",
                    "embed_images": True,
                }
            }
        )
    )
    body, _ = exporter.from_notebook_node(_flowing(notebook), resources={"metadata": {"name": title}})
    # A page that only shows something needs no script, and those of the template would load libraries.
    drawn = _SCRIPT.sub("", body)
    if found := _FOREIGN.search(drawn):
        raise AsksOutside(found[0])
    return drawn.replace("</head>", f"<style>{_style(drawn)}</style></head>", 1)


def _flowing(notebook: Notebook) -> Notebook:
    """The notebook with Japanese prose in whole lines: a page would put a space where a line of the source ends."""
    flowing = deepcopy(notebook)
    for cell in flowing.cells:
        if cell.cell_type == "markdown":
            cell["source"] = _BROKEN.sub("", cell.source)
    return flowing


def _style(body: str) -> str:
    letters = "".join(sorted(set(_MARKUP.sub("", body))))
    fonts = f"{FONT}, 'Noto Sans CJK JP', Meiryo, 'Hiragino Sans', sans-serif"
    return (
        f"{face(letters)}"
        f"body, .jp-RenderedHTMLCommon {{font-family: {fonts}}}"
        "main {max-width: 1100px; margin: auto}"
        ".jp-InputPrompt, .jp-OutputPrompt {display: none}"
    )


def write(notebook: Notebook, out: Path, name: str) -> tuple[Path, Path]:
    """Writes an executed notebook into a folder, as .ipynb and as a page; gives both files."""
    out.mkdir(parents=True, exist_ok=True)
    file, shown = out / f"{name}.ipynb", out / f"{name}.html"
    file.write_text(_text(notebook), encoding="utf-8", newline="\n")
    shown.write_text(page(notebook, name), encoding="utf-8", newline="\n")
    return file, shown
