"""The technician record: 34 items as a function of seed, id and the firms the technician belongs to."""

from typing import Any, Final

from ccus_simulator.pools import CONSTRUCTION
from ccus_simulator.population.businesses import trade_name, yes
from ccus_simulator.population.days import (
    BIRTHDAY_AGO,
    COMMON_YEAR,
    DAYS_SINCE,
    LAST_BIRTHDAY,
    LONGEST_VALID,
    TEXT_AGO,
    TEXT_OF_BIRTHDAY,
)
from ccus_simulator.population.draws import Shares
from ccus_simulator.population.people import (
    FEMALE,
    FOREIGN,
    MALE,
    address,
    given,
    japanese_name,
    line,
    mobile,
    together,
)
from ccus_simulator.population.picks import distinct
from ccus_simulator.population.register import is_sole_person, other_firm, own_firm
from ccus_simulator.population.residence import (
    FAMILY_SIZES,
    FAMILY_STARTS,
    FAMILY_WORDS,
    IS_YOUNG,
    JAPAN,
    PAIRS,
    residence,
)
from ccus_simulator.population.writer import Firms, Flag, Text, Value, Whole, Writer

KIND_LABELS: Final = {"main": "主", "sub": "従"}
SEXES: Final = ("男", "女")
AGES: Final = {
    (18, 29): 12,
    (30, 39): 16,
    (40, 49): 22,
    (50, 54): 14,
    (55, 59): 12,
    (60, 64): 10,
    (65, 75): 14,
}
YOUNG_AGES: Final = {(18, 24): 45, (25, 34): 45, (35, 44): 10}
"""Of those who came on a status for training or for a limited time."""

_BUCKETS: Final = (*AGES, *YOUNG_AGES)
YOUNGEST: Final = tuple(youngest for youngest, _ in _BUCKETS)
SPANS: Final = tuple(oldest - youngest + 1 for youngest, oldest in _BUCKETS)
AGE_SHARES: Final = Shares.of(AGES.values())
YOUNG_SHARES: Final = Shares.of(YOUNG_AGES.values())
BLOOD_TYPES: Final = ("A", "O", "B", "AB", "不明")
BLOOD: Final = Shares.of((36, 28, 20, 9, 7))
RELATIONS: Final = ("父", "母", "配偶者", "子", "兄弟姉妹", "祖父母", "その他")
RELATED: Final = Shares.of((12, 18, 40, 12, 12, 3, 3))
SEX_OF_RELATION: Final = (MALE, FEMALE)
"""Of 父 and 母; a 配偶者 is of the other sex, anybody else of either."""

LEVELS: Final = (1, 2, 3, 4)
LEVEL: Final = Shares.of((80, 6, 6, 8))
HIGHEST_AT_AGE: Final = tuple(1 + sum(age >= youngest for youngest in (21, 25, 28)) for age in range(120))
NOT_INSURED, SOLE_CASE = 4, 5
HEALTH_KIND: Final = Shares.of((653, 84, 211, 52))
_INSURANCE: Final = {
    "t13_health_ins_status": ("有", "有", "適用除外", "有", "無", "有"),
    "t14_health_ins_kind": ("協会けんぽ", "健康保険組合", "建設国保", "国民健康保険", None, "国民健康保険"),
    "t15_pension_status": ("有", "有", "有", "有", "無", "有"),
    "t16_pension_kind": ("厚生年金", "厚生年金", "厚生年金", "厚生年金", None, "国民年金"),
    "t17_employment_ins_status": ("有", "有", "有", "有", "無", "適用除外"),
}
"""By case: the four kinds of health insurance of the insured, the not insured, a 一人親方."""

