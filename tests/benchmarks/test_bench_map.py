"""The map in a browser with 2,000 places: how soon list and map are there, and how evenly it moves."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.content.loader import Library
from bot.papers.map_page import page as map_page
from tests.benchmarks.report import Line, Report
from tests.support.chromium import chromium
from tests.support.map_places import many

pytestmark = pytest.mark.bench

PLACES, ROUNDS = 2_000, 5
OPEN_MS, FRAME_MS, FILTER_MS = 2_000, 50, 250
MARKS = "performance.getEntriesByType('mark').map((mark) => [mark.name, mark.startTime])"
FRAMES = """() => { window.frames_ = []; let last = performance.now();
  const count = (now) => { window.frames_.push(now - last); last = now; requestAnimationFrame(count); };
  requestAnimationFrame(count); }"""
TYPE = """async () => {
  const [field, count] = [document.getElementById("text"), document.getElementById("count")];
  const [began, before] = [performance.now(), count.textContent];
  field.value = "workshop 7";
  field.dispatchEvent(new Event("input"));
  while (count.textContent === before) await new Promise(requestAnimationFrame);
  return performance.now() - began; }"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def opened(browser: Browser, file: Path) -> tuple[Page, dict[str, float]]:
    """The page, and when list and map were there (milliseconds from the call)."""
    page = browser.new_context(viewport={"width": 1280, "height": 860}).new_page()
    page.goto(file.as_uri())
    expect(page.get_by_role("status")).to_have_text("2,000 of 2,000 shown")
    page.wait_for_function("performance.getEntriesByName('map').length > 0")
    return page, dict(page.evaluate(MARKS))


def frames(page: Page) -> list[float]:
    """Milliseconds between frames while the map is dragged about and zoomed."""
    box = page.locator("#map").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.wait_for_timeout(300)
    page.evaluate(FRAMES)
    for way in (1, -1, 1):
        page.mouse.move(x - way * 150, y)
        page.mouse.down()
        for step in range(40):
            page.mouse.move(x - way * 150 + way * step * 7, y + step * 2)
            time.sleep(0.012)
        page.mouse.up()
    return [float(value) for value in page.evaluate("window.frames_")]


def test_two_thousand_places_open_soon_and_move_evenly(
    browser: Browser, library: Library, report: Report, tmp_path: Path
) -> None:
    file = tmp_path / "map.html"
    file.write_bytes(map_page(many(PLACES), None, library.catalogues))
    marks = []
    for _ in range(ROUNDS):
        page, found = opened(browser, file)
        marks.append(found)
    for what in ("list", "map"):
        took = median(mark[what] for mark in marks)
        report.add(Line(f"map page, {PLACES} places: {what} there", "chromium", took, "ms", None, None,
                        f"under {OPEN_MS} ms", took < OPEN_MS))  # fmt: skip
    between = frames(page)
    late = quantiles(between, n=20)[-1]
    note = f"median {median(between):.1f} ms of {len(between)}"
    report.add(Line("map page: frame while moved, 95 of 100", "chromium", late, "ms", None, None,
                    f"under {FRAME_MS} ms", late < FRAME_MS, note))  # fmt: skip
    took = float(page.evaluate(TYPE))
    report.add(Line("map page: a word typed, list and map anew", "chromium", took, "ms", None, None,
                    f"under {FILTER_MS} ms", took < FILTER_MS, "120 ms of it waiting for the next letter"))  # fmt: skip
    assert median(mark["map"] for mark in marks) < OPEN_MS
    assert median(between) < FRAME_MS  # the slowest of them depend on who else uses the machine
