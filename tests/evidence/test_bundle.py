"""A bundle can be rebuilt byte for byte, shows any changed bit, and gives its verdicts again."""

from __future__ import annotations

import io
import json
import random
import shutil
import struct
import zipfile
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from ccus_harness.deciding import Given, record
from ccus_harness.deciding.found import JST
from ccus_harness.evidence import bundle, verifying
from ccus_harness.evidence.packing import Altered, pack, unpack
from ccus_harness.evidence.signing import (
    NoKey,
    canonical,
    new_signer,
    read_public,
    read_signer,
    sign,
    write_keys,
)
from ccus_harness.register import load_register
from ccus_harness.run_folder import REQUEST_FILE
from ccus_harness.seeds import committed

from .conftest import SEED

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ccus_harness.evidence.signing import Signer

FLIPS = 2000


def found(packed: bytes, signer: Signer | None = None) -> bool:
    """Whether verifying notices that something is wrong, without a crash."""
    steps, members = verifying.integrity(packed, signer.public_key if signer else None)
    return steps[0].state == "bad" and not members


def flipped(packed: bytes, bit: int) -> bytes:
    changed = bytearray(packed)
    changed[bit // 8] ^= 1 << (bit % 8)
    return bytes(changed)


# -- whole ---------------------------------------------------------------------------------------


def test_the_same_run_gives_the_same_bytes(run: Path, packed: bytes, signer: Signer) -> None:
    assert bundle.gathered(run, signer, certified_key=True, holder="審査機関") == packed
    assert pack(unpack(packed)) == packed


def test_every_verdict_is_derived_again_from_the_bundle_alone(packed: bytes, signer: Signer) -> None:
    steps, members = verifying.integrity(packed, signer.public_key)
    told = [(step.code, step.state) for step in [*steps, *verifying.derivation(members)]]
    assert told == [
        ("intact", "good"),
        ("signed_by", "good"),
        ("certification", "good"),
        ("ledger_agrees", "good"),
        ("reports_follow", "good"),
        ("same_verdicts", "good"),
        ("not_derivable", "noted"),
    ]


def test_without_a_key_a_bundle_is_only_self_signed(packed: bytes) -> None:
    steps, _ = verifying.integrity(packed)
    assert [step.code for step in steps] == ["intact", "self_signed", "certification"]


def test_a_bundle_holds_no_secret_and_no_place_of_the_machine(run: Path, packed: bytes) -> None:
    secret = (run / "state" / "key").read_text("ascii").encode()
    assert secret not in packed
    assert str(run).encode() not in packed
    assert json.loads((run / REQUEST_FILE).read_text("utf-8"))["seed"] == 20260413


# -- changed -------------------------------------------------------------------------------------


def test_a_flipped_bit_at_any_of_many_places_is_found(packed: bytes, signer: Signer) -> None:
    draw = random.Random(20260413)  # noqa: S311 - places to try, no secret
    bits = [draw.randrange(len(packed) * 8) for _ in range(FLIPS)]
    assert [bit for bit in bits if not found(flipped(packed, bit), signer)] == []


def headers(packed: bytes) -> list[int]:
    """Every byte of the local headers, the directory and its end record."""
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        entries = archive.infolist()
        places = [
            place
            for entry in entries
            for place in range(entry.header_offset, entry.header_offset + 30 + len(entry.filename))
        ]
        return [*places, *range(archive.start_dir, len(packed))]


def test_a_flipped_bit_in_any_header_or_directory_field_is_found(signer: Signer) -> None:
    small = signed({"events.jsonl": b"{}\n", "request.json": b"{}\n"}, signer)
    places = headers(small)
    assert len(places) > 200
    bits = [place * 8 + bit for place in places for bit in range(8)]
    assert [bit for bit in bits if not found(flipped(small, bit), signer)] == []


@pytest.mark.parametrize("member", [bundle.ENVELOPE, bundle.MANIFEST, bundle.HEAD])
def test_a_flipped_bit_anywhere_in_what_seals_the_bundle_is_found(member: str, signer: Signer) -> None:
    members = unpack(signed({"events.jsonl": b"{}\n", "request.json": b"{}\n"}, signer))
    body = members[member]
    missed = [
        bit
        for bit in range(len(body) * 8)
        if not found(pack({**members, member: flipped(body, bit)}), signer)
    ]
    assert missed == []


def signed(members: dict[str, bytes], signer: Signer) -> bytes:
    head: dict[str, Any] = {
        "public_key": {"keytype": "ed25519", "public": signer.public_key.keyval["public"]}
    }
    whole = {**members, bundle.HEAD: canonical(head)}
    whole[bundle.MANIFEST] = bundle.manifest(whole)
    whole[bundle.ENVELOPE] = sign(bundle.digest(whole[bundle.MANIFEST]), head, signer)
    return pack(whole)


CHANGES: dict[str, Callable[[dict[str, bytes]], dict[str, bytes]]] = {
    "a member is missing": lambda m: {name: body for name, body in m.items() if name != "results.json"},
    "a member was added": lambda m: {**m, "more.json": b"{}\n"},
    "a member was changed": lambda m: {**m, "results.json": m["results.json"] + b" "},
    "the events are gone": lambda m: {name: body for name, body in m.items() if name != bundle.EVENTS},
    "the seal is gone": lambda m: {name: body for name, body in m.items() if name != bundle.ENVELOPE},
    "the ledger was cut": lambda m: {
        **m,
        bundle.LEDGER: b"".join(m[bundle.LEDGER].splitlines(keepends=True)[:-1]),
    },
}


@pytest.mark.parametrize("change", sorted(CHANGES))
def test_a_changed_set_of_members_is_found(change: str, packed: bytes, signer: Signer) -> None:
    assert found(pack(CHANGES[change](unpack(packed))), signer)


def test_a_change_that_was_signed_anew_fails_the_key_of_the_first(packed: bytes, signer: Signer) -> None:
    members = unpack(packed)
    stranger = new_signer()
    head = {
        **json.loads(members[bundle.HEAD]),
        "exit": 0,
        "public_key": {"keytype": "ed25519", "public": stranger.public_key.keyval["public"]},
    }
    members[bundle.HEAD] = canonical(head)
    del members[bundle.MANIFEST], members[bundle.ENVELOPE]
    members[bundle.MANIFEST] = bundle.manifest(members)
    members[bundle.ENVELOPE] = sign(bundle.digest(members[bundle.MANIFEST]), head, stranger)
    assert found(pack(members), signer)
    assert [step.code for step in verifying.integrity(pack(members))[0]][:2] == ["intact", "self_signed"]


def test_a_verdict_that_the_tape_does_not_give_is_named(packed: bytes, signer: Signer) -> None:
    members = unpack(packed)
    lines = members[bundle.EVENTS].splitlines(keepends=True)
    forged = [
        line.replace(b'"verdict":"satisfied"', b'"verdict":"untested"')
        if b'"row":"A1-03"' in line and b'"kind":"verdict"' in line
        else line
        for line in lines
    ]
    assert forged != lines
    steps = list(verifying.derivation({**members, bundle.EVENTS: _resealed(forged)}))
    assert ("other_verdicts", "A1-03") in [(step.code, step.where) for step in steps]


def _resealed(lines: list[bytes]) -> bytes:
    """The stream with a digest that fits again, as a forger would write it."""
    from ccus_harness.events import Stream  # noqa: PLC0415 - only the forger needs it

    out = io.BytesIO()
    stream = Stream(out)
    for line in lines[:-1]:
        event = json.loads(line)
        stream.write(event.pop("kind"), **{key: part for key, part in event.items() if key != "n"})
    end = json.loads(lines[-1])
    stream.end(**{key: part for key, part in end.items() if key not in ("n", "kind", "digest")})
    return out.getvalue()


def test_another_version_of_the_suite_is_refused(packed: bytes) -> None:
    members = unpack(packed)
    suite = json.loads(members[bundle.EVENTS].splitlines()[0])["suite"]["digest"]
    other = members[bundle.EVENTS].replace(suite.encode(), b"0" * len(suite), 1)
    assert [step.code for step in verifying.derivation({**members, bundle.EVENTS: other})] == ["other_suite"]


# -- who operated it -----------------------------------------------------------------------------


def steps_with(packed: bytes, header: dict[str, Any], head: dict[str, Any] | None = None) -> set[str]:
    """What verifying says of a bundle whose own maker wrote another first line or head and signed it."""
    members = unpack(packed)
    lines = members[bundle.EVENTS].splitlines(keepends=True)
    members[bundle.EVENTS] = b"".join([canonical({**json.loads(lines[0]), **header}), *lines[1:]])
    whole = {**json.loads(members[bundle.HEAD]), **(head or {})}
    forger = new_signer()
    whole["public_key"] = {"keytype": "ed25519", "public": forger.public_key.keyval["public"]}
    members[bundle.HEAD] = canonical(whole)
    del members[bundle.MANIFEST], members[bundle.ENVELOPE]
    members[bundle.MANIFEST] = bundle.manifest(members)
    members[bundle.ENVELOPE] = sign(bundle.digest(members[bundle.MANIFEST]), whole, forger)
    steps, _ = verifying.integrity(pack(members), forger.public_key)
    return {f"{step.state} {step.code}" for step in steps if step.what in ("operated", "record")}


def test_a_bundle_names_the_operators_of_simulator_seed_and_key(packed: bytes, signer: Signer) -> None:
    steps, members = verifying.integrity(packed, signer.public_key)
    head = json.loads(members[bundle.HEAD])
    assert head["operated"] == {"simulator": "審査機関", "seed": "審査機関", "key": "審査機関"}
    assert head["seed_commitment"] == SEED.disclosed()
    assert [step.where for step in steps if step.code == "certification"] == [
        "審査機関 / 審査機関 / 審査機関"
    ]


@pytest.mark.parametrize(
    ("header", "head", "expected"),
    [
        ({}, {}, {"good certification"}),
        ({"seed": 1}, {}, {"bad seed_not_this_seed"}),
        ({"profile": {}}, {}, {"bad seed_not_frozen"}),
        (
            {},
            {"operated": {"simulator": "甲", "seed": "甲", "key": ""}},
            {"bad operator_differs", "good certification"},
        ),
        ({}, {"signed": "self_signed"}, {"bad certification_unsigned"}),
        ({"operator": "self-tested"}, {"operator": "self-tested"}, {"noted self_tested"}),
        ({"operator": "self-tested"}, {}, {"bad operator_differs", "noted self_tested"}),
        ({"seed_commitment": "x"}, {}, {"bad no_record"}),
        ({"profile": [1]}, {}, {"bad no_record"}),
    ],
)
def test_what_does_not_fit_who_operated_a_run_is_found(
    packed: bytes, header: dict[str, Any], head: dict[str, Any], expected: set[str]
) -> None:
    assert steps_with(packed, header, head) == expected


def test_the_commitment_that_was_handed_out_is_the_one_shown(packed: bytes) -> None:
    members = unpack(packed)
    assert verifying.commitment_fits(members, SEED.commitment).code == "commitment_fits"
    other = committed(SEED.seed, "cd" * 32, by="審査機関", stated_at=SEED.commitment.stated_at)
    assert verifying.commitment_fits(members, other.commitment).state == "bad"


# -- hostile -------------------------------------------------------------------------------------


def zipped(name: str, body: bytes, compression: int = zipfile.ZIP_STORED, *, times: int = 1) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for _ in range(times):
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), body, compression)
    return out.getvalue()