SPECIAL_INSURANCE: Final = ("一人親方", "中小事業主等")
HEALTH_CHECKS: Final[dict[str, Any]] = CONSTRUCTION["health_checks"]
GENERAL_CHECKS: Final = tuple(HEALTH_CHECKS["general"])
SPECIAL_CHECKS: Final = tuple(HEALTH_CHECKS["special"])
_TRADES: Final[list[dict[str, Any]]] = CONSTRUCTION["trades"]
_FINE: Final = 10_000
TRADES: Final = Shares.of(
    round(trade["weight"] * _FINE / len(trade["minors"])) for trade in _TRADES for _ in trade["minors"]
)
TRADE_COUNT: Final = Shares.of((6, 2, 1, 1))
MINORS: Final = together(trade["minors"] for trade in _TRADES)
MAJORS: Final = tuple(trade["major"] for trade in _TRADES for _ in trade["minors"])
_QUALIFICATIONS: Final[list[dict[str, Any]]] = CONSTRUCTION["qualifications"]
QUALIFICATIONS: Final = together(group["names"] for group in _QUALIFICATIONS)
CATEGORIES: Final = tuple(group["category"] for group in _QUALIFICATIONS for _ in group["names"])
FOREMEN: Final = tuple(CONSTRUCTION["foreman_qualifications"])
TRAININGS: Final = tuple(f"{training}（" for training in CONSTRUCTION["training"])
AWARDS: Final = tuple(f"{award}（" for award in CONSTRUCTION["technician_awards"])


def technician_items(w: Writer, affiliated: Firms | None) -> dict[str, Value]:
    """Write the 34 items, planting their canaries; without firms given, those of the bulk register."""
    foreign = w.chance("foreign", 100)
    pair = w.where(foreign, w.pick("nationality", PAIRS), JAPAN)
    sex = w.where(w.chance("sex", 40), FEMALE, MALE)
    age = _age(w, w.at(IS_YOUNG, pair))
    born = w.at(LAST_BIRTHDAY, w.below("birthday", COMMON_YEAR)) - age * COMMON_YEAR
    sole, detailed = is_sole_person(w), is_detailed(w)
    return {
        "t01_name": _name(w, sex, foreign, pair),
        "t02_sex": w.at(SEXES, sex),
        "t03_birth_date": w.at(TEXT_OF_BIRTHDAY, born),
        "t04_blood_type": w.at(BLOOD_TYPES, w.pick("blood", BLOOD)),
        "t05_address": address(w, "t05_address"),
        **_phones(w),
        **_emergency(w, sex),
        **_employment(w, born, sole, affiliated),
        **_insurance(w, sole),
        **_mutual_aid(w, sole, detailed),
        **_trades(w),
        "t26_valid_until": _valid_until(w, born),
        **_career(w, age, detailed),
        **residence(w, pair),
        "t34_card_issue_count": w.where(w.chance("reissued", 80), 2, 1),
    }


def is_detailed(w: Writer) -> Flag:
    """Draw 詳細型 or 簡略型; a 一人親方 of a world is always registered in detail."""
    return w.chance("detailed", 500) | w.sole_of_world


def _age(w: Writer, young: Flag) -> Whole:
    bucket = w.where(young, len(AGES) + w.pick("age", YOUNG_SHARES), w.pick("age", AGE_SHARES))
    return w.at(YOUNGEST, bucket) + w.below("years", w.at(SPANS, bucket))


def _name(w: Writer, sex: Whole, foreign: Flag, pair: Whole) -> Text:
    start, size = w.at(FAMILY_STARTS, pair), w.at(FAMILY_SIZES, pair)
    family = w.at(FAMILY_WORDS, start + w.below("family", size))
    return w.join(family, w.text("t01_name", given(w, "given", w.where(foreign, FOREIGN, sex))))


def _phones(w: Writer) -> dict[str, Value]:
    item = "t06_phone_home_mobile"
    return {
        item: w.rows(
            (w.always, lambda: w.struct(種別="携帯", 番号=mobile(w, item))),
            (w.chance("home_phone", 350), lambda: w.struct(種別="自宅", 番号=line(w, item, order=1))),
        ),
        "t07_fax": w.when(w.chance("fax", 150), lambda: line(w, "t07_fax")),
    }


