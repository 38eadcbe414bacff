"""Claims about a simulated CCUS inside a vendor's Python test."""

import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import requests
import responses

from ccus_simulator import Ccus, mocked
from ccus_simulator.dialects import UnknownDialect
from ccus_simulator.in_process import CALLS_KEPT, Face, Mock
from ccus_simulator.mocking import CcusRefused

ROOT = Path(__file__).parents[2]


def token(ccus: Ccus) -> dict[str, str]:
    form = {"grant_type": "client_credentials"}
    auth = (ccus.client_id, ccus.client_secret)
    answer = requests.post(f"{ccus.base_url}/oauth/token", data=form, auth=auth, timeout=5)
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def collected(ccus: Ccus) -> requests.Response:
    ask = {
        "request_id": "r1",
        "user": {"account": ccus.id("u_f1"), "credential": ccus.credential("u_f1")},
        "acting_for": ccus.id("F1"),
        "capacity": "business",
        "purpose": "safety_documents",
        "subjects": {"technicians": [ccus.id("T1")]},
    }
    headers = token(ccus)
    requests.post(f"{ccus.base_url}/v1/requests", json=ask, headers=headers, timeout=5).raise_for_status()
    return requests.get(f"{ccus.base_url}/v1/requests/r1/provisions", headers=headers, timeout=5)


def test_a_test_sees_what_its_system_was_provided_with() -> None:
    with mocked() as ccus:
        assert collected(ccus).json()["provisions"][0]["id"] == ccus.id("T1")
        assert [entry["body"]["delivered"] for entry in ccus.ledger("provision.delivered")] == ["full"]


def test_the_same_test_meets_the_same_bytes_again() -> None:
    met: list[Any] = []
    for _ in range(2):
        with mocked("standard", seed=9) as ccus:
            contents = requests.get(f"{ccus.base_url}/v1/contract", headers=token(ccus), timeout=5).content
            met.append((contents, ccus.ledger()))
    assert met[0] == met[1]


def test_clock_contract_and_faults_are_in_the_tests_hands() -> None:
    with mocked() as ccus:
        before = ccus.now
        ccus.move_clock(before.replace(hour=23))
        assert ccus.now.hour == 23
        ccus.set_fault("extra_fields")
        assert any(key.startswith("x_") for key in collected(ccus).json()["provisions"][0]["items"])
        ccus.clear_fault("extra_fields")
        ccus.end_contract()
        refused = requests.get(f"{ccus.base_url}/v1/requests/r1", headers=token(ccus), timeout=5).json()
        assert refused["error"]["code"] == "contract.ended"
        letter = requests.post(f"{ccus.base_url}/v1/notices", json={}, headers=token(ccus), timeout=5)
        assert [item["receipt_id"] for item in ccus.inbox()] == [letter.json()["receipt_id"]]


def test_what_the_administration_refuses_is_raised() -> None:
    with mocked() as ccus, pytest.raises(CcusRefused, match=r"clock\.backwards"):
        ccus.move_clock("2020-01-01T00:00:00+09:00")


def test_an_unknown_label_is_answered_with_the_labels_there_are() -> None:
    with mocked() as ccus, pytest.raises(KeyError, match="u_f1"):
        ccus.id("T99")


def test_every_other_host_is_refused_and_the_real_network_is_back_afterwards() -> None:
    with mocked() as ccus:
        with pytest.raises(requests.ConnectionError, match="doesn't match"):
            requests.get("https://www.example.com/", timeout=5)
        url = ccus.base_url
    with pytest.raises(requests.ConnectionError, match="ccus-simulator"):
        requests.get(f"{url}/v1/contract", timeout=5)


def test_ccus_can_stand_in_a_mock_that_is_already_there() -> None:
    with responses.RequestsMock() as mine:
        mine.get("https://vendor.example/", body="mine")
        with mocked(into=mine) as ccus:
            assert collected(ccus).status_code == 200
            assert requests.get("https://vendor.example/", timeout=5).text == "mine"
        with pytest.raises(requests.ConnectionError):
            requests.get(ccus.base_url, timeout=5)


def test_ccus_speaks_the_dialect_that_the_test_names() -> None:
    with mocked(dialect="session") as ccus:
        form = {**ccus.access.told, "password": ccus.client_secret}
        logged_in = requests.post(f"{ccus.base_url}/login", data=form, timeout=5)
        assert logged_in.status_code == 200
        assert "Set-Cookie" in logged_in.headers
        assert requests.post(f"{ccus.base_url}/oauth/token", timeout=5).status_code == 404


def test_a_dialect_that_is_not_installed_is_named() -> None:
    with pytest.raises(UnknownDialect, match="session"), mocked(dialect="morse"):
        pass


def test_the_memory_of_the_mock_is_bounded() -> None:
    with mocked() as ccus, Mock() as mock:
        face = Face(ccus.simulator)
        mock.add(face)
        for _ in range(3 * CALLS_KEPT):
            requests.get(f"{ccus.base_url}/v1/contract", timeout=5)
        assert len(mock.calls) <= 2 * CALLS_KEPT
        assert len(face.calls) <= 2 * CALLS_KEPT


def test_a_world_file_of_the_vendors_own_can_be_given(tmp_path: Path) -> None:
    shipped = files("ccus_simulator").joinpath("worldfiles", "tiny.yaml").read_text(encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(shipped.replace("u_f1", "u_mine"), encoding="utf-8")
    with mocked(tmp_path / "mine.yaml") as ccus:
        assert ccus.id("u_mine")


VENDORS_TEST = """
import pytest, requests

def test_default(ccus):
    assert requests.get(ccus.base_url + "/v1/contract", timeout=5).status_code == 401

@pytest.mark.ccus(world="standard", seed=3)
def test_chosen(ccus):
    assert ccus.document["seed"] == 3 and ccus.id("F5")
"""


def test_vendors_get_a_fixture(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(VENDORS_TEST)
    result = pytester.runpytest_subprocess("-p", "ccus_simulator.pytest_plugin", "--strict-markers")
    result.assert_outcomes(passed=2)


PAGES = ("testing-with-python.md", "testing-with-python.ja.md")


@pytest.mark.parametrize("page", PAGES)
def test_the_examples_of_the_page_for_vendors_pass(pytester: pytest.Pytester, page: str) -> None:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    tests, block = re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    pytester.makepyfile(test_with_ccus=tests)
    (pytester.path / "block.py").write_text(block, encoding="utf-8")
    result = pytester.runpytest_subprocess("-p", "ccus_simulator.pytest_plugin", "--strict-markers")
    result.assert_outcomes(passed=3)
    assert subprocess.run([sys.executable, str(pytester.path / "block.py")], check=False).returncode == 0


def test_who_does_not_use_it_does_not_pay_for_it() -> None:
    statement = "import ccus_simulator.pytest_plugin, sys; print('responses' in sys.modules)"
    said = subprocess.run(
        [sys.executable, "-c", statement], capture_output=True, text=True, check=True
    ).stdout
    assert said.strip() == "False"