HOSTILE = {
    "nothing": b"",
    "no zip": b"PK\x03\x04" + b"\xff" * 200,
    "an end record alone": b"PK\x05\x06"
    + struct.pack("<HHHHLLH", 0, 0, 65535, 65535, 2**32 - 1, 2**32 - 1, 0),
    "a way out of the folder": zipped("../../etc/passwd", b"x"),
    "an absolute name": zipped("/etc/passwd", b"x"),
    "a bomb": zipped("events.jsonl", b"\0" * 10_000_000, zipfile.ZIP_DEFLATED),
}


@pytest.mark.parametrize("kind", sorted(HOSTILE))
def test_a_hostile_file_is_refused_in_words(kind: str) -> None:
    with pytest.raises(Altered):
        unpack(HOSTILE[kind])
    assert found(HOSTILE[kind])


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_stands_twice_is_refused() -> None:
    with pytest.raises(Altered, match="twice"):
        unpack(zipped("events.jsonl", b"x", times=2))


# -- keys ----------------------------------------------------------------------------------------


def test_a_private_key_is_its_owners_alone_and_reads_back(tmp_path: Path, signer: Signer) -> None:
    public = write_keys(signer, tmp_path / "key.pem")
    assert (tmp_path / "key.pem").stat().st_mode & 0o077 == 0
    assert read_signer(tmp_path / "key.pem").public_key.keyid == signer.public_key.keyid
    assert read_public(public).keyid == signer.public_key.keyid


