"""The report page in a real browser: the one this machine has, never one that is downloaded."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

from ccus_harness.messages import catalogue
from ccus_harness.reports import FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request

    from ccus_harness.reports import Report

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


# Only while its module is tested: an open Playwright holds an event loop, and tests of other files have their own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        if os.environ.get("CCUS_BROWSER") == "required":
            pytest.fail("CCUS_BROWSER=required, and there is no browser: apt-get install chromium")
        pytest.skip(f"no browser on this machine; looked for {', '.join(BROWSERS)}")
    with sync_playwright() as playwright:
        # As root, in a container, Chromium's own sandbox cannot start; it loads our own file alone.
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


@dataclass
class Watched:
    """What a page did besides being shown: it should do nothing."""

    errors: list[str] = field(default_factory=list[str])
    asked: list[str] = field(default_factory=list[str])

    def said(self, message: ConsoleMessage) -> None:
        self.errors.append(message.text)

    def failed(self, error: object) -> None:
        self.errors.append(str(error))

    def requested(self, request: Request) -> None:
        self.asked.append(request.url)

    def opened(self, dialog: Dialog) -> None:
        self.errors.append(f"dialog: {dialog.message}")
        dialog.dismiss()


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Report, str, str], Path]:
    """The page of a report as a file, each written once."""
    folder = tmp_path_factory.mktemp("pages")

    def page(report: Report, lang: str, form: str) -> Path:
        file = folder / f"{report.digest}-{lang}-{form}.html"
        if not file.exists():
            file.write_text(FORMATS[form].text(report, catalogue(lang)), encoding="utf-8")
        return file

    return page


@pytest.fixture
def opening(browser: Browser, written: Callable[[Report, str, str], Path]) -> Iterator[Callable[..., Page]]:
    """Opens a report as its page; afterwards it must have said nothing and asked nobody: `opening(report)`."""
    watched = Watched()
    contexts = []
    files: list[str] = []

    def opened(
        report: Report, *, scripts: bool = True, width: int = 1280, lang: str = "ja", form: str = "html"
    ) -> Page:
        file = written(report, lang, form)
        files.append(file.as_uri())
        context = browser.new_context(java_script_enabled=scripts, viewport={"width": width, "height": 900})
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", watched.said)
        page.on("pageerror", watched.failed)
        page.on("request", watched.requested)
        page.on("dialog", watched.opened)
        page.goto(file.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert watched.errors == []
    assert [url for url in watched.asked if url.partition("#")[0] not in files] == []
