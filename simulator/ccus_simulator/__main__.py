"""`python -m ccus_simulator --port 0 --state FILE.sqlite [--world FILE.yaml]` serves the simulated CCUS."""

import argparse
import json
import os
import sys
from pathlib import Path
from secrets import token_hex
from typing import Any, Final

from ccus_simulator import dialects
from ccus_simulator.address import LOOPBACK, Address, BadAddress, names, public_url
from ccus_simulator.core import ADMIN, BrokenLedger, Simulator
from ccus_simulator.dialects import UnknownDialect
from ccus_simulator.documents import MalformedDocument
from ccus_simulator.server import ADMIN_TOKEN_VARIABLE, NotBound, Ports, serve
from ccus_simulator.store import Store
from ccus_simulator.types import Request

WRONG_USE: Final = 2
TRIAL_SEED: Final = 1


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGTERM; gives 2 for wrong use."""
    options = _options(arguments)
    admin_token = os.environ.get(ADMIN_TOKEN_VARIABLE, "")
    if not admin_token:
        return _wrong_use(f"環境変数 {ADMIN_TOKEN_VARIABLE} に管理用トークンを入れてください。")
    try:
        address = _address(options)
        store = Store(options.state)
        simulator = Simulator(store, admin_token, options.dialect)
        announce = (
            _trial_world(simulator, admin_token, options.world, options.dialect) if options.world else {}
        )
    except (BrokenLedger, MalformedDocument, UnknownDialect, BadAddress) as error:
        return _wrong_use(str(error))
    ports = Ports(http=options.port, admin=options.admin_port, mail=options.mail_port)
    if warning := address.warning():
        print(warning, file=sys.stderr, flush=True)  # noqa: T201 - the command line speaks
    try:
        serve(simulator, ports, address, announce)
    except NotBound as error:
        return _wrong_use(str(error))
    finally:
        store.close()
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m ccus_simulator", description="模擬 CCUS")
    parser.add_argument("--port", type=int, default=0, help="待ち受けるポート（0 は空いているもの）")
    parser.add_argument("--admin-port", type=int, help="管理だけを待ち受けるポート（なければ --port と同じ）")
    parser.add_argument(
        "--mail-port", type=int, help="基金あての電子メールを受けるポート（なければ受けない）"
    )
    parser.add_argument("--state", type=Path, required=True, help="台帳を置く SQLite ファイル")
    parser.add_argument("--world", type=Path, help="試用のために作る世界ファイル（YAML）")
    parser.add_argument(
        "--bind", default=LOOPBACK, metavar="ADDRESS", help="待ち受けるアドレス（既定は自機だけ）"
    )
    parser.add_argument("--public-url", metavar="URL", help="外から見たこの場所の URL")
    parser.add_argument("--tls-dir", type=Path, metavar="DIR", help="TLS で話す。証明書をここに作る")
    parser.add_argument("--dialect", default=dialects.DEFAULT, help="世界が選ばないときの方言")
    return parser.parse_args(arguments)


def _address(options: argparse.Namespace) -> Address:
    url = public_url(options.public_url) if options.public_url else None
    if options.tls_dir is None:
        return Address(host=options.bind, public_url=url)
    from ccus_simulator import certificates  # noqa: PLC0415 - a start without TLS does not wait for it

    shown = certificates.prepared(options.tls_dir, names(options.bind, url))
    return Address(host=options.bind, public_url=url, certificates=shown)


def _trial_world(simulator: Simulator, admin_token: str, file: Path, dialect: str) -> dict[str, Any]:
    """Create a world for trying things by hand; its secrets are told once, at creation."""
    from ccus_simulator import worlds  # noqa: PLC0415 - a start without a world file does not wait for it

    document = worlds.instantiate(worlds.load(file), seed=TRIAL_SEED, number=worlds.FIRST_WORLD)
    access = dialects.dialect(dialect).access(document["world"])
    client = {"id": access.client_id, "secret": token_hex(16)}
    body = {"document": document, "client": client, "commitment_key": token_hex(32), "dialect": dialect}
    plan = simulator.handle(
        Request(
            method="PUT",
            path=f"{ADMIN}/worlds/{document['world']}",
            headers={"authorization": f"Bearer {admin_token}"},
            body=json.dumps(body).encode(),
        )
    )
    secret = {access.proof: client["secret"]} if plan.status == 201 else {}
    return {"world": {"path": f"/w/{document['world']}", "dialect": dialect, **access.told, **secret}}


def _wrong_use(text: str) -> int:
    print(text, file=sys.stderr)  # noqa: T201 - the command line speaks
    return WRONG_USE


if __name__ == "__main__":
    sys.exit(main())