def _emergency(w: Writer, sex: Whole) -> dict[str, Value]:
    item, relation = "t08_emergency_name_relation", w.pick("relation", RELATED)
    of_anybody = w.below("emergency_sex", 2)
    of_relation = w.where(relation < 2, relation, w.where(relation == 2, 1 - sex, of_anybody))
    name = japanese_name(w, item, of_relation, "emergency_")
    return {
        item: w.struct(氏名=name, 続柄=w.at(RELATIONS, relation)),
        "t09_emergency_address": address(w, "t09_emergency_address", "emergency_"),
        "t10_emergency_phone": mobile(w, "t10_emergency_phone"),
    }


def _employment(w: Writer, born: Whole, sole: Flag, affiliated: Firms | None) -> dict[str, Value]:
    hired = [_hired(w, born, name) for name in ("hired", "hired_second")]
    if affiliated is not None:
        return {
            "t11_affiliated_firms": affiliated.listed(trade_name, KIND_LABELS),
            "t12_hired_on": affiliated.first_and_further(*hired),
        }
    if not w.bulk:
        return {"t11_affiliated_firms": w.rows(), "t12_hired_on": w.rows()}
    main = w.where(sole, own_firm(w), other_firm(w, "firm"))
    second = other_firm(w, "second_firm")
    linked = sole | (w.chance("unlinked", 30) ^ True)
    twice = linked & w.chance("second", 31) & (second != main)
    return {
        "t11_affiliated_firms": w.rows(
            (linked, lambda: w.struct(名称=w.of_firm(trade_name, main), 区分="主")),
            (twice, lambda: w.struct(名称=w.of_firm(trade_name, second), 区分="従")),
        ),
        "t12_hired_on": w.rows((linked, lambda: hired[0]), (twice, lambda: hired[1])),
    }


def _hired(w: Writer, born: Whole, name: str) -> Text:
    """Draw a day after the eighteenth birthday."""
    return w.at(TEXT_AGO, w.below(name, w.at(DAYS_SINCE, born + 18 * COMMON_YEAR)))


def _insurance(w: Writer, sole: Flag) -> dict[str, Value]:
    insured = w.where(w.chance("insured", 950), w.pick("health_kind", HEALTH_KIND), NOT_INSURED)
    case = w.where(sole, SOLE_CASE, insured)
    return {key: w.at(words, case) for key, words in _INSURANCE.items()}


def _mutual_aid(w: Writer, sole: Flag, detailed: Flag) -> dict[str, Value]:
    item, kentaikyo = "t19_kentaikyo_no", w.chance("kentaikyo", 300)
    special = sole | w.chance("special_insurance", 40)
    return {
        "t18_kentaikyo_status": yes(w, kentaikyo),
        item: w.when(kentaikyo, lambda: w.plant(item, w.join("98-", w.digits(item)))),
        "t20_chutaikyo": yes(w, w.chance("chutaikyo", 120)),
        "t21_rosai_special": w.when(detailed, lambda: yes(w, special)),
        "t22_rosai_special_kind": w.when(
            detailed & special, lambda: w.at(SPECIAL_INSURANCE, w.where(sole, 0, 1))
        ),
        "t23_health_check_kind_date": w.when(detailed, lambda: _health_checks(w)),
    }


def _health_checks(w: Writer) -> Value:
    def check(kind: Text, draw: str, days: int) -> Value:
        return w.struct(種類=kind, 受診日=w.at(TEXT_AGO, w.below(draw, days)))

    general = w.at(GENERAL_CHECKS, w.below("check_kind", len(GENERAL_CHECKS)))
    special = w.at(SPECIAL_CHECKS, w.below("special_check_kind", len(SPECIAL_CHECKS)))
    return w.rows(
        (w.always, lambda: check(general, "check_day", 365)),
        (w.chance("special_check", 250), lambda: check(special, "special_check_day", 365)),
        (
            w.chance("dust_check", 60),
            lambda: check(HEALTH_CHECKS["pneumoconiosis"], "dust_check_day", 3 * 365),
        ),
    )


