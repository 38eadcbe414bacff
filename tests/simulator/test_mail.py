"""Claims about letters by e-mail: real SMTP, the encodings of Japan, attachments, and hostile bytes within bounds."""

import json
import smtplib
from collections.abc import Iterator
from copy import deepcopy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from ccus_simulator import mail, server

from .conftest import ADMIN, CLIENT, KEY, Bench
from .test_inbox import CERTIFICATE, NOTICE

SENDER = "incident@kou.example"
PDF = b"%PDF-1.7\n%synthetic\n"


def message(
    subject: str = "漏えいの通知", text: str = "別添のとおり通知します。", **files: Any
) -> EmailMessage:
    """A mail with attachments; a dict or list is attached as JSON, bytes as PDF."""
    made = EmailMessage()
    made["From"], made["Subject"], made["Message-ID"] = f"担当 <{SENDER}>", subject, "<m1@kou.example>"
    made.set_content(text)
    for name, content in files.items():
        if isinstance(content, bytes):
            made.add_attachment(content, maintype="application", subtype="pdf", filename=f"{name}.pdf")
        else:
            body = json.dumps(content, ensure_ascii=False).encode()
            made.add_attachment(body, maintype="application", subtype="json", filename=f"{name}.json")
    return made


def iso_2022_jp(document: Any) -> bytes:
    """A mail as many Japanese systems still send it: 7-bit, header words and body in ISO-2022-JP."""
    subject = "漏えいの通知".encode("iso-2022-jp")
    packed = json.dumps(document).encode().hex(" ").replace(" ", "=")
    return b"\r\n".join(
        (
            b"From: " + SENDER.encode(),
            b"Subject: " + subject,
            b"MIME-Version: 1.0",
            b'Content-Type: multipart/mixed; boundary="b"',
            b"",
            b"--b",
            b"Content-Type: text/plain; charset=iso-2022-jp",
            b"",
            "漏えいを知ったので通知します。".encode("iso-2022-jp"),
            b"--b",
            b"Content-Type: application/json",
            b"Content-Transfer-Encoding: quoted-printable",
            b'Content-Disposition: attachment; filename="notice.json"',
            b"",
            f"={packed}".upper().encode(),
            b"--b--",
            b"",
        )
    )


def post(bench: Bench, raw: bytes | EmailMessage, sender: str = SENDER) -> Any:
    letter = mail.read(raw if isinstance(raw, bytes) else raw.as_bytes())
    reply = bench.simulator.post("w0001000", sender, letter)
    assert bench.simulator.settle()
    return reply


def inbox(bench: Bench) -> list[dict[str, Any]]:
    return bench.admin("GET", "/worlds/w0001000/inbox").body["items"]


# -- reading ------------------------------------------------------------------------------------------


def test_a_notice_by_mail_is_the_same_letter_as_over_http(standard: Bench) -> None:
    assert post(standard, message(notice=NOTICE, evidence=PDF)).code == 250
    (item,) = inbox(standard)
    assert (item["kind"], item["document"], item["faults"], item["by"]) == ("notice", NOTICE, [], "mail")
    assert item["mail"]["subject"] == "漏えいの通知"
    assert item["mail"]["from"] == f"担当 <{SENDER}>"
    assert [file["name"] for file in item["mail"]["attachments"]] == ["notice.json", "evidence.pdf"]
    assert standard.kinds()[-2:] == ["notice.received", "mail.replied"]


def test_mail_in_iso_2022_jp_is_read(standard: Bench) -> None:
    post(standard, iso_2022_jp(NOTICE))
    (item,) = inbox(standard)
    assert item["document"] == NOTICE
    assert item["mail"]["subject"] == "漏えいの通知"
    assert item["mail"]["text"].strip() == "漏えいを知ったので通知します。"


