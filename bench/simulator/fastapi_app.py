"""The same record as a FastAPI route."""

import json
import os
from pathlib import Path
from typing import Any

from fastapi import FastAPI

RECORD = json.loads(Path(os.environ["RECORD"]).read_bytes())
app = FastAPI()


@app.get("/record")
async def record() -> dict[str, Any]:
    """Answer."""
    return RECORD