def _trades(w: Writer) -> dict[str, Value]:
    wanted = 1 + w.pick("trades", TRADE_COUNT)
    kept = distinct(w, [w.pick(f"trade_{order}", TRADES) for order in range(4)], wanted, least=1)
    return {
        "t24_job_major": w.rows(*((keep, lambda one=one: w.at(MAJORS, one)) for keep, one in kept)),
        "t25_job_minor": w.rows(*((keep, lambda one=one: w.at(MINORS, one)) for keep, one in kept)),
    }


def _valid_until(w: Writer, born: Whole) -> Text:
    """Find the first birthday after the years for which a card is given."""
    documents = w.chance("documents", 20)
    issued = w.at(BIRTHDAY_AGO, w.below("issued", w.where(documents, 700, LONGEST_VALID)))
    age = (issued - born) // COMMON_YEAR
    years = w.where(documents, 2, w.where(age >= 60, 14, 9))
    return w.at(TEXT_OF_BIRTHDAY, born + (age + 1 + years) * COMMON_YEAR)


def _career(w: Writer, age: Whole, detailed: Flag) -> dict[str, Value]:
    drawn, highest = w.at(LEVELS, w.pick("level", LEVEL)), w.at(HIGHEST_AT_AGE, age)
    level = w.where(detailed, w.where(drawn < highest, drawn, highest), 1)
    return {
        "t27_qualifications": w.when(detailed, lambda: _qualifications(w, level)),
        "t28_skill_level": level,
        "t29_training": w.when(detailed, lambda: _training(w)),
        "t30_awards": w.when(detailed, lambda: _awards(w)),
    }


def _qualifications(w: Writer, level: Whole) -> Value:
    held = [w.below(f"qualification_{order}", len(QUALIFICATIONS)) for order in range(3)]
    foreman = w.at(FOREMEN, w.below("foreman", len(FOREMEN)))
    return w.rows(
        (level == 4, lambda: _qualification(w, 0, ("登録基幹技能者", foreman), "foreman_day")),
        *(
            (keep, lambda order=order, one=one: _held(w, order, one))
            for order, (keep, one) in enumerate(distinct(w, held, w.below("qualifications", 4)))
        ),
    )


def _held(w: Writer, order: int, one: Whole) -> Value:
    named = (w.at(CATEGORIES, one), w.at(QUALIFICATIONS, one))
    return _qualification(w, order + 1, named, f"qualified_{order}")


def _qualification(w: Writer, order: int, named: tuple[Text, Text], day: str) -> Value:
    item = "t27_qualifications"
    category, name = named
    number = w.plant(item, w.join("96-", w.digits(item, order=order)))
    return w.struct(分類=category, 名称=name, 番号=number, 取得日=w.at(TEXT_AGO, w.below(day, 2000)))


def _training(w: Writer) -> Value:
    def one() -> Value:
        name = w.at(TRAININGS, w.below("training", len(TRAININGS)))
        day = w.at(TEXT_AGO, w.below("training_day", 1800))
        return w.struct(名称=w.join(name, w.text("t29_training", "会場"), "）"), 修了日=day)

    return w.rows((w.chance("trained", 300), one))


def _awards(w: Writer) -> Value:
    def one() -> Value:
        name = w.at(AWARDS, w.below("award", len(AWARDS)))
        day = w.at(TEXT_AGO, w.below("award_day", 1800))
        return w.struct(名称=w.join(name, w.text("t30_awards", "第"), "）"), 受賞日=day)

    return w.rows((w.chance("awarded", 50), one))
