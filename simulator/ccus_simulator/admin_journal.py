"""The administration's view of the request journal: count, find, and what nearly fitted."""

from typing import Any, Final

from ccus_simulator import dialects
from ccus_simulator.call import Call
from ccus_simulator.documents import Fault
from ccus_simulator.journal import CALLS_KEPT, CRITERIA, Journal, below_base, nearest_routes
from ccus_simulator.refusals import Refused, invalid
from ccus_simulator.types import Plan

DEFAULT_LIMIT: Final = 100


def journal(call: Call) -> Plan:
    """Count and show the calls that meet ?method=&path=&operation=&status=&refusal=&body=, the newest last."""
    kept, wanted, limit = _journal(call), _criteria(call), _limit(call)
    found = kept.found(wanted)
    shown = found[-limit:] if limit else []
    body = {
        "count": len(found),
        "calls": kept.count,
        "kept_at_most": CALLS_KEPT,
        "entries": [heard.as_json() for heard in shown],
    }
    return Plan(status=200, body=body)


def near_misses(call: Call) -> Plan:
    """Tell which calls nearly met the criteria; without criteria, which calls fitted no route, and the nearest."""
    kept, wanted = _journal(call), _criteria(call)
    if wanted:
        near = [{**heard.as_json(), "differs": differs} for heard, differs in kept.near(wanted)]
        return Plan(status=200, body={"entries": near})
    table = dialects.dialect(call.state.dialect).routes
    unmatched: list[dict[str, Any]] = [
        {
            **heard.as_json(),
            "nearest": nearest_routes(
                below_base(heard.request.path, call.world), heard.request.method, table
            ),
        }
        for heard in kept.unmatched()[-DEFAULT_LIMIT:]
    ]
    return Plan(status=200, body={"entries": unmatched})


def _journal(call: Call) -> Journal:
    if call.world not in call.journals:
        raise Refused("world.unknown")
    return call.journals[call.world]


def _criteria(call: Call) -> dict[str, str]:
    unknown = sorted(set(call.request.query) - {*CRITERIA, "limit"})
    if unknown:
        text = f"この条件はありません。{'、'.join((*CRITERIA, 'limit'))} から選んでください。"
        raise invalid(Fault(path=f"?{name}", text=text) for name in unknown)
    return {name: text for name, text in call.request.query.items() if name != "limit"}


def _limit(call: Call) -> int:
    text = call.request.query.get("limit", str(DEFAULT_LIMIT))
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        raise invalid([Fault(path="?limit", text="数字で書いてください。")])
    return int(text)
