"""Claims about reading JSON of unknown origin: what is read is what stands there, and what is doubtful is refused."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccus_simulator.reading import checked_json
from ccus_simulator.refusals import Refused

TEXTS = st.text(st.sampled_from('a:"\\{}[],彁 \n\x00\ud800é'), max_size=4)
NUMBERS = st.integers() | st.floats(allow_nan=True)
SPACE = st.sampled_from(["", " ", "\n\t "])
NAMES = st.sampled_from(["a", "b", ":", ""]) | TEXTS


class Pairs:
    """The members of an object, of which some may have the same name."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        self.pairs = pairs


TREES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.lists(st.tuples(NAMES, inner), max_size=3).map(Pairs),
    max_leaves=8,
)


def text_of(value: Any, space: str, *, ascii_only: bool) -> str:
    def told(one: Any) -> str:
        if isinstance(one, Pairs):
            return (
                "{" + ",".join(f"{told(name)}{space}:{space}{told(value)}" for name, value in one.pairs) + "}"
            )
        if isinstance(one, list):
            return "[" + f",{space}".join(map(told, one)) + "]"
        return json.dumps(one, ensure_ascii=ascii_only)

    return told(value)


def value_of(value: Any) -> Any:
    """Return what a careful reader makes of it; raises `ValueError` where it refuses."""
    if isinstance(value, Pairs):
        read = {name: value_of(inner) for name, inner in value.pairs}
        for name in read:
            value_of(name)
        if len(read) < len(value.pairs):
            raise ValueError(read)
        return read
    if isinstance(value, list):
        return [value_of(inner) for inner in value]
    if isinstance(value, str):
        value.encode()
    if isinstance(value, float):
        json.dumps(value, allow_nan=False)
    return value


@given(tree=TREES, space=SPACE, ascii_only=st.booleans())
def test_what_is_read_is_what_stands_there(*, tree: Any, space: str, ascii_only: bool) -> None:
    text = text_of(tree, space, ascii_only=ascii_only).encode(errors="surrogatepass")
    try:
        wanted = value_of(tree)
    except ValueError:
        with pytest.raises(Refused):
            checked_json(text)
        return
    read = checked_json(text)
    assert (read, json.dumps(read)) == (wanted, json.dumps(wanted))


@pytest.mark.parametrize(
    "text",
    [
        b'{"a":1,"a":1}',
        b'{"a" : 1, "a":":"}',
        b'{"a":{"b":":","b":1}}',
        b'[{"a":1,"a":2}]',
        b"{}{}",
        b"NaN",
        b'"\xed\xa0\x80"',
        b"[" * 51 + b"]" * 51,
        b"[" * 100_000,
    ],
)
def test_a_doubtful_text_is_refused(text: bytes) -> None:
    with pytest.raises(Refused):
        checked_json(text)


@pytest.mark.parametrize("text", [b'\xef\xbb\xbf{"a":1}', '{"a":1}'.encode("utf-16"), b' {"a" :1 }\r\n'])
def test_a_text_in_another_coat_is_read(text: bytes) -> None:
    assert checked_json(text) == {"a": 1}
