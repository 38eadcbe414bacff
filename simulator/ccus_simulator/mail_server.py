"""The SMTP face of a simulator: it takes mail on the loopback, asks the core and repeats what the core says."""

import socket
from asyncio import AbstractServer, get_running_loop, to_thread
from collections.abc import Awaitable, Callable
from typing import Final

from aiosmtpd.smtp import SMTP, Envelope, Session

from ccus_simulator.core import Simulator
from ccus_simulator.mail import LARGEST_MAIL, UnreadableMail, read
from ccus_simulator.postbox import DOMAIN, FAILED, NOBODY, TOO_LARGE, Reply, world_of

MOST_RECIPIENTS: Final = 10
IDLE_SECONDS: Final = 60.0


WrittenDown = Callable[[], Awaitable[bool]]
"""Waits until what was decided is on disk, and tells whether it is."""


class Post:
    """What aiosmtpd asks for each mail."""

    def __init__(self, simulator: Simulator, written_down: WrittenDown) -> None:
        self._simulator = simulator
        self._written_down = written_down

    async def handle_RCPT(  # noqa: N802 - the name and shape that aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        del server, session, rcpt_options
        world = world_of(address)
        if world is None or not self._simulator.has_world(world):
            return f"{NOBODY.code} {NOBODY.text}"
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 too many recipients"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        del server, session
        raw = envelope.content if isinstance(envelope.content, bytes) else b""
        worlds = dict.fromkeys(world_of(address) or "" for address in envelope.rcpt_tos)
        reply = await self._taken_in(list(worlds), envelope.mail_from or "", raw)
        return f"{reply.code} {reply.text}"

    async def _taken_in(self, worlds: list[str], sender: str, raw: bytes) -> Reply:
        try:
            # Reading hostile bytes takes its time, and HTTP must go on meanwhile.
            letter = await to_thread(read, raw)
        except UnreadableMail:
            return TOO_LARGE
        replies = [self._simulator.post(world, sender, letter) for world in worlds]
        if not self._simulator.settled and not await self._written_down():
            return FAILED
        # One answer for all: a mail that one of its recipients did not get has to come again.
        return max(replies, key=lambda reply: reply.code)


async def listen(simulator: Simulator, written_down: WrittenDown, listener: socket.socket) -> AbstractServer:
    """Take mail on a socket that is bound already."""
    post = Post(simulator, written_down)

    def session() -> SMTP:
        return SMTP(
            post,
            data_size_limit=LARGEST_MAIL,
            enable_SMTPUTF8=True,
            hostname=DOMAIN,
            ident="simulated CCUS",
            timeout=IDLE_SECONDS,
            loop=get_running_loop(),
        )

    return await get_running_loop().create_server(session, sock=listener)
