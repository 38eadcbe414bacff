"""Claims about letters to the Fund: each is receipted, and a bad one is told all of its faults."""

from copy import deepcopy
from hashlib import sha256
from hmac import digest
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccus_simulator import commitment

from .conftest import KEY, Bench

AT = "2026-04-13T09:00:00+09:00"
KOU = {"name": "甲試験株式会社", "houjin_bangou": None, "system_name": "試験システム", "system_build": "1"}
NOTICE: dict[str, Any] = {
    "schema": "incident-notice/1",
    "incident_id": "i-1",
    "notice_id": "n-1",
    "seq": 1,
    "kind": "initial",
    "drill": True,
    "contract": {"id": "KYODO-0001000"},
    "kou": KOU,
    "reporter": {"name": "担当", "title": "管理者", "phone_24h": "03000000000", "mail": "a@b.example"},
    "recipient": "一般財団法人建設業振興基金",
    "channel": "api",
    "sent_at": AT,
    "status": "suspected",
    "nature": ["leak"],
    "timeline": {"aware_at": AT, "aware_by": "窓口"},
    "actor": {"class": "tei_firm", "intent": None},
    "data": {"record_types": ["technician"], "items": ["t01_name"]},
    "place": {"component": "screen"},
    "cause": {"state": "investigating", "text": ""},
    "consequence": {"secondary": "possible", "text": ""},
    "measures": {"stopped": [], "recovery": [], "planned": []},
    "persons": {"state": "not_yet"},
    "publication": {"state": "none"},
}
CERTIFICATE: dict[str, Any] = {
    "schema": "disposal-certificate/1",
    "certificate_id": "c-1",
    "contract": {"id": "KYODO-0001000"},
    "kou": KOU,
    "end_event": {"cause": "解除", "ended_at": AT, "known_at": AT},
    "nil": False,
    "scope": {"record_types": ["technician"], "states": ["verbatim"]},
    "counts": {
        "provided_records": 1,
        "distinct_technicians": 1,
        "distinct_firms": 0,
        "disposed": 1,
        "retained": 0,
        "never_stored": 0,
    },
    "commitment": {"alg": "hmac-sha256+merkle", "key_id": "k", "leaf_count": 1, "root": "00" * 32},
    "stores": [
        {
            "store_id": "db",
            "class": "primary",
            "held": True,
            "action": {"level": "logical_delete", "method": "DELETE", "started_at": AT, "completed_at": AT},
            "verification": {"method": "full_scan", "residual_count": 0},
        }
    ],
    "exceptions": [],
    "art6_proviso": {"claimed": False, "conditions": []},
    "downstream": {"exports_made": 0, "tei_notified": True},
    "performed_by": {"name": "一郎", "title": "担当"},
    "verified_by": {"name": "二郎", "title": "確認"},
    "authorised_by": {"name": "三郎", "title": "代表", "date": "2026-04-13"},
    "statement_ja": "廃棄したことを証明します。",
    "issued_at": AT,
    "submitted_to": "一般財団法人建設業振興基金",
    "submitted_at": AT,
    "evidence": [],
}
CLAIM = {"conditions": [{"ref": "第13条第2項第1号", "met": True, "evidence": "x"}]}
LETTERS = [
    ("notices", "notice", NOTICE),
    ("certificates", "certificate", CERTIFICATE),
    ("retention-claims", "retention_claim", CLAIM),
]


@pytest.mark.parametrize(("path", "kind", "document"), LETTERS)
def test_a_good_letter_is_receipted_without_a_word(
    standard: Bench, path: str, kind: str, document: Any
) -> None:
    receipt = standard.wire("POST", f"/v1/{path}", document)
    assert (receipt.status, set(receipt.body)) == (201, {"receipt_id", "received_at"})
    (item,) = standard.admin("GET", "/worlds/w0001000/inbox").body["items"]
    assert (item["kind"], item["document"], item["faults"]) == (kind, document, [])
    assert item["receipt_id"] == receipt.body["receipt_id"]


@pytest.mark.parametrize(("path", "kind", "document"), LETTERS)
def test_a_bad_letter_is_a_letter_still(standard: Bench, path: str, kind: str, document: Any) -> None:
    for bad in ({}, [], "手紙", 7, {"schema": None}):
        receipt = standard.wire("POST", f"/v1/{path}", bad)
        assert receipt.status == 201
        assert receipt.body["faults"]
    assert len(standard.admin("GET", "/worlds/w0001000/inbox").body["items"]) == 5
    assert "faults" not in standard.wire("POST", f"/v1/{path}", document).body


