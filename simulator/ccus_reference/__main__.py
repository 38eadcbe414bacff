"""Starts the reference system: ``python -m ccus_reference --port 0 --data DIR [--as NAME]``."""

from __future__ import annotations

import argparse
import json
import os
import socket
import sys
from importlib.resources import files
from pathlib import Path

from ccus_reference import conduct, defects, variants
from ccus_reference.ccus_client import Road
from ccus_reference.tenants import Tenants

TOKEN = "CCUS_CANDIDATE_TOKEN"  # noqa: S105 - the name of the variable, not its value


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    if options.list_conducts:
        listed = {"defects": defects.catalogue(), "variants": variants.catalogue()}
        print(json.dumps(listed, ensure_ascii=False, indent=1))  # noqa: T201 - the answer
        return 0
    if options.profile:
        print(files("ccus_reference") / "candidate.toml")  # noqa: T201 - the answer
        return 0
    token = os.environ.get(TOKEN, "")
    if options.data is None or not token:
        print(f"Name a folder with --data and put the bearer token into {TOKEN}.", file=sys.stderr)  # noqa: T201
        return 2
    road = Road(ca_bundle=options.ccus_ca, proxy=options.ccus_proxy)
    tenants = Tenants(options.data, conduct.behaviour_of(options.conduct), road)
    _serve(tenants, token, options.port)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ccus_reference", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one and says which")
    parser.add_argument("--data", type=Path, help="folder that keeps everything this system knows")
    parser.add_argument(
        "--as",
        "--defect",
        dest="conduct",
        choices=sorted(conduct.NAMED),
        help="break the agreement in one way, or keep it in another lawful way",
    )
    parser.add_argument("--ccus-ca", metavar="FILE", help="trust CCUS by these certificates (PEM)")
    parser.add_argument("--ccus-proxy", metavar="URL", help="reach CCUS through this HTTP proxy")
    parser.add_argument(
        "--list-conducts", action="store_true", help="print the defects and the lawful variants as JSON"
    )
    parser.add_argument("--profile", action="store_true", help="print where the candidate profile lies")
    return parser


def _serve(tenants: Tenants, token: str, port: int) -> None:
    """Listens on loopback until a signal ends it; says where before the first request can come."""
    import uvicorn  # noqa: PLC0415 - nobody who only asks for the catalogue waits for a server

    from ccus_reference import control  # noqa: PLC0415 - likewise

    with _listener(port) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        print(json.dumps({"listening": address}), flush=True)  # noqa: T201 - the starter waits for this line
        config = uvicorn.Config(
            control.application(tenants, token), log_level="warning", access_log=False, timeout_keep_alive=60
        )
        try:
            uvicorn.Server(config).run(sockets=[listener])
        finally:
            tenants.close()


def _listener(port: int) -> socket.socket:
    """A loopback socket that says it is TCP: only then does asyncio send small answers without delay."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen()
    return listener


if __name__ == "__main__":
    sys.exit(main())
