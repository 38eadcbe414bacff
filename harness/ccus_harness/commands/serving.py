"""Our servers, each run alone until it is told to stop."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ccus_harness.commands.faults import faults_said
from ccus_harness.commands.names import TOKEN, known_conduct
from ccus_harness.commands.options import (
    BindOption,
    DialectOption,
    Lang,
    LangOption,
    PublicUrlOption,
    TlsFolderOption,
    TlsOption,
    tls_folder,
)
from ccus_harness.messages import catalogue

if TYPE_CHECKING:
    from ccus_harness.messages import Catalogue

ADMIN_TOKEN = "CCUS_SIM_ADMIN_TOKEN"  # noqa: S105 - the name of a variable


def simulate(  # noqa: PLR0913 - one parameter for each option
    *,
    port: Annotated[int, typer.Option("--port", help="0: 空いている番号 / a free one")] = 0,
    state: Annotated[Path, typer.Option("--state", metavar="FILE", help="台帳 / ledger (SQLite)")] = Path(
        "ccus.sqlite"
    ),
    world: Annotated[
        Path | None, typer.Option("--world", metavar="FILE", help="世界 / world file (YAML)")
    ] = None,
    dialect: DialectOption = None,
    bind: BindOption = None,
    public_url: PublicUrlOption = None,
    tls: TlsOption = False,
    tls_dir: TlsFolderOption = None,
    lang: LangOption = Lang.ja,
) -> None:
    """模擬CCUSを始める / start the simulated CCUS."""
    options = ["--port", str(port), "--state", str(state), *(["--world", str(world)] if world else [])]
    given = {
        "--dialect": dialect,
        "--bind": bind,
        "--public-url": public_url,
        "--tls-dir": tls_folder(tls=tls, folder=tls_dir),
    }
    options += [part for name, value in given.items() if value for part in (name, value)]
    raise typer.Exit(_serve("ccus_simulator", options, ADMIN_TOKEN, catalogue(lang)))


def reference(
    *,
    port: Annotated[int, typer.Option("--port", help="0: 空いている番号 / a free one")] = 0,
    data: Annotated[Path, typer.Option("--data", metavar="DIR", help="保管先 / its stores")] = Path(
        "ccus-reference"
    ),
    conduct: Annotated[
        str | None,
        typer.Option(
            "--as", "--defect", metavar="NAME", help="模擬不備か適法な変種 / defect or lawful variant"
        ),
    ] = None,
    ccus_ca: Annotated[
        Path | None,
        typer.Option("--ccus-ca", metavar="FILE", help="CCUSを信頼する証明書 / trust CCUS by these"),
    ] = None,
    ccus_proxy: Annotated[
        str | None, typer.Option("--ccus-proxy", metavar="URL", help="CCUSまでのプロキシ / proxy to CCUS")
    ] = None,
    lang: LangOption = Lang.ja,
) -> None:
    """契約を守る参照実装を始める / start the reference candidate."""
    words = catalogue(lang)
    with faults_said(words):
        options = ["--port", str(port), "--data", str(data)]
        options += ["--as", known_conduct(conduct)] if conduct else []
        options += ["--ccus-ca", str(ccus_ca)] if ccus_ca else []
        options += ["--ccus-proxy", ccus_proxy] if ccus_proxy else []
        raise typer.Exit(_serve("ccus_reference", options, TOKEN, words))


def _serve(module: str, options: list[str], token_name: str, words: Catalogue) -> int:
    """Runs one of our servers until it is told to stop; its own output is this command's output."""
    environment = dict(os.environ)
    typer.echo(words.text("cli.listening", program=module), err=True)
    if not environment.get(token_name):
        environment[token_name] = secrets.token_hex(16)
        typer.echo(words.text("cli.token_made", name=token_name, token=environment[token_name]), err=True)
    # Being ended must end the server too, in whatever way it comes.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with subprocess.Popen([sys.executable, "-m", module, *options], env=environment) as server:
        try:
            return server.wait()
        except KeyboardInterrupt:
            server.terminate()
            server.wait()
            return 0
