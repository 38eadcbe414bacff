"""The profile of a candidate: one TOML file that says how its artefacts are read and what it declares."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from ccus_harness.documents import faults_against
from ccus_harness.instruments.artefacts import Layout
from ccus_harness.locator import data

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
