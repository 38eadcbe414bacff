"""The firm that runs this system and its people: all of them made up."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, Final

from ccus_reference import BUILD

FUND: Final = "一般財団法人 建設業振興基金"
NAME: Final = "模擬運営株式会社"
CORPORATE_NO: Final = "0000000000000"

KOU: Final[dict[str, Any]] = {
    "name": NAME,
    "houjin_bangou": CORPORATE_NO,
    "system_name": "参照システム",
    "system_build": BUILD,
}
REPORTER: Final[dict[str, Any]] = {
    "name": "模擬 一郎",
    "title": "個人情報保護管理者",
    "phone_24h": "0300000000",
    "mail": "privacy@kou.example",
}


def signer(name: str, title: str, date: str) -> dict[str, Any]:
    """Somebody who did or checked something, as a certificate names him."""
    contact = REPORTER["mail"]
    return {
        "name": name,
        "title": title,
        "org": NAME,
        "date": date,
        "place": "模擬データセンター",
        "contact": contact,
    }


PERFORMER: Final = MappingProxyType({"name": "模擬 二郎", "title": "運用担当"})
VERIFIER: Final = MappingProxyType({"name": "模擬 三郎", "title": "監査担当"})
AUTHORISER: Final = MappingProxyType({"name": "模擬 四郎", "title": "代表取締役"})
