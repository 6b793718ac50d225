"""A newcomer at the demo: the real command, the page, and nothing but clicks."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect

from tests.browser.stage import phone

STARTING = 90.0  # seconds, on a busy machine
LEARNER, CONTACT = "Léa Exemple", "Claire Référente"


@pytest.fixture
def demo_url(tmp_path: Path) -> Iterator[str]:
    """A running demo."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(Path(sys.executable).with_name("compagnon")), "demo", "--no-browser", "--port", str(port)]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, cwd=tmp_path, stdout=said, stderr=said)
        try:
            _wait_for(f"http://127.0.0.1:{port}/", process)
            yield f"http://127.0.0.1:{port}/"
        finally:
            process.send_signal(signal.SIGINT)
            status = process.wait(15)
        said.seek(0)
        assert (status, b"Traceback" in said.read()) == (0, False)


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + STARTING
    while True:
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except (urllib.error.URLError, OSError):
            assert process.poll() is None, "the demo ended"
            assert time.monotonic() < deadline, "the demo did not start"
            time.sleep(0.1)


@pytest.fixture
def page(browser: Browser, demo_url: str) -> Iterator[Page]:
    """The page; it may complain about nothing and ask no other host for anything."""
    context = browser.new_context(viewport={"width": 1360, "height": 860}, reduced_motion="reduce")
    complaints: list[str] = []
    hosts: set[str | None] = set()
    context.on("request", lambda request: hosts.add(urlsplit(request.url).hostname))
    here = context.new_page()
    here.on("pageerror", lambda error: complaints.append(str(error)))
    here.on("console", lambda message: complaints.append(message.text) if _complains(message) else None)
    here.goto(demo_url)
    expect(here.locator(".phone")).to_have_count(2)
    yield here
    context.close()
    assert (complaints, hosts) == ([], {"127.0.0.1"})


def _complains(message: ConsoleMessage) -> bool:
    """A travel that is refused is a 400, which the browser notes by itself."""
    return message.type == "error" and "400 (Bad Request)" not in message.text


def tap(where: Locator, label: str) -> None:
    """Click the newest button with this label."""
    where.get_by_role("button", name=label, exact=True).last.click()


def join(page: Page) -> tuple[Locator, Locator]:
    """Start on both phones, and the learner's first questions."""
    learner, contact = phone(page, LEARNER), phone(page, CONTACT)
    for one in (contact, learner):
        tap(one, "Start")
        tap(one, "English")
    tap(learner, "Yes, I agree")
    tap(learner, "Yes, that's right")
    tap(learner, "Keep 19:00")
    expect(learner).to_contain_text("All set.")
    return learner, contact


def done(page: Page, step: str) -> None:
    """The guide has ticked this off."""
    expect(page.locator(f"#guide [data-step={step}]")).to_have_class("done", timeout=120000)


def test_a_newcomer_clicks_from_start_to_the_alert_that_is_taken_and_to_sos(page: Page) -> None:
    learner, contact = join(page)
    done(page, "start")
    guide = page.locator("#guide")
    guide.get_by_role("button", name="Ask it").click()
    expect(learner).to_contain_text("Sevilla (SVQ)", timeout=30000)  # the search is read for the first question
    done(page, "ask")
    guide.get_by_role("button", name="To arrival").click()
    done(page, "arrival")
    travel = page.get_by_role("group", name="Travel in time")
    for _ in range(4):  # the bot asks about the journey first: they are there
        if learner.get_by_role("button", name="I've arrived").count():
            break
        travel.get_by_role("button", name="Next event").click()
        expect(travel.get_by_role("button", name="Next event")).to_have_attribute("aria-disabled", "false")
    tap(learner, "I've arrived")
    clock = page.get_by_role("group", name="Travel in time")
    following = clock.get_by_role("button", name="Next event")
    for _ in range(12):
        expect(following).to_have_attribute("aria-disabled", "false")
        ahead = guide.get_by_role("button", name="Next event")
        if not ahead.count():  # the alert is there: the guide has gone on to its next task
            break
        before = page.locator(".clock-time").inner_text()
        ahead.click()
        expect(page.locator(".clock-time")).not_to_have_text(before)
    expect(contact).to_contain_text("check-in")
    done(page, "alert")
    tap(contact, "I'm on it")
    expect(learner).to_contain_text(f"{CONTACT} is on it")
    done(page, "ack")
    guide.get_by_role("button", name="Send /sos").click()
    expect(learner).to_contain_text("Emergency numbers in Spain")
    expect(contact).to_contain_text("Asked for help.")
    expect(guide).to_contain_text("6 of 6")


def test_right_after_joining_the_next_event_can_be_reached(page: Page) -> None:
    learner, _ = join(page)
    following = page.get_by_role("group", name="Travel in time").get_by_role("button", name="Next event")
    expect(following).to_have_attribute("aria-disabled", "false")
    expect(page.get_by_role("region", name="Virtual clock")).to_contain_text("Next step of the journey")
    following.click()
    expect(learner.get_by_role("button", name="Later", exact=True)).to_be_visible()


@pytest.mark.long  # a day of alerts, as long as a minute on a busy machine
def test_a_long_travel_stops_at_an_alert_that_nobody_takes_and_says_so(page: Page) -> None:
    _, contact = join(page)
    travel = page.get_by_role("group", name="Travel in time")
    travel.get_by_role("button", name="To arrival").click()
    expect(travel.get_by_role("button", name="+1 day")).to_be_enabled(timeout=30000)
    travel.get_by_role("button", name="+1 day").click()
    expect(page.get_by_text(re.compile("nobody has taken the alert about Léa"))).to_be_visible(timeout=30000)
    tap(contact, "I'm on it")
    travel.get_by_role("button", name="+1 h").click()
    expect(page.get_by_text(re.compile("nobody has taken the alert about Léa"))).to_be_hidden()
