"""Measure what verifying a run's bundle takes: `python bench/evidence RUN`, RUN being the folder of a finished run.

Beside it stand the two things that a reader would do instead: `sha256sum` over the file, and unzipping it with its
checksums. Integrity is aimed at 0.1 s, deriving all verdicts again at 10 s. Best of several rounds.
"""

import argparse
import hashlib
import io
import json
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from ccus_harness.evidence import bundle, verifying
from ccus_harness.evidence.signing import new_signer

AIMS = {"integrity": 0.1, "verdicts": 10.0}
ROUNDS = 7


def best(rounds: int, work: Callable[[], object]) -> float:
    """Seconds of the fastest of some rounds."""
    times: list[float] = []
    for _ in range(rounds):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return min(times)


def unzipped(packed: bytes) -> None:
    """What `unzip -t` does."""
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        archive.testzip()


def main() -> int:
    """Measure and say whether both aims are met."""
    parser = argparse.ArgumentParser(
        prog="python bench/evidence", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("run", type=Path)
    run: Path = parser.parse_args().run
    signer = new_signer()
    packed = bundle.gathered(run, signer, certified_key=True)
    steps, members = verifying.integrity(packed, signer.public_key)
    found = {
        "bytes": len(packed),
        "integrity": best(ROUNDS, lambda: verifying.integrity(packed, signer.public_key)),
        "verdicts": best(1, lambda: steps.extend(verifying.derivation(members))),
        "sha256sum": best(ROUNDS, lambda: hashlib.sha256(packed).hexdigest()),
        "unzip": best(ROUNDS, lambda: unzipped(packed)),
    }
    sound = all(step.state != "bad" for step in steps)
    met = {name: found[name] <= aim for name, aim in AIMS.items()}
    print(json.dumps({**found, "sound": sound, "aims": AIMS, "met": met}, indent=2))
    return 0 if sound and all(met.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