def test_a_file_that_is_no_key_is_refused_in_words(tmp_path: Path) -> None:
    wrong = tmp_path / "key.pem"
    wrong.write_text("not a key", "utf-8")
    with pytest.raises(NoKey, match=r"key\.pem"):
        read_signer(wrong)
    with pytest.raises(NoKey, match=r"key\.pem"):
        read_public(wrong)


# -- what people decided -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def decided(run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the run with a decision, an override and a file that they rest on."""
    folder = tmp_path_factory.mktemp("decided")
    copy = folder / "run"
    shutil.copytree(run, copy)
    (folder / "届出.pdf").write_bytes(b"%PDF-1.7")
    now = datetime.now(JST)
    said: dict[str, Any] = {"by": "審査 花子", "date": now.date().isoformat(), "reason": "見て確かめた"}
    given = (
        Given(row="A1-03", word="violated", second="確認 次郎", files=(folder / "届出.pdf",), **said),
        Given(row="A6-03", word="satisfied", **said),
    )
    record(copy, given, load_register(), now)
    return copy


def test_a_bundle_carries_decisions_and_verifies_them(decided: Path, signer: Signer) -> None:
    whole = bundle.gathered(decided, signer, certified_key=True)
    steps, members = verifying.integrity(whole, signer.public_key)
    steps += verifying.derivation(members)
    told = [(step.code, step.where) for step in steps if step.what == "decisions"]
    assert told == [("decisions_hold", "2"), ("overridden", "A1-03")]
    assert {step.state for step in steps} == {"good", "noted"}