@pytest.mark.parametrize("charset", ["utf-8", "iso-2022-jp", "shift_jis", "euc-jp"])
def test_a_plain_letter_is_read_in_the_charset_it_names(charset: str) -> None:
    made = EmailMessage()
    made["Subject"] = "廃棄証明書の送付"
    made.set_content("廃棄しました。", charset=charset)
    read = mail.read(made.as_bytes())
    assert (read.kind, read.document) == (
        "certificate",
        {"subject": "廃棄証明書の送付", "text": "廃棄しました。\n"},
    )


def test_a_mail_that_names_no_charset_is_read_all_the_same() -> None:
    for charset in ("utf-8", "iso-2022-jp", "cp932"):
        raw = b"Subject: x\r\nContent-Type: text/plain\r\n\r\n" + "漏えい事故".encode(charset)
        assert mail.read(raw).text == "漏えい事故"


def test_a_mail_without_a_document_is_a_letter_with_every_fault_of_one(standard: Bench) -> None:
    post(standard, message(text="漏えいがありました。番号 tok-1"))
    (item,) = inbox(standard)
    assert item["kind"] == "notice"
    assert "tok-1" in item["document"]["text"]
    assert item["faults"]
    (reply,) = standard.admin("GET", "/worlds/w0001000/outbox").body["items"]
    assert all(fault["path"] in reply["text"] for fault in item["faults"])


def test_the_text_of_a_mail_may_itself_be_the_document() -> None:
    assert mail.read(message(text=json.dumps(CERTIFICATE)).as_bytes()).kind == "certificate"


def test_a_receipt_goes_back_by_mail_and_is_kept_where_it_can_be_seen(standard: Bench) -> None:
    post(standard, message(notice=NOTICE))
    (reply,) = standard.admin("GET", "/worlds/w0001000/outbox").body["items"]
    assert (reply["to"], reply["in_reply_to"]) == (SENDER, "<m1@kou.example>")
    assert reply["from"] == "w0001000@ccus-simulator.invalid"
    assert inbox(standard)[0]["receipt_id"] in reply["text"]


def test_an_automatic_mail_is_receipted_but_not_answered(standard: Bench) -> None:
    assert post(standard, message(notice=NOTICE), sender="").code == 250
    assert standard.admin("GET", "/worlds/w0001000/outbox").body["items"] == []


def test_a_certificate_by_mail_closes_the_contract(standard: Bench) -> None:
    standard.admin("POST", "/worlds/w0001000/contract", {"event": "end", "cause": "解除"})
    post(standard, message("廃棄証明書", certificate=CERTIFICATE, scan=PDF))
    assert standard.wire("GET", "/v1/contract").body["state"] == "closed"


def test_letters_by_mail_survive_a_restart(bench: Bench) -> None:
    bench.create()
    post(bench, message(notice=NOTICE))
    before = (inbox(bench), bench.admin("GET", "/worlds/w0001000/outbox").body)
    again = bench.restarted()
    assert (inbox(again), again.admin("GET", "/worlds/w0001000/outbox").body) == before
    again.store.close()


def test_a_second_document_and_a_false_pdf_are_told(standard: Bench) -> None:
    post(standard, message(one=NOTICE, two=CERTIFICATE, scan=b"no pdf"))
    assert {fault["path"] for fault in inbox(standard)[0]["faults"]} == {"mail.two.json", "mail.scan.pdf"}


def test_an_inbox_that_is_down_defers_mail_and_takes_it_later(standard: Bench) -> None:
    standard.admin("PUT", "/worlds/w0001000/faults/inbox_down", {"count": 1})
    assert post(standard, message(notice=NOTICE)).code == 451
    assert inbox(standard) == []
    assert standard.kinds()[-1] == "fault.fired"
    assert post(standard, message(notice=NOTICE)).code == 250


# -- threads ------------------------------------------------------------------------------------------


def notice(**changes: Any) -> dict[str, Any]:
    return deepcopy(NOTICE) | changes