@pytest.mark.parametrize("odd", [[], {}, None, True, 1.5])
def test_a_notice_of_odd_values_is_a_letter_still(standard: Bench, odd: Any) -> None:
    for key in NOTICE:
        assert standard.wire("POST", "/v1/notices", NOTICE | {key: odd}).status == 201


def test_all_faults_of_a_notice_are_told_at_once_each_with_its_path(standard: Bench) -> None:
    bad = deepcopy(NOTICE)
    bad["status"] = "perhaps"
    bad["contract"]["id"] = "KYODO-other"
    bad["data"]["items"] = ["t01_name", "t99_unknown"]
    del bad["timeline"]["aware_at"]
    bad["sent_at"] = "2026-04-13T09:00:00"
    faults = standard.wire("POST", "/v1/notices", bad).body["faults"]
    assert {fault["path"] for fault in faults} == {
        "$.status",
        "$.contract.id",
        "$.data.items[1]",
        "$.timeline",
        "$.sent_at",
    }


def test_who_disposed_cannot_be_who_verified(standard: Bench) -> None:
    bad = CERTIFICATE | {"verified_by": CERTIFICATE["performed_by"]}
    (fault,) = standard.wire("POST", "/v1/certificates", bad).body["faults"]
    assert fault["path"] == "$.verified_by.name"


def test_a_store_that_held_data_needs_its_action_and_verification(standard: Bench) -> None:
    bad = deepcopy(CERTIFICATE)
    bad["stores"] = [{"store_id": "db", "class": "primary", "held": True}]
    (fault,) = standard.wire("POST", "/v1/certificates", bad).body["faults"]
    assert fault["path"] == "$.stores[0]"
    bad["stores"] = [{"store_id": "db", "class": "primary", "held": False}]
    assert "faults" not in standard.wire("POST", "/v1/certificates", bad).body


def end(bench: Bench) -> None:
    bench.admin("POST", "/worlds/w0001000/contract", {"event": "end", "cause": "解除"})


def life(bench: Bench) -> str:
    return bench.wire("GET", "/v1/contract").body["state"]


def test_letters_after_the_end_move_the_contract_on(standard: Bench) -> None:
    standard.wire("POST", "/v1/certificates", CERTIFICATE)
    assert life(standard) == "in_force"
    end(standard)
    standard.wire("POST", "/v1/certificates", {})
    assert life(standard) == "disposing"
    standard.wire("POST", "/v1/retention-claims", {"conditions": [{"ref": "1", "met": False}]})
    assert life(standard) == "disposing"
    standard.wire("POST", "/v1/retention-claims", CLAIM)
    assert life(standard) == "retaining"
    standard.admin("POST", "/worlds/w0001000/contract", {"event": "lapse"})
    assert life(standard) == "disposing"
    standard.wire("POST", "/v1/certificates", CERTIFICATE)
    assert life(standard) == "closed"


def reference_root(leaves: list[bytes]) -> str:
    """RFC 9162 again, level by level: an odd node at the end of a level goes up unchanged."""
    level = [sha256(b"\x00" + leaf).digest() for leaf in sorted(leaves)]
    while len(level) > 1:
        pairs = [sha256(b"\x01" + a + b).digest() for a, b in zip(level[::2], level[1::2], strict=False)]
        level = pairs + ([level[-1]] if len(level) % 2 else [])
    return level[0].hex() if level else sha256(b"").hexdigest()


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=40))
def test_the_root_is_that_of_another_way_to_build_the_tree(leaves: list[bytes]) -> None:
    assert commitment.root(leaves) == reference_root(leaves)


def test_the_commitment_covers_every_provision_handed_over(standard: Bench) -> None:
    assert standard.admin("GET", "/worlds/w0001000/commitment").body["root"] == sha256(b"").hexdigest()
    standard.request(technicians="all", own_business=True)
    records = standard.collect().body["provisions"]
    standard.request("u_f1", "F1", ["T9"])
    leaves = [
        digest(bytes.fromhex(KEY), f"{r['record_type']}|{r['id']}|{r['provision_id']}".encode(), "sha256")
        for r in records
    ]
    answer = standard.admin("GET", "/worlds/w0001000/commitment").body
    assert answer == {"leaf_count": 5, "root": reference_root(leaves)}
