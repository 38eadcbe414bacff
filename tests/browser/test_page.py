"""What a reader does with the report: find a cause, filter, switch the language, print, use no mouse."""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING, Any

import pytest

from ccus_harness.events import EVENTS_FILE
from ccus_harness.messages import catalogue
from ccus_harness.register import load_register
from ccus_harness.reports import Report, telling

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Locator, Page

JA, EN = catalogue("ja"), catalogue("en")


class Reader:
    """Somebody with a mouse, whose clicks are counted."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0

    def click(self, what: Locator) -> None:
        self.clicks += 1
        what.click()


# The row each defect breaks, the step in which it shows, and what stands there once the step is unfolded.
CAUSES = [
    ("nightly_sync", "A1-03", "何も依頼しないまま", "request.accepted"),
    ("any_prime", "A2-2-03", "がそれぞれ技能者", "u_p2 が T1 の記録を見る"),
    ("unmarked", "A2-3-03", "申請システムが保有するデータを調べる", "holdings.csv"),
    ("leak_silent", "A2-4-05", "乙の受付を見守る", "0 通"),
    ("backups_left", "A6-05", "すべての時刻に、保存先と乙の受付を調べる", "（backups）"),
    ("certificate_false", "A6-19", "すべての時刻に、保存先と乙の受付を調べる", '"leaf_count": '),
]


@pytest.mark.parametrize(("defect", "row", "step", "cause"), CAUSES)
def test_the_cause_of_a_red_row_is_three_clicks_away(
    opening: Callable[..., Page],
    kept: Callable[[str], Report],
    defect: str,
    row: str,
    step: str,
    cause: str,
) -> None:
    report = kept(defect)
    reader = Reader(opening(report))
    red = reader.page.locator(f"#red-{row}")
    (found, *_) = telling.findings(next(each for each in report.rows if each.id == row), JA)
    reader.click(reader.page.get_by_role("link", name=JA.text("page.to_red")))
    assert red.get_by_text(found.seen, exact=True).first.is_visible()
    assert red.get_by_text(found.next, exact=True).is_visible()
    reader.click(red.locator("summary").first)
    suspect = red.locator("li.step").filter(has_text=step).last
    reader.click(suspect.locator("summary"))
    assert suspect.get_by_text(cause).first.is_visible()
    assert reader.clicks <= 3


def test_the_rows_are_filtered_by_word_article_and_text(
    opening: Callable[..., Page], kept: Callable[[str], Report]
) -> None:
    report = kept("reference")
    page = opening(report)
    rows = page.locator("#rows details[data-row]:visible")
    page.get_by_role("combobox", name=JA.text("page.filter_word")).select_option("depends")
    wanted = [row.id for row in report.rows if row.verdict == "depends"]
    assert sorted(each.get_attribute("data-row") or "" for each in rows.all()) == sorted(wanted)
    page.get_by_role("combobox", name=JA.text("page.filter_article")).select_option("A2-2")
    assert rows.count() == sum(name.startswith("A2-2-") for name in wanted)
    assert page.locator("#rows .chapter:visible").count() == 1
    page.get_by_role("searchbox").fill("ａ２－２－０４")
    assert [each.get_attribute("data-row") for each in rows.all()] == ["A2-2-04"]
    assert page.locator("#f-count").inner_text() == "1"
    page.get_by_role("button", name=JA.text("page.filter_reset")).click()
    assert rows.count() == len(report.rows)


def test_a_link_into_something_folded_or_filtered_away_shows_it(
    opening: Callable[..., Page], kept: Callable[[str], Report]
) -> None:
    page = opening(kept("reference"))
    page.get_by_role("combobox", name=JA.text("page.filter_word")).select_option("review")
    page.locator("#readings a[href='#r-A2-2-04']").first.click()
    assert page.locator("#r-A2-2-04 .inside").is_visible()


def test_the_page_is_read_in_the_language_that_was_chosen(
    opening: Callable[..., Page], kept: Callable[[str], Report]
) -> None:
    page = opening(kept("any_prime"))
    japanese, english = (
        page.get_by_text(words.text("report.red_rows"), exact=True).last for words in (JA, EN)
    )
    assert (japanese.is_visible(), english.is_visible()) == (True, False)
    page.get_by_text("English", exact=True).click()
    assert (japanese.is_visible(), english.is_visible()) == (False, True)
    assert page.locator("html").get_attribute("lang") == "en"
    page.get_by_text("日本語 / English", exact=True).click()
    assert (japanese.is_visible(), english.is_visible()) == (True, True)


def test_no_english_stands_in_the_japanese_summary_and_no_japanese_in_the_english(
    opening: Callable[..., Page], kept: Callable[[str], Report]
) -> None:
    japanese = opening(kept("any_prime")).locator("header").first.inner_text()
    english = opening(kept("any_prime"), lang="en").locator("header").first.inner_text()
    assert "violated" not in japanese
    assert re.search("[ぁ-んァ-ン一-龠]", english) is None


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_page_prints_with_every_row_and_the_story_of_every_red_one(
    opening: Callable[..., Page], kept: Callable[[str], Report], lang: str
) -> None:
    report = kept("any_prime")
    page = opening(report, lang=lang)
    assert page.pdf().startswith(b"%PDF-")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#filter").is_hidden()
    assert page.locator("#rows details[data-row] .inside:visible").count() == len(report.rows)
    assert page.locator(".telling-story li.step").first.is_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("#rows details[open]").count() == 0


def test_paper_needs_no_script(opening: Callable[..., Page], kept: Callable[[str], Report]) -> None:
    page = opening(kept("any_prime"), scripts=False)
    assert page.locator("#filter").is_hidden()
    page.get_by_text("English", exact=True).click()
    assert page.get_by_text(EN.text("report.red_rows"), exact=True).last.is_visible()
    page.emulate_media(media="print")
    assert page.locator("#r-A2-2-03 .inside").is_visible()


def test_everything_is_reached_without_a_mouse(
    opening: Callable[..., Page], kept: Callable[[str], Report]
) -> None:
    page = opening(kept("any_prime"))
    page.keyboard.press("Tab")
    assert page.locator(":focus").get_attribute("href") == "#main"
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    assert page.locator("#pick-en").is_checked()
    summary = page.locator(".telling-story summary").first
    for _ in range(60):
        page.keyboard.press("Tab")
        if summary.evaluate("each => each === document.activeElement"):
            break
    assert summary.evaluate("each => getComputedStyle(each).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    assert page.locator(".telling-story li.step").first.is_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert page.locator(".telling-story .asked").first.is_visible()


NAMED = """() => [...document.querySelectorAll('a[href], button, input, select, summary, [tabindex="0"]')]
  .filter(each => !(each.getAttribute('aria-label') || each.labels?.length || each.textContent.trim()
    || document.getElementById(each.getAttribute('aria-labelledby'))))
  .map(each => each.outerHTML.slice(0, 200))"""

UNHEADED = """() => [...document.querySelectorAll('table')]
  .filter(each => !each.querySelector('th[scope]')).map(each => each.outerHTML.slice(0, 200))"""

SKIPPED = """() => [...document.querySelectorAll('h1, h2, h3, h4')].map(each => +each.tagName[1])
  .filter((level, place, all) => place && level > all[place - 1] + 1)"""


def test_a_screen_reader_finds_its_way(opening: Callable[..., Page], kept: Callable[[str], Report]) -> None:
    page = opening(kept("reference"))
    for role in ("banner", "main", "navigation", "contentinfo", "search"):
        assert page.get_by_role(role).count() == 1, role
    regions = page.locator("main > section")
    assert all(each.get_attribute("aria-labelledby") for each in regions.all())
    assert page.evaluate(NAMED) == []
    assert page.evaluate(UNHEADED) == []
    assert page.evaluate(SKIPPED) == []
    assert page.get_by_role("heading", level=1).count() == 1
    cell = page.locator(".grid td.kept").first
    assert JA.text("scope_state.kept") in (cell.text_content() or "")


CONTRAST = """() => {
  const parts = (said) => said.match(/[\\d.]+/g).map(Number);
  const light = (rgb) => rgb.slice(0, 3).map(v => v / 255)
    .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, n) => sum + v * [0.2126, 0.7152, 0.0722][n], 0);
  const ground = (each) => {
    for (; each; each = each.parentElement) {
      const colour = parts(getComputedStyle(each).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const weak = new Set();
  for (const each of document.querySelectorAll('body *')) {
    if (![...each.childNodes].some(node => node.nodeType === 3 && node.data.trim())) continue;
    const style = getComputedStyle(each);
    if (style.opacity !== '1' || each.closest('.sr') || each.tagName === 'SCRIPT') continue;
    const [one, other] = [light(parts(style.color)), light(ground(each))].sort((a, b) => b - a);
    const ratio = (one + 0.05) / (other + 0.05);
    if (ratio < 4.5) weak.add(`${style.color} ${each.className} ${ratio.toFixed(2)}`);
  }
  return [...weak];
}"""


def test_every_text_stands_out_from_its_ground(
    opening: Callable[..., Page], kept: Callable[[str], Report]
) -> None:
    assert opening(kept("backups_left")).evaluate(CONTRAST) == []


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_narrow_screen_scrolls_one_way_only(
    opening: Callable[..., Page], kept: Callable[[str], Report], lang: str
) -> None:
    for run in ("backups_left", "reference"):
        page = opening(kept(run), width=390, lang=lang)
        page.evaluate(
            "document.querySelectorAll('details:not(.story)').forEach(each => { each.open = true; })"
        )
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, run


# -- what a candidate sent -------------------------------------------------------------------------------------

HOSTILE = (
    "<script>document.title='owned'</script>",
    "</script><script>document.title='owned'</script>",
    "</style><style>body{display:none}</style>",
    '"><img src="http://example.invalid/x" onerror="document.title=\'owned\'">',
    "<svg onload=\"document.title='owned'\"></svg>",
    "<a href=\"javascript:document.title='owned'\">click</a>",
    "<iframe srcdoc='<script>top.document.title=1</script>'></iframe>",
    "<meta http-equiv=refresh content='0;url=http://example.invalid/'>",
    "<base href='http://example.invalid/'>",
    "{{ 7 * 7 }}{% include 'x' %}",
    "<details open ontoggle=\"document.title='owned'\">",
    "&lt;script&gt;' onfocus=alert(1) autofocus='",
    "\u202e\u2066gnp.exe\x1b[2J\x00",
    "<span lang=en>" * 50,
    "A" * 500_000,
)


def hostile(told: dict[str, Any]) -> dict[str, Any]:
    """The run that is told by hand, with every text that is a candidate's to choose turned against the reader."""
    whole = copy.deepcopy(told)
    everything = "\n".join(HOSTILE)
    for event in whole["events"]:
        match event["kind"]:
            case "run":
                event["profile"] = {"candidate": {"name": everything}}
                event["target"] = f"http:{HOSTILE[3]}"
            case "preflight":
                event["checks"][0] |= {"ok": False, "ja": everything, "en": everything}
            case "call" if event["who"] == "candidate":
                artefact = {"name": everything, "media_type": "text/html", "body": everything}
                detail = {text: text for text in HOSTILE}
                value = {"outcome": everything, "reason": everything, "detail": detail}
                event["answer"]["value"] = {**value, "artefacts": [artefact]}
            case "claim" if event["word"] == "violated":
                event["shown"] = {"over": list(HOSTILE), everything: everything}
            case "scenario_end" if event["outcome"] != "finished":
                event["detail"] = {"fault": everything}
            case _:
                pass
    return whole


def test_nothing_that_a_candidate_sent_acts_or_asks_or_defaces(
    opening: Callable[..., Page],
    recording: Callable[..., Path],
    told_by_hand: dict[str, Any],
    tmp_path: Path,
) -> None:
    run = recording(tmp_path / "hostile", hostile(told_by_hand))
    report = Report.read(run / EVENTS_FILE, load_register())
    page = opening(report)
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    assert page.title().endswith("CCUS conformance")
    assert page.locator("script").count() == 1
    for tag in ("img", "iframe", "meta[http-equiv=refresh]", "base", "a[href^=javascript]", "[onload]"):
        assert page.locator(tag).count() == 0, tag
    assert page.get_by_text("{{ 7 * 7 }}").count() > 0
    assert page.locator("h1").is_visible()
    assert "\u202e" not in page.content()
    assert len(page.content()) < 1_000_000


# -- the page of Cucumber, for developers -------------------------------------------------------------------------


def test_cucumbers_page_shows_the_scenarios_and_what_failed(
    opening: Callable[..., Page], kept: Callable[[str], Report]
) -> None:
    page = opening(kept("any_prime"), form="cucumber-html")
    page.get_by_text("article2_2_scope.feature").first.wait_for()
    assert "A2-2-03" in page.locator("#content").inner_text()


def test_nothing_that_a_candidate_sent_acts_in_cucumbers_page(
    opening: Callable[..., Page],
    recording: Callable[..., Path],
    told_by_hand: dict[str, Any],
    tmp_path: Path,
) -> None:
    run = recording(tmp_path / "hostile", hostile(told_by_hand))
    page = opening(Report.read(run / EVENTS_FILE, load_register()), form="cucumber-html")
    page.locator("#content *").first.wait_for()
    page.evaluate("document.querySelectorAll('[aria-expanded=false]').forEach(each => each.click())")
    assert page.title().endswith("Cucumber")
    assert page.locator("script").count() == 2
    for tag in (
        "#content img:not([src^='data:'])",
        "iframe",
        "a[href^=javascript]",
        "[onload]",
        "[ontoggle]",
    ):
        assert page.locator(tag).count() == 0, tag
