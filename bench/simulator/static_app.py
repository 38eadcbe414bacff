"""An ASGI application that answers with bytes from memory: the floor of the server that the simulator runs on."""

import os
from pathlib import Path
from typing import Any

RECORD = Path(os.environ["RECORD"]).read_bytes()
HEADERS = [(b"content-type", b"application/json"), (b"content-length", str(len(RECORD)).encode())]


async def app(_scope: Any, _receive: Any, send: Any) -> None:
    """Answer."""
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": RECORD})
