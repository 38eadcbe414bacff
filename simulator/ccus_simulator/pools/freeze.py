"""Write the frozen pool of Japanese names and towns out of Faker: `python -m ccus_simulator.pools.freeze`.

Faker changes its lists between releases and a record of the register must never change, so the lists are
copied once and read from the copy. Running this again makes another population: every golden hash has to be
set anew.
"""

import json
from importlib.metadata import version
from pathlib import Path

from faker.providers.address.ja_JP import Provider as Addresses
from faker.providers.person.ja_JP import Provider as Persons

POOL = Path(__file__).with_name("faker_ja_jp.json")
LONGEST_TOWN = 4


def _survives(text: str) -> bool:
    """Whether every encoding that Japanese systems use can carry the text."""
    try:
        return all(text.encode(name) for name in ("cp932", "euc_jp", "iso2022_jp"))
    except UnicodeEncodeError:
        return False


def frozen() -> dict[str, object]:
    """Return the pool as it stands in the installed Faker."""
    towns = [town for town in Addresses.towns if len(town) <= LONGEST_TOWN and _survives(town)]
    return {
        "source": f"faker {version('faker')} ja_JP",
        "family": [[kanji, kana] for kanji, kana, _ in Persons.last_name_pairs if _survives(kanji)],
        "male": [[kanji, kana] for kanji, kana, _ in Persons.first_name_male_pairs if _survives(kanji)],
        "female": [[kanji, kana] for kanji, kana, _ in Persons.first_name_female_pairs if _survives(kanji)],
        "towns": sorted(set(towns), key=towns.index),
    }


if __name__ == "__main__":
    POOL.write_text(json.dumps(frozen(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
