"""The notebook of one run or bundle on the command line: written, run, and ready to be read in a browser."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from ccus_harness.commands.faults import refuse
from ccus_harness.commands.options import Lang, LangOption
from ccus_harness.locator import data
from ccus_harness.messages import catalogue
from ccus_harness.reports.inert import inert_text

SOURCE = "03_reviewer_dossier"
NAME = "dossier"


def notebook(
    *,
    source: Annotated[
        Path,
        typer.Argument(
            metavar="BUNDLE|RUN", help="一束の証拠、または実行のフォルダ / a bundle, or a run's folder"
        ),
    ],
    row: Annotated[
        str, typer.Option("--row", metavar="ROW", help="詳しく見る審査項目 / the row to look at closely")
    ] = "",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="ノートを置く所 / where the notebook goes")
    ] = None,
    lang: LangOption = Lang.ja,
) -> None:
    """実行の綴りをノートとページで作る / write a run's dossier as a notebook and a page."""
    words = catalogue(lang)
    if not source.exists():
        refuse(words.text("notebook.nothing", path=str(source)))
    try:
        # Only here: whoever never asks for a notebook needs none of what it takes to run one.
        from ccus_harness.showing import pages  # noqa: PLC0415
    except ModuleNotFoundError as fault:
        refuse(words.text("notebook.extra", what=str(fault.name)))
    place = out or (source / NAME if source.is_dir() else source.with_name(f"{_stem(source)}-{NAME}"))
    template = pages.read(data("notebooks") / f"{SOURCE}.py")
    given = pages.given(template, {"source": str(source.resolve()), "row": row})
    try:
        with TemporaryDirectory(prefix="ccus-notebook-") as folder:
            done = pages.execute(given, Path(folder))
        written = pages.write(done, place, NAME)
    except pages.Stopped as fault:
        refuse(words.text("notebook.not_made", why=fault.why))
    except OSError as fault:
        refuse(words.text("cli.not_written", path=str(fault.filename), why=str(fault.strerror)))
    for key, file in zip(("notebook.ipynb", "notebook.page"), written, strict=True):
        typer.echo(inert_text(words.text(key, path=str(file))))


def _stem(bundle: Path) -> str:
    return bundle.name.removesuffix(".zip").removesuffix(".ccus")
