"""What makes synthetic people: ours in five ways, and what one would pick instead.

Each contender makes technicians of 34 items. Faker and mimesis get the same items as far as they have providers,
with their own values; they keep no rule between items and plant no canary, so they do less.
"""

import json
import tempfile
from collections.abc import Callable
from pathlib import Path

from ccus_simulator import population
from ccus_simulator.ids import BUSINESS, TECHNICIAN, bulk_id, world_id
from ccus_simulator.population import bulk

FIRST_WORLD = 1000
PEOPLE_OF_A_WORLD = 20
FIRMS_OF_A_WORLD = 5


def ours_record(count: int) -> None:
    for number in range(count):
        population.technician(7, bulk_id(TECHNICIAN, number))


def ours_world(count: int) -> None:
    """What the simulator hands over: people of small worlds, with the firm that the world has each of them in."""
    for order in range(count):
        world, index = divmod(order, PEOPLE_OF_A_WORLD)
        number = FIRST_WORLD + world
        firm = world_id(BUSINESS, number, 1 + index % FIRMS_OF_A_WORLD)
        population.technician(7, world_id(TECHNICIAN, number, 1 + index), ((firm, "main"),))


def ours_ndjson(count: int) -> None:
    with Path("/dev/null").open("w", encoding="utf-8") as nowhere:
        nowhere.writelines(bulk.lines(7, TECHNICIAN, range(count)))


def ours_arrow(count: int) -> None:
    for start in range(0, count, bulk.PART):
        bulk.table(7, TECHNICIAN, range(start, min(start + bulk.PART, count)))


def ours_parquet(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        bulk.write(Path(folder) / "out", seed=7, technicians=count, businesses=0, form="parquet")


def faker_ja(count: int) -> None:
    from faker import Faker  # noqa: PLC0415 - each contender loads only itself

    fake = Faker("ja_JP")
    for number in range(count):
        # Seeded per person, so that a person does not depend on those made before: what we promise too.
        fake.seed_instance(number)
        _person(
            fake.name,
            fake.date,
            fake.address,
            fake.phone_number,
            fake.company,
            lambda: fake.random_int(0, 3),
            lambda: fake.random_element(("有", "無", "適用除外")),
        )


def mimesis_ja(count: int) -> None:
    from mimesis import Generic  # noqa: PLC0415
    from mimesis.locales import Locale  # noqa: PLC0415

    fake = Generic(Locale.JA)
    for number in range(count):
        fake.reseed(number)
        _person(
            fake.person.full_name,
            lambda: fake.datetime.date().isoformat(),
            fake.address.address,
            fake.person.telephone,
            fake.finance.company,
            lambda: fake.random.randint(0, 3),
            lambda: fake.random.choice(("有", "無", "適用除外")),
        )


def _person(
    name: Callable[[], str],
    day: Callable[[], str],
    address: Callable[[], str],
    phone: Callable[[], str],
    company: Callable[[], str],
    few: Callable[[], int],
    word: Callable[[], str],
) -> dict[str, object]:
    """Thirty-four items with as many calls as ours has values of each sort."""
    texts = {f"name_{n}": name() for n in range(2)} | {f"address_{n}": address() for n in range(2)}
    days = {f"day_{n}": day() for n in range(6)} | {f"phone_{n}": phone() for n in range(5)}
    return (
        texts
        | days
        | {"firm": company()}
        | {f"n_{n}": few() for n in range(6)}
        | {f"w_{n}": word() for n in range(12)}
    )


def json_size(count: int) -> float:
    """The mean size of a record as JSON."""
    records = (population.technician(7, bulk_id(TECHNICIAN, number)) for number in range(count))
    return sum(len(json.dumps(record, ensure_ascii=False).encode()) for record in records) / count


CONTENDERS: dict[str, tuple[Callable[[int], None], int]] = {
    "ours, Arrow columns": (ours_arrow, 131_072),
    "ours, Parquet file": (ours_parquet, 131_072),
    "ours, record by record": (ours_record, 5_000),
    "ours, records of worlds": (ours_world, 5_000),
    "ours, NDJSON stream": (ours_ndjson, 5_000),
    "mimesis ja": (mimesis_ja, 1_500),
    "Faker ja_JP": (faker_ja, 1_500),
}
