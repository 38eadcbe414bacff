"""The options that several commands share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

TLS_FOLDER = "ccus-tls"


class Lang(StrEnum):
    """The language of what a person reads."""

    ja = "ja"
    en = "en"


class OperatorRole(StrEnum):
    """Whose simulator and seed a run uses: the vendor's own, or the reviewer's."""

    vendor = "vendor"
    reviewer = "reviewer"


LangOption = Annotated[Lang, typer.Option("--lang", help="日本語 (ja) / English (en)")]
JsonOption = Annotated[
    bool, typer.Option("--json", help="結果のJSONだけを標準出力へ / only JSON on standard output")
]
RunArgument = Annotated[
    Path, typer.Argument(metavar="RUN", help="run が作ったフォルダ / a folder that run has made")
]

ReadingOption = Annotated[
    list[str] | None,
    typer.Option("--reading", metavar="NAME=OPTION", help="採る解釈 / a declared reading"),
]
PolicyOption = Annotated[
    list[str] | None,
    typer.Option("--policy", metavar="NAME=VALUE", help="判定用目安 / a policy number (PT24H, strict, …)"),
]
AgreedOption = Annotated[
    Path | None,
    typer.Option("--agreed", metavar="FILE", help="第9条で合意した解釈 / readings agreed under article 9"),
]
DialectOption = Annotated[
    str | None,
    typer.Option("--dialect", metavar="NAME", help="CCUSの方言 json | session / the dialect of CCUS"),
]
BindOption = Annotated[
    str | None,
    typer.Option("--bind", metavar="ADDRESS", help="模擬CCUSが待ち受けるアドレス / where CCUS listens"),
]
PublicUrlOption = Annotated[
    str | None,
    typer.Option("--public-url", metavar="URL", help="外から見た模擬CCUS / CCUS as others reach it"),
]
TlsOption = Annotated[
    bool, typer.Option("--tls", help=f"模擬CCUSがTLSで話す（証明書は {TLS_FOLDER}） / CCUS speaks TLS")
]
TlsFolderOption = Annotated[
    Path | None,
    typer.Option("--tls-dir", metavar="DIR", help="TLSの証明書のフォルダ / folder of the certificates"),
]

OperatorOption = Annotated[
    str, typer.Option("--operator", metavar="NAME", help="模擬CCUSを運用する者 / who operates the simulator")
]
RoleOption = Annotated[
    OperatorRole,
    typer.Option("--role", help="vendor: 自己試験 self-tested | reviewer: 認定試験 certification"),
]
SeedFileOption = Annotated[
    Path | None,
    typer.Option("--seed-file", metavar="FILE", help="seed commit で約束した種 / a seed committed to"),
]


def tls_folder(*, tls: bool, folder: Path | None) -> str | None:
    """The folder of the certificates when CCUS is to speak TLS."""
    return str((folder or Path(TLS_FOLDER)).resolve()) if tls or folder else None


def chosen(**options: Any) -> dict[str, Any]:
    """The options that were given, by name; one that was not leaves the choice to the profile."""
    return {name: value for name, value in options.items() if value is not None}
