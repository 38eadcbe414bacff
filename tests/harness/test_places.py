"""What stands on a tape in the place of secrets and addresses."""

from __future__ import annotations

from ccus_harness.places import Places

AT = "http://127.0.0.1:9"


def places() -> tuple[Places, str, str]:
    known = Places(b"k" * 32, {"ccus": AT})
    return known, known.secret("w1", "client"), known.secret("w2", "u_f1")


def test_secrets_and_addresses_are_placeholders_wherever_they_stand() -> None:
    known, client, user = places()
    said = {"a": f"x{client}y", "b": ["z", f"{AT}/w/1", {"c": user}]}
    assert known.mask(said) == {"a": "xsecret:clienty", "b": ["z", "place:ccus/w/1", {"c": "secret:u_f1"}]}


def test_a_secret_glued_to_other_digits_is_found() -> None:
    known, client, user = places()
    assert known.mask(f"0{client}ab{user}f") == "0secret:clientabsecret:u_f1f"
    assert known.mask_bytes(b"q" + client.encode() + b"0") == b"qsecret:client0"


def test_digits_that_are_no_secret_stay() -> None:
    known, _client, _user = places()
    digest = "ab" * 32
    assert known.mask([digest, digest[:40]]) == [digest, digest[:40]]


def test_what_is_filled_in_is_masked_again() -> None:
    known, _client, _user = places()
    taped = {"credential": "secret:u_f2", "base_url": "place:ccus/w/w3"}
    assert known.mask(known.fill(taped, "w3")) == taped
