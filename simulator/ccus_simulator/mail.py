"""A letter that came by e-mail: read from hostile bytes, within bounds, into a document and what was attached."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email import message_from_bytes
from email.header import decode_header
from email.message import Message
from email.utils import collapse_rfc2231_value
from hashlib import sha256
from itertools import islice
from typing import Any, Final, cast

from ccus_simulator.documents import Fault
from ccus_simulator.reading import checked_json
from ccus_simulator.refusals import Refused
from ccus_simulator.state import InboxKind
from ccus_simulator.types import Json

LARGEST_MAIL: Final = 10 * 1024 * 1024
MOST_PARTS: Final = 100
DEEPEST_PARTS: Final = 20
"""The parser works once through a line for every level: depth is bounded before it begins."""
LONGEST_HEADER: Final = 2_000
LONGEST_TEXT: Final = 100_000
LONGEST_NAME: Final = 200
ISO_2022_JP: Final = "iso2022_jp_2004"
SHIFT_TO_KANJI: Final = b"\x1b$"
CHARSETS: Final = ("utf-8", "cp932")
"""Tried in turn when a mail does not say, or says what is not so; Japanese mail is one of these."""

KINDS: Final[tuple[tuple[InboxKind, str], ...]] = (
    ("retention_claim", r"継続保有|retention[ _-]?claim"),
    ("certificate", r"廃棄証明|disposal[ _-]?certificate"),
)
"""What a letter without a document is about, told by its subject; anything else is taken as a notice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that came along; it is noted, not opened."""

    name: str
    media_type: str
    content: bytes

    def as_json(self) -> dict[str, Any]:
        digest = sha256(self.content).hexdigest()
        return {
            "name": self.name,
            "media_type": self.media_type,
            "bytes": len(self.content),
            "sha256": digest,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """What a mail says: the letter in it, and what stood around it."""

    kind: InboxKind
    document: Json
    faults: tuple[Fault, ...]
    sender: str
    subject: str
    message_id: str
    text: str
    attachments: tuple[Attachment, ...]

    def facts(self) -> dict[str, Any]:
        """Return what the inbox keeps beside the document."""
        return {
            "from": self.sender,
            "subject": self.subject,
            "message_id": self.message_id,
            "text": self.text,
            "attachments": [attachment.as_json() for attachment in self.attachments],
        }


class UnreadableMail(Exception):
    """A mail that is not taken in: too large, too deep or no mail at all."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)

    def __str__(self) -> str:
        return f"This mail cannot be taken in: {self.why}. Send a simpler one."


def read(raw: bytes) -> Mail:
    """Read a mail; whatever is inside, it is a letter, unless it is beyond the bounds."""
    message = _message(raw)
    leaves = list(islice(_leaves(message), MOST_PARTS + 1))
    if len(leaves) > MOST_PARTS:
        raise UnreadableMail(f"more than {MOST_PARTS} parts")
    subject, text = _header(message, "subject"), _text_of(leaves)
    attachments = tuple(_attachments(leaves))
    document, faults = _document(attachments, subject, text)
    return Mail(
        kind=_kind(document, subject),
        document=document,
        faults=(*faults, *_mislabelled(attachments)),
        sender=_header(message, "from"),
        subject=subject,
        message_id=_header(message, "message-id"),
        text=text,
        attachments=attachments,
    )


def _message(raw: bytes) -> Message:
    if len(raw) > LARGEST_MAIL:
        raise UnreadableMail(f"more than {LARGEST_MAIL} bytes")
    if len(re.findall(rb"multipart/", raw, re.IGNORECASE)) > DEEPEST_PARTS:
        raise UnreadableMail(f"more than {DEEPEST_PARTS} levels")
    try:
        return message_from_bytes(raw)
    except (ValueError, RecursionError, LookupError) as error:
        raise UnreadableMail(type(error).__name__) from error


def _leaves(message: Message) -> Iterator[Message]:
    """Yield the parts that carry something, in their order; a forwarded mail is opened too."""
    parts = message.get_payload() if message.is_multipart() else None
    if not isinstance(parts, list):
        yield message
        return
    for part in cast("list[Message]", parts):
        yield from _leaves(part)


def _text_of(leaves: list[Message]) -> str:
    texts = (_decoded(leaf) for leaf in leaves if _is_text(leaf))
    return next(texts, "")[:LONGEST_TEXT]


def _is_text(leaf: Message) -> bool:
    return leaf.get_content_type() == "text/plain" and not _filename(leaf)


