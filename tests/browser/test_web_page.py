"""The page around the chats: clock, people, guide, small screens, keyboard, colours, privacy."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.contrast import CONTRAST
from tests.browser.stage import ARRIVAL, RETURN, START, Stage, phone, started

Visit = Callable[..., Page]


@pytest.mark.parametrize(
    "label, trip, then",
    [
        ("Next event", "next", START + timedelta(minutes=20)),
        ("+1 h", "+1h", START + timedelta(hours=1)),
        ("+1 day", "+1d", START + timedelta(days=1)),
        ("To arrival", "arrival", ARRIVAL),
        ("To return", "return", RETURN),
    ],
)
def test_each_clock_button_moves_the_clock(visit: Visit, stage: Stage, label: str, trip: str, then: object) -> None:
    page = visit()
    clock = page.get_by_role("group", name="Travel in time")
    clock.get_by_role("button", name=label, exact=True).click()
    expect(page.get_by_role("progressbar")).to_be_hidden()
    expect(clock.get_by_role("button", name="Next event")).to_have_attribute("aria-disabled", "false")
    assert (stage.clock.trips, stage.clock.now) == ([trip], then)


def test_the_clock_shows_date_time_zone_and_the_next_event(visit: Visit) -> None:
    clock = visit().get_by_role("region", name="Virtual clock")
    for text in ("18:40", "Friday, 27 February 2026", "Europe/Paris", "Check-in for Léa Martin", "in 20 min"):
        expect(clock).to_contain_text(text)


def test_after_the_arrival_one_cannot_travel_there_again(visit: Visit, stage: Stage) -> None:
    stage.clock.now = ARRIVAL
    page = visit()
    button = page.get_by_role("group", name="Travel in time").get_by_role("button", name="To arrival")
    expect(button).to_have_attribute("aria-disabled", "true")
    expect(page.get_by_role("region", name="The stay")).to_contain_text("day 1 of 28")


def test_somebody_from_the_open_invites_joins_with_their_token(visit: Visit, stage: Stage) -> None:
    invite = {"code": "MAR-02", "role": "learner", "name": "Yusuf Demir", "url": "", "token": "TOK2"}
    stage.clock.open_invites = [invite]
    page = visit()
    page.get_by_role("button", name="Add a phone").click()
    page.get_by_role("dialog").get_by_role("button", name="Yusuf Demir").click()
    expect(phone(page, "Yusuf Demir")).to_contain_text("Welcome aboard")
    assert stage.texts() == ["/start TOK2"]


def test_before_anybody_joined_the_phones_of_the_invited_show_start(visit: Visit, stage: Stage) -> None:
    stage.do(stage.sandbox.world.users.clear)
    stage.clock.open_invites = [
        {"code": "REF", "role": "referent", "name": "Marc Dubois", "url": "", "token": "TOK-R"},
        {"code": "MAR-01", "role": "learner", "name": "Léa Martin", "url": "", "token": "TOK-L"},
    ]
    page = visit()
    expect(phone(page)).to_contain_text("Léa Martin has opened the invite link.")
    phone(page).get_by_role("button", name="Start", exact=True).click()
    expect(phone(page)).to_contain_text("Welcome aboard")
    expect(phone(page, "Marc Dubois")).to_contain_text("has opened the invite link")
    assert stage.texts() == ["/start TOK-L"]


def test_somebody_who_is_here_but_has_not_started_uses_their_own_invite(visit: Visit, stage: Stage) -> None:
    invite = {"code": "MAR-01", "role": "learner", "name": "Léa Martin", "url": "", "token": "TOK-L"}
    stage.clock.open_invites = [invite]
    page = visit()
    page.get_by_role("button", name="Add a phone").click()
    page.get_by_role("dialog").get_by_role("button", name="Léa Martin").click()
    expect(phone(page)).to_contain_text("Welcome aboard")
    expect(page.locator(".phone")).to_have_count(2)
    assert stage.texts() == ["/start TOK-L"]


def test_a_stranger_gets_a_phone_and_no_token(visit: Visit, stage: Stage) -> None:
    page = visit()
    page.get_by_role("button", name="Add a phone").click()
    page.get_by_label("First name").fill("Zoë")
    page.get_by_role("button", name="Add this person").click()
    zoe = phone(page, "Zoë")
    zoe.get_by_role("button", name="Start", exact=True).click()
    expect(zoe).to_contain_text("Welcome aboard")
    assert stage.texts() == ["/start"]


def test_choosing_somebody_who_is_on_another_phone_swaps_the_two(visit: Visit, stage: Stage) -> None:
    page = visit()
    phone(page).get_by_label("Whose phone this is").select_option(value=f"u{stage.referent}")
    names = [page.locator(".phone").nth(at).get_attribute("aria-label") for at in (0, 1)]
    assert names == ["Marc Dubois's phone", "Léa Martin's phone"]


def test_a_closed_phone_stays_closed_on_the_next_visit(visit: Visit) -> None:
    page = visit()
    page.get_by_role("button", name="Close Marc Dubois's phone").click()
    expect(page.locator(".phone")).to_have_count(1)
    page.reload()
    expect(page.locator(".phone")).to_have_count(1)


def test_the_guide_is_open_at_first_and_remembers_being_closed(visit: Visit) -> None:
    page = visit()
    expect(page.get_by_role("complementary", name="What to try")).to_be_visible()
    page.get_by_role("button", name="Close the guide").click()
    page.reload()
    expect(page.locator(".phone").first).to_be_visible()
    expect(page.locator("#guide")).to_be_hidden()


def test_the_guide_ticks_off_what_has_happened(visit: Visit) -> None:
    page = visit()
    started(page)
    page.locator("#guide").get_by_role("button", name="Ask it").click()
    expect(phone(page).get_by_text("You said: How do I get from the airport into town?")).to_be_visible()
    page.locator("#guide").get_by_role("button", name="To arrival").click()
    expect(page.locator("#guide [data-step=arrival]")).to_have_class("done")


def test_the_keyboard_alone_is_enough(visit: Visit, stage: Stage) -> None:
    page = visit()
    keys = page.keyboard
    for _ in range(3):  # top bar, guide, first phone
        keys.press("F6")
    expect(phone(page).get_by_role("button", name="Start", exact=True)).to_be_focused()
    keys.press("Enter")
    expect(phone(page).get_by_text("How are you?")).to_be_visible()
    expect(phone(page).get_by_role("textbox")).to_be_focused()
    keys.press("Shift+Tab")  # attach
    keys.press("Shift+Tab")  # menu
    keys.press("Shift+Tab")  # the newest message's buttons
    expect(phone(page).get_by_role("button", name="I'm fine")).to_be_focused()
    keys.press("ArrowRight")
    keys.press("Enter")
    expect(phone(page).get_by_text("You chose help")).to_be_visible()
    keys.press("ArrowDown")
    expect(phone(page).get_by_role("button", name="Tell me more")).to_be_focused()
    assert stage.taps() == ["help"]


def test_every_focused_control_shows_an_outline(visit: Visit) -> None:
    page = visit()
    started(page)
    for _ in range(25):
        page.keyboard.press("Tab")
        shown = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        left = page.evaluate("document.activeElement === document.body")  # the focus went on to the browser's own bar
        assert left or shown != "none", page.evaluate("document.activeElement.outerHTML.slice(0, 120)")


@pytest.mark.parametrize("width", [360, 390, 600, 768, 1024])
def test_no_width_scrolls_sideways(visit: Visit, stage: Stage, width: int) -> None:
    wide = {"inline_keyboard": [[{"text": "Y" * 60, "callback_data": "y"}]]}
    stage.say(stage.learner, "W" * 300 + "\n/" + "x" * 30, reply_markup=wide)
    page = visit(viewport={"width": width, "height": 780})
    if width < 720:  # the guide comes first there
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.get_by_role("tab", name="Léa").click()
    expect(page.locator(".bubble").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator(".log").first.evaluate("log => log.scrollWidth <= log.clientWidth")
    cut_off = "buttons => buttons.filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.textContent)"
    assert page.locator(".top button, .tabs button").evaluate_all(cut_off) == []


def test_a_small_screen_shows_one_phone_at_a_time_with_unread_badges(visit: Visit, stage: Stage) -> None:
    page = visit(viewport={"width": 390, "height": 844})
    expect(page.locator("#guide")).to_be_visible()
    page.get_by_role("button", name="Go to the phone").click()
    expect(phone(page).get_by_role("button", name="Start", exact=True)).to_be_focused()
    expect(page.locator(".phone:visible")).to_have_count(1)
    stage.say(stage.referent, "An alert for you")
    tab = page.get_by_role("tab", name="Marc")
    expect(tab.get_by_label("1 unread")).to_be_visible()
    tab.click()
    expect(phone(page, "Marc Dubois").get_by_text("An alert for you")).to_be_visible()
    expect(tab.get_by_label("1 unread")).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_all_text_has_enough_contrast(visit: Visit, stage: Stage, theme: str) -> None:
    page = visit(color_scheme=theme)
    lea = started(page)
    html = "A <code>code</code>, a <a href='https://example.org'>link</a><blockquote>quote</blockquote>"
    stage.say(stage.learner, html, parse_mode="HTML")
    expect(lea.locator("blockquote")).to_be_visible()
    assert page.evaluate(CONTRAST) == []


def test_the_theme_can_be_switched_and_is_remembered(visit: Visit) -> None:
    page = visit(color_scheme="light")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Colours: auto").click()
    page.get_by_role("button", name="Colours: light").click()
    page.reload()
    expect(page.get_by_role("button", name="Colours: dark")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light


def test_the_page_asks_no_other_host_for_anything(visit: Visit, stage: Stage) -> None:
    page = visit()
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    page.reload()
    lea = started(page)
    stage.say(stage.learner, "see https://example.org/ and https://t.me/somebody")
    expect(lea.get_by_text("see https")).to_be_visible()
    assert asked
    assert {urlsplit(url).hostname for url in asked} == {"127.0.0.1"}


def test_an_incoming_message_is_announced_to_screen_readers(visit: Visit, stage: Stage) -> None:
    page = visit()
    started(page)
    expect(page.locator("#announcer")).to_contain_text("Léa Martin's phone: Compagnon: Welcome aboard. How are you?")