def test_notices_about_one_incident_make_one_thread_however_they_came(standard: Bench) -> None:
    standard.wire("POST", "/v1/notices", NOTICE)
    update = notice(notice_id="n-2", seq=2, kind="update", consultation={"asked_at": None})
    post(standard, message(notice=update))
    standard.wire("POST", "/v1/notices", notice(incident_id="i-2", notice_id="n-9"))
    first, second = standard.admin("GET", "/worlds/w0001000/incidents").body["incidents"]
    assert [n["notice_id"] for n in first["notices"]] == ["n-1", "n-2"]
    assert [n["kind"] for n in first["notices"]] == ["initial", "update"]
    assert (second["incident_id"], len(second["notices"])) == ("i-2", 1)
    assert all(item["faults"] == [] for item in inbox(standard))


def test_a_notice_that_does_not_fit_its_thread_is_told_so(standard: Bench) -> None:
    orphan = notice(kind="update", consultation={})
    assert [f["path"] for f in standard.wire("POST", "/v1/notices", orphan).body["faults"]] == [
        "$.incident_id"
    ]
    again = notice(notice_id="n-3")
    assert [f["path"] for f in standard.wire("POST", "/v1/notices", again).body["faults"]] == ["$.seq"]


def test_the_same_notice_again_is_still_one_notice(standard: Bench) -> None:
    first = standard.wire("POST", "/v1/notices", NOTICE).body
    assert standard.wire("POST", "/v1/notices", NOTICE).body == first
    assert post(standard, message(notice=NOTICE)).code == 250
    assert len(inbox(standard)) == 1
    assert standard.kinds().count("letter.repeated") == 2


# -- hostile mail -------------------------------------------------------------------------------------


def nested(levels: int) -> bytes:
    opening = b"".join(
        f'Content-Type: multipart/mixed; boundary="b{level}"\r\n\r\n--b{level}\r\n'.encode()
        for level in range(levels)
    )
    return b"Subject: x\r\n" + opening + b"Content-Type: text/plain\r\n\r\nend\r\n"


def many_parts(count: int) -> bytes:
    part = b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n"
    return b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + part * count + b"--b--\r\n"


@pytest.mark.parametrize("raw", [nested(1000), many_parts(101), b"x" * (mail.LARGEST_MAIL + 1)])
def test_a_mail_beyond_the_bounds_is_turned_away(raw: bytes) -> None:
    with pytest.raises(mail.UnreadableMail, match="more than"):
        mail.read(raw)


HOSTILE = [
    b"",
    b"\x00" * 100,
    b"Subject: =?iso-2022-jp?B?!!!!?=\r\n\r\nx",
    b"Subject: =?no-such-charset?Q?=FF?=\r\n\r\nx",
    b"Subject: " + b"=?utf-8?Q?a?= " * 100_000 + b"\r\n\r\nx",
    b"Content-Type: text/plain; charset=no-such\r\n\r\n\xff\xfe",
    b"Content-Type: text/plain; charset=idna\r\n\r\nxn--a",
    b"Content-Type: multipart/mixed\r\n\r\nno boundary",
    b"Content-Type: application/json\r\n\r\n{",
    b"Content-Type: application/json\r\n\r\n" + b"[" * 100_000,
    b"Content-Type: application/json\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!",
    b'Content-Type: application/json; name="../../etc/passwd"\r\n\r\n{"schema": 1}',
    b"Content-Disposition: attachment; filename*=utf-8''%FF%00x\r\n\r\nx",
    b"Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\nx",
    b"Content-Type: text/plain; charset*=bad'\r\n\r\nx",
    nested(10),
    many_parts(100),
]


@pytest.mark.parametrize("raw", HOSTILE)
def test_whatever_a_mail_holds_it_is_a_letter_that_can_be_shown(standard: Bench, raw: bytes) -> None:
    assert post(standard, raw).code == 250
    assert json.dumps(inbox(standard), ensure_ascii=False).encode()


