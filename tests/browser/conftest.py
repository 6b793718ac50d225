"""A real Chromium for the sandbox's page. Without one these tests are skipped, and say so."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.stage import Stage
from tests.support.chromium import chromium

CALM = {"reduced_motion": "reduce"}
HERE = Path(__file__).parent

expect.set_options(timeout=8000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder carries the marker `browser`."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


def _refused(text: str) -> bool:
    """Whether the page tried what its policy forbids; parsing hostile inline code (and dropping it) is no try."""
    return "Content Security Policy" in text and "inline" not in text


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def stage() -> Iterator[Stage]:
    running = Stage()
    yield running
    running.close()


@pytest.fixture
def visit(browser: Browser, stage: Stage) -> Iterator[Callable[..., Page]]:
    """Opens the page (options as for a Playwright context). Whatever the page complains about fails the test."""
    complaints: list[str] = []
    contexts = []

    def open_page(**options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 860}, **CALM, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text) if _refused(message.text) else None)
        page.goto(stage.sandbox.url)
        expect(page.locator(".phone").first).to_be_attached()
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints
