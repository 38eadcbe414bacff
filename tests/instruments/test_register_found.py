"""The canaries of the register are found again in whatever form Japanese systems keep them, and only their own."""

from __future__ import annotations

import gzip
import json
import re
import unicodedata
from base64 import b64encode
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from ccus_harness.instruments.residue import scan
from ccus_harness.instruments.sources import from_bytes
from ccus_simulator import population
from ccus_simulator.ids import BUSINESS, TECHNICIAN, world_id

if TYPE_CHECKING:
    from collections.abc import Callable

FORMS: dict[str, Callable[[str], bytes]] = {
    "as it stands": str.encode,
    "NFKC": lambda text: unicodedata.normalize("NFKC", text).encode(),
    "without hyphens": lambda text: re.sub(r"(?<=\d)-(?=\d)", "", text).encode(),
    "without the space in a name": lambda text: text.replace("　", "").encode(),
    "CP932": lambda text: text.encode("cp932"),
    "EUC-JP": lambda text: text.encode("euc_jp"),
    "UTF-16": lambda text: text.encode("utf-16-le"),
    "base64": lambda text: b64encode(text.encode()),
    "URL": lambda text: quote(text).encode(),
    "JSON inside a text": lambda text: json.dumps(json.dumps(text)).encode(),
    "gzip": lambda text: gzip.compress(text.encode()),
}
PERSON, FIRM = world_id(TECHNICIAN, 1234, 40), world_id(BUSINESS, 1234, 40)
NEIGHBOURS = [world_id(kind, 1234, index) for kind in (TECHNICIAN, BUSINESS) for index in range(1, 16)]


@cache
def canaries() -> tuple[population.Canary, ...]:
    own = [one for id in (PERSON, FIRM) for one in population.canaries(7, id)]  # noqa: A001
    return (*own, *(one for id in NEIGHBOURS for one in population.canaries(7, id)))  # noqa: A001


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("id", [PERSON, FIRM], ids=["technician", "business"])
def test_every_canary_is_found_in_every_form_and_nobody_elses(form: str, id: str) -> None:  # noqa: A002
    for canary in population.canaries(7, id):
        data = (
            b"before " + FORMS[form](canary.text) + b" after" if form != "gzip" else FORMS[form](canary.text)
        )
        found = scan([from_bytes("kept", data)], canaries()).found
        assert (id, canary.item) in found, (form, canary.text)
        assert {owner for owner, _ in found} == {id}, (form, canary.text)
