"""The Cucumber messages as the page of Cucumber's own formatter, in one file that asks nothing of any network.

Its page is made for developers and speaks English; the report for reviewers is `html`. The messages stand in a
script of their own, and the page's policy allows only the two scripts by their digests: a candidate's text is data.
"""

from __future__ import annotations

import base64
import hashlib
import json
from importlib.resources import files
from typing import TYPE_CHECKING

from markupsafe import escape

from ccus_harness.reports.cucumber import envelopes

if TYPE_CHECKING:
    from ccus_harness.messages import Catalogue
    from ccus_harness.reports.model import Report

__all__ = ["text"]

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; img-src data:; font-src data:; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<div id="content"></div>
<script>{messages}</script>
<script>{script}</script>
</body>
</html>
"""


def text(report: Report, words: Catalogue) -> str:
    """The page; the sentences in it are in the language of `words`."""
    script = _part("main.js")
    said = json.dumps(list(envelopes(report, words)), ensure_ascii=False, separators=(",", ":"))
    # Inside a script nothing but `<` could end it, and in JSON that stands only within texts.
    data = said.replace("<", "\\u003c")
    messages = f"window.CUCUMBER_MESSAGES = {data};"
    return _PAGE.format(
        scripts=" ".join(f"'sha256-{_digest(part)}'" for part in (messages, script)),
        title=escape(f"{report.run.target} – Cucumber"),
        style=_part("main.css"),
        messages=messages,
        script=script,
    )


def _digest(part: str) -> str:
    return base64.b64encode(hashlib.sha256(part.encode()).digest()).decode()


def _part(name: str) -> str:
    return files("ccus_harness.reports").joinpath("formatter", name).read_text(encoding="utf-8")
