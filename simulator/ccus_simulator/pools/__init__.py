"""The pools that the synthetic register draws from: frozen lists, shipped as data."""

import json
from importlib.resources import files
from typing import Any, Final, cast

PoolName = str


def pool(name: PoolName) -> dict[str, Any]:
    """Return a pool by its file name without the ending."""
    text = files(__name__).joinpath(f"{name}.json").read_text(encoding="utf-8")
    return cast("dict[str, Any]", json.loads(text))


PEOPLE: Final = pool("faker_ja_jp")
CONSTRUCTION: Final = pool("construction")
