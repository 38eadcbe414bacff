"""The judge's own line to the simulator: its administration, and an honest client that proves it first."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import requests

from ccus_harness.gate import Answer
from ccus_simulator.dialects import dialect
from ccus_simulator.dialects.port import Caller

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SECONDS = 30

# operation → method, path below /_sim/v1, name of the argument that is the body (None: the arguments are it)
_ADMIN: dict[str, tuple[str, str]] = {
    "clock": ("POST", "/worlds/{world}/clock"),
    "contract": ("POST", "/worlds/{world}/contract"),
    "registry": ("POST", "/worlds/{world}/registry"),
    "ledger": ("GET", "/worlds/{world}/ledger"),
    "inbox": ("GET", "/worlds/{world}/inbox"),
    "commitment": ("GET", "/worlds/{world}/commitment"),
    "verify": ("GET", "/ledger/verify"),
    "fault": ("PUT", "/worlds/{world}/faults/{name}"),
    "mend": ("DELETE", "/worlds/{world}/faults/{name}"),
}


class SimulatorRefused(Exception):
    """The simulator refused an operation of the judge: a fault of ours."""

    def __init__(self, op: str, status: int, body: str) -> None:
        super().__init__(f"simulator.{op}: HTTP {status} {body[:500]}")
        self.op = op
        self.status = status


class Fund:
    """Administration of one simulator process at `base`, whose worlds speak one dialect."""

    def __init__(
        self,
        base: str,
        token: str,
        *,
        speaking: str = "json",
        faults: Sequence[str] = (),
        ca: str | None = None,
    ) -> None:
        """`faults` are set in every world from its first moment: a simulator that is itself wrong.

        `ca` is the file of the certificates by which a simulator that speaks TLS is trusted.
        """
        self._base = base
        self._dialect = dialect(speaking)
        self._faults = faults
        self._session = requests.Session()
        self._session.trust_env = False
        if ca:
            self._session.verify = ca
        self._admin = {"Authorization": f"Bearer {token}"}

    def perform(self, op: str, args: Mapping[str, Any], *, client_secret: str, commitment_key: str) -> Answer:
        """Performs one operation; `SimulatorRefused` is a fault of the suite, never the candidate's."""
        world = str(args.get("world", ""))
        if op == "world":
            body = {
                "document": args["document"],
                "client": {"id": self._dialect.access(world).client_id, "secret": client_secret},
                "commitment_key": commitment_key,
                "dialect": self._dialect.name,
            }
            made = self._call(op, "PUT", f"/worlds/{world}", body)
            for name in self._faults:
                self._call("fault", "PUT", f"/worlds/{world}/faults/{name}", {})
            return Answer(value=made)
        if op == "honest_request":
            return Answer(value=self._honest_request(world, client_secret, args))
        method, path = _ADMIN[op]
        rest = {key: part for key, part in args.items() if key not in ("world", "name")}
        return Answer(value=self._call(op, method, path.format(**args), rest))

    def _call(self, op: str, method: str, path: str, body: Mapping[str, Any]) -> Any:
        response = self._session.request(
            method,
            f"{self._base}/_sim/v1{path}",
            json=dict(body) if method != "GET" else None,
            params=dict(body) if method == "GET" else None,
            headers=self._admin,
            timeout=SECONDS,
        )
        if response.status_code not in (200, 201, 204):
            raise SimulatorRefused(op, response.status_code, response.text)
        return response.json() if response.content else None

    def _honest_request(self, world: str, secret: str, args: Mapping[str, Any]) -> dict[str, Any]:
        """What a client that knows nothing of tests gets for one request: the self-check's view of CCUS."""
        caller = Caller(
            base_url=f"{self._base}/w/{world}",
            access=self._dialect.access(world),
            secret=args.get("with_secret", secret),
            http=self._session,
        )
        return asdict(self._dialect.ask_honestly(caller, args["request"]))