def _attachments(leaves: list[Message]) -> Iterator[Attachment]:
    for leaf in leaves:
        name = _filename(leaf)
        if name or leaf.get_content_maintype() != "text":
            yield Attachment(name=name, media_type=leaf.get_content_type(), content=_content(leaf))


def _document(attachments: tuple[Attachment, ...], subject: str, text: str) -> tuple[Json, tuple[Fault, ...]]:
    """Find the document: an attached JSON file, or the text itself when it is one; else the text is the letter."""
    plain = {"subject": subject, "text": text}
    attached = [file for file in attachments if _is_json(file)]
    if not attached:
        return _as_json(text.encode(), "text")[0] if text.lstrip().startswith("{") else plain, ()
    document, faults = _as_json(attached[0].content, attached[0].name or "attachment")
    others = tuple(
        Fault(
            path=f"mail.{file.name or 'attachment'}",
            text="文書は一通に一つだけ付けてください。二つ目からは読みません。",
        )
        for file in attached[1:]
    )
    return (plain if faults else document), (*faults, *others)


def _as_json(content: bytes, name: str) -> tuple[Json, tuple[Fault, ...]]:
    try:
        return checked_json(content, f"mail.{name}"), ()
    except Refused as refused:
        faults = cast("list[dict[str, str]]", refused.details["faults"])
        return None, tuple(Fault(path=fault["path"], text=fault["text"]) for fault in faults)


def _is_json(file: Attachment) -> bool:
    return file.media_type == "application/json" or file.name.lower().endswith(".json")


def _mislabelled(attachments: tuple[Attachment, ...]) -> Iterator[Fault]:
    for file in attachments:
        if file.media_type == "application/pdf" and not file.content.startswith(b"%PDF-"):
            text = "PDF と名乗っていますが PDF ではありません。作り直して送ってください。"
            yield Fault(path=f"mail.{file.name or 'attachment'}", text=text)


def _kind(document: Json, subject: str) -> InboxKind:
    if isinstance(document, dict):
        known = cast("Mapping[str, Any]", document)
        schema = str(known.get("schema", ""))
        if schema.startswith("disposal-certificate/"):
            return "certificate"
        if schema.startswith("incident-notice/"):
            return "notice"
        if "conditions" in known:
            return "retention_claim"
    for kind, words in KINDS:
        if re.search(words, subject, re.IGNORECASE):
            return kind
    return "notice"


def _filename(leaf: Message) -> str:
    try:
        name = leaf.get_param("filename", None, "content-disposition") or leaf.get_param("name", None)
        text = collapse_rfc2231_value(name) if name else ""  # pyright: ignore[reportArgumentType]
    except (ValueError, LookupError, TypeError):
        return "?"
    return _words(text)[:LONGEST_NAME]


def _content(leaf: Message) -> bytes:
    try:
        content = leaf.get_payload(decode=True)
    except (ValueError, LookupError):
        return b""
    return content if isinstance(content, bytes) else b""


def _decoded(leaf: Message) -> str:
    return _as_text(_content(leaf), str(leaf.get_content_charset() or ""))


def _as_text(content: bytes, charset: str) -> str:
    for candidate in _charsets(content, charset):
        try:
            # Some charsets give lone surrogates, which no file could hold: encoding again tells.
            return content.decode(candidate).encode().decode()
        except (UnicodeError, LookupError, ValueError):
            continue
    return content.decode("utf-8", errors="replace")


def _charsets(content: bytes, named: str) -> Iterator[str]:
    if named:
        yield named
    if SHIFT_TO_KANJI in content:  # which is also valid UTF-8, but never meant so
        yield ISO_2022_JP
    yield from CHARSETS


def _header(message: Message, name: str) -> str:
    return _words(str(message.get(name, ""))[:LONGEST_HEADER])


def _words(text: str) -> str:
    """Read a header: encoded words, bare ISO-2022-JP, or whatever else stands there."""
    try:
        pieces = decode_header(text)
    except (ValueError, LookupError):
        pieces = [(text, None)]
    read_ = (_as_text(_bytes(piece), charset or "") for piece, charset in pieces)
    return re.sub(r"[\x00-\x1f\x7f]+", " ", "".join(read_)).strip()


def _bytes(piece: str | bytes) -> bytes:
    # Bytes beyond ASCII in a header come as surrogates; they are turned back into what they were.
    return piece if isinstance(piece, bytes) else piece.encode("utf-8", errors="surrogateescape")
