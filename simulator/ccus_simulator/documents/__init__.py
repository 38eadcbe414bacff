"""The documents CCUS reads: JSON Schemas as data, and one function that lists every fault of a document."""

import json
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, Literal, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import jsonschema_rs
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError

DocumentName = Literal[
    "admin-clock-1",
    "admin-contract-1",
    "admin-fault-1",
    "admin-registry-1",
    "admin-world-1",
    "disposal-certificate-1",
    "incident-notice-1",
    "provision-request-1",
    "retention-claim-1",
    "scope-cases-1",
    "world-1",
    "world-file-1",
]

MOST_FAULTS: Final = 100
LONGEST_QUOTE: Final = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong with a document: where it is, and what to do about it."""

    path: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}: {self.text}"

    def as_json(self) -> dict[str, str]:
        return asdict(self)


class MalformedDocument(Exception):
    """A document is refused; all of its faults are carried at once."""

    def __init__(self, what: str, faults: tuple[Fault, ...]) -> None:
        self.what = what
        self.faults = faults
        super().__init__(what, faults)

    def __str__(self) -> str:
        lines = "\n".join(f"  {fault}" for fault in self.faults)
        count = len(self.faults)
        return f"{self.what}: {count} 件の誤りがあります。すべて直してから読み直してください。\n{lines}"


def faults_of(name: DocumentName, document: Any) -> tuple[Fault, ...]:
    """Every fault of a document against its schema, in the order of their paths."""
    if is_sound(name, document):
        return ()
    errors = islice(_validator(name).iter_errors(document), MOST_FAULTS)  # pyright: ignore[reportUnknownMemberType]
    faults = {Fault(path=_path(error), text=_sentence(error)) for error in errors}
    return tuple(sorted(faults, key=lambda fault: (fault.path, fault.text)))


def is_sound(name: DocumentName, document: Any) -> bool:
    """Whether a document has no fault, told in a hundredth of the time that listing faults takes; no is no last word."""
    try:
        return _sounding(name).is_valid(document)
    except (TypeError, ValueError):  # it knows no half of a surrogate pair, for one
        return False


def schema(name: DocumentName) -> dict[str, Any]:
    """Return the JSON Schema of a document, as shipped."""
    text = files(__name__).joinpath(f"{name}.schema.json").read_text(encoding="utf-8")
    return cast("dict[str, Any]", json.loads(text))


@cache
def _sounding(name: DocumentName) -> "jsonschema_rs.Draft202012Validator":
    import jsonschema_rs  # noqa: PLC0415 - a start does not wait for it

    return jsonschema_rs.Draft202012Validator(schema(name))


@cache
def _validator(name: DocumentName) -> "Draft202012Validator":
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - only a document with faults waits for it

    checked = schema(name)
    Draft202012Validator.check_schema(checked)
    return Draft202012Validator(checked)


def _path(error: "ValidationError") -> str:
    steps = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.absolute_path)
    return f"${steps}"


def _sentence(error: "ValidationError") -> str:
    tell = _SENTENCES.get(str(error.validator))
    return tell(error) if tell else f"決まりに合いません（{error.validator}）。様式を見て直してください。"


def _required(error: "ValidationError") -> str:
    present = cast("Mapping[str, object]", error.instance)
    wanted = cast("list[str]", error.validator_value)
    missing = "、".join(key for key in wanted if key not in present)
    return f"「{missing}」がありません。書き加えてください。"


def _unexpected(error: "ValidationError") -> str:
    known = cast("Mapping[str, object]", cast("Mapping[str, object]", error.schema).get("properties", {}))
    present = cast("Mapping[str, object]", error.instance)
    extra = "、".join(_quote(key) for key in present if key not in known)
    return (
        f"知らない項目 {extra} があります。消すか、名前を直してください（使えるもの: {'、'.join(known)}）。"
    )


def _quote(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}…"


_SENTENCES: "Final[Mapping[str, Callable[[ValidationError], str]]]" = {
    "required": _required,
    "additionalProperties": _unexpected,
    "type": lambda e: f"{_quote(e.instance)} の型が違います。{_quote(e.validator_value)} にしてください。",
    "enum": lambda e: f"{_quote(e.instance)} は使えません。{_quote(e.validator_value)} から選んでください。",
    "const": lambda e: f"{_quote(e.instance)} は {_quote(e.validator_value)} でなければなりません。",
    "pattern": lambda e: f"{_quote(e.instance)} の書き方が違います。{e.validator_value} に合わせてください。",
    "minLength": lambda _: "空です。内容を書いてください。",
    "maxLength": lambda e: f"長すぎます。{e.validator_value} 文字までにしてください。",
    "minItems": lambda e: f"足りません。{e.validator_value} 件以上にしてください。",
    "maxItems": lambda e: f"多すぎます。{e.validator_value} 件までにしてください。",
    "uniqueItems": lambda _: "同じものが二度あります。一つにしてください。",
    "minimum": lambda e: f"{_quote(e.instance)} は小さすぎます。{e.validator_value} 以上にしてください。",
    "maximum": lambda e: f"{_quote(e.instance)} は大きすぎます。{e.validator_value} 以下にしてください。",
    "minProperties": lambda _: "空です。一つ以上書いてください。",
}