@given(st.binary(max_size=400), st.binary(max_size=400))
def test_no_bytes_break_the_reading_of_mail(head: bytes, body: bytes) -> None:
    read = mail.read(b"Subject: " + head + b"\r\nContent-Type: " + head + b"\r\n\r\n" + body)
    assert json.dumps([read.document, read.facts()], ensure_ascii=False).encode()


# -- over real SMTP -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[server.Running]:
    folder = tmp_path_factory.mktemp("mail")
    process = server.start(folder / "sim.sqlite", ADMIN, "--mail-port", "0", "--admin-port", "0")
    bench = Bench.open(folder / "documents.sqlite")
    body = {"document": bench.create("tiny"), "client": CLIENT, "commitment_key": KEY}
    answer = admin(process, "PUT", "", json=body)
    assert answer.json()["mail"] == "w0001000@ccus-simulator.invalid"
    yield process
    bench.store.close()
    process.stop()


def admin(process: server.Running, method: str, path: str, **parts: Any) -> requests.Response:
    url = f"{process.told['admin']}/_sim/v1/worlds/w0001000{path}"
    return requests.request(method, url, headers={"Authorization": f"Bearer {ADMIN}"}, timeout=10, **parts)


def smtp(process: server.Running) -> smtplib.SMTP:
    _, _, port = process.told["mail"].rpartition(":")
    return smtplib.SMTP("127.0.0.1", int(port), timeout=10)


def test_a_mail_sent_over_smtp_arrives_and_one_to_nobody_does_not(running: server.Running) -> None:
    with smtp(running) as client:
        client.send_message(message(notice=NOTICE), SENDER, ["w0001000@ccus-simulator.invalid"])
        for nobody in ("w0009999@ccus-simulator.invalid", "w0001000@example.com"):
            with pytest.raises(smtplib.SMTPRecipientsRefused):
                client.send_message(message(), SENDER, [nobody])
    (item,) = admin(running, "GET", "/inbox").json()["items"]
    assert item["document"] == NOTICE


def test_a_deferred_mail_is_deferred_over_smtp_too(running: server.Running) -> None:
    admin(running, "PUT", "/faults/inbox_down", json={"count": 1})
    update = notice(notice_id="n-5", seq=5, kind="update", consultation={})
    with smtp(running) as client:
        with pytest.raises(smtplib.SMTPDataError) as deferred:
            client.send_message(message(notice=update), SENDER, ["w0001000@ccus-simulator.invalid"])
        client.send_message(message(notice=update), SENDER, ["w0001000@ccus-simulator.invalid"])
    assert deferred.value.smtp_code == 451
    assert admin(running, "GET", "/faults/inbox_down").json()["exhausted"]


def test_a_mail_beyond_the_bounds_is_refused_over_smtp(running: server.Running) -> None:
    to = ["w0001000@ccus-simulator.invalid"]
    with smtp(running) as client:
        for raw in (b"x" * (mail.LARGEST_MAIL + 1), many_parts(101)):
            with pytest.raises(smtplib.SMTPException) as refused:
                client.sendmail(SENDER, to, raw)
            assert "552" in str(refused.value)


def test_the_administration_has_its_port_for_itself(running: server.Running) -> None:
    headers = {"Authorization": f"Bearer {ADMIN}"}
    beside = requests.get(f"{running.base_url}/_sim/v1/faults", headers=headers, timeout=10)
    assert (beside.status_code, beside.json()["error"]["code"]) == (404, "path.unknown")
    assert (
        requests.get(f"{running.told['admin']}/_sim/v1/faults", headers=headers, timeout=10).status_code
        == 200
    )
    wire = f"{running.told['admin']}/w/w0001000/v1/contract"
    assert requests.get(wire, timeout=10).json()["error"]["code"] == "path.unknown"
    assert requests.get(f"{running.base_url}/w/w0001000/v1/contract", timeout=10).status_code == 401


def test_mail_is_taken_only_when_asked_for(tmp_path: Path) -> None:
    process = server.start(tmp_path / "sim.sqlite", ADMIN)
    process.stop()
    assert "mail" not in process.told