def test_the_reports_in_a_bundle_say_what_people_decided(decided: Path, signer: Signer) -> None:
    members = unpack(bundle.gathered(decided, signer, certified_key=True))
    for name in bundle.REPORTS:
        assert "審査 花子" in members[name].decode("utf-8"), name


@pytest.mark.parametrize("name", bundle.REPORTS)
def test_a_report_that_says_something_else_is_found(packed: bytes, name: str) -> None:
    members = unpack(packed)
    forged = {**members, name: members[name].replace(b"satisfied", b"violated ")}
    forged = forged if forged != members else {**members, name: members[name] + b" "}
    steps = list(verifying.derivation(forged))
    assert ("bad", "reports_differ", name) in [(step.state, step.code, step.where) for step in steps]


def test_decisions_of_another_run_do_not_hold_in_a_bundle(decided: Path, packed: bytes) -> None:
    told = unpack(packed)
    told[bundle.EVENTS] = told[bundle.EVENTS].replace(b'"seed":20260413', b'"seed":20260414', 1)
    attached = {
        f"attached/{path.relative_to(decided / 'attached').as_posix()}": path.read_bytes()
        for path in (decided / "attached").rglob("*")
        if path.is_file()
    }
    steps = list(verifying.derivation({**told, **attached}))
    assert "decisions_broken" in [step.code for step in steps]


def test_an_attachment_that_a_bundle_cannot_hold_is_refused(decided: Path, signer: Signer) -> None:
    stray = decided / "attached" / "写真.jpg"
    stray.write_bytes(b"x")
    with pytest.raises(bundle.Unpackable, match="写真"):
        bundle.gathered(decided, signer, certified_key=True)
    stray.unlink()
