"""Where the package finds the scenarios, schemas and notebooks that lie beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

Kind = Literal["features", "schemas", "notebooks"]

_PACKAGE = Path(__file__).parent


class DataNotFoundError(FileNotFoundError):
    """Neither the wheel nor a checkout holds the folder."""

    def __init__(self, kind: Kind, tried: tuple[Path, ...]) -> None:
        super().__init__(kind)
        self.kind = kind
        self.tried = tried

    def __str__(self) -> str:
        places = " nor ".join(str(path) for path in self.tried)
        return f"no folder {self.kind}: neither {places} is there; install the package again"


def data(kind: Kind) -> Path:
    """Find the folder of that kind: inside the package when installed, beside it in a checkout."""
    tried = (_PACKAGE / "_data" / kind, _PACKAGE.parents[1] / kind)
    for path in tried:
        if path.is_dir():
            return path
    raise DataNotFoundError(kind, tried)
