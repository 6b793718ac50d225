"""The map in a real browser, from a file: filters, cards, phones, keyboard, languages, colours, no network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from bot.papers.map_page import Tiles, page as map_page
from tests.browser.contrast import CONTRAST
from tests.support import shipped
from tests.support.map_places import AMINA, BAKERY, FEW, many

Open = Callable[..., Page]

HOSTILE = '</script><img src=x onerror="window.hit=1">'
PHONE = {"viewport": {"width": 390, "height": 780}, "has_touch": True, "is_mobile": True}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The few places, 2,000 of them, none, and two with hostile words."""
    folder = tmp_path_factory.mktemp("map")
    hostile = [
        replace(BAKERY, name=HOSTILE, about=HOSTILE, town=HOSTILE),
        replace(AMINA, website="javascript:alert(1)"),
    ]
    kinds = {"few": FEW, "many": many(2000), "none": [], "hostile": hostile}
    for name, places in kinds.items():
        (folder / f"{name}.html").write_bytes(map_page(places, None, shipped.library().catalogues))
    return {name: folder / f"{name}.html" for name in kinds}


@pytest.fixture
def visit(browser: Browser, files: dict[str, Path]) -> Iterator[Open]:
    """Opens a file. Anything it asks the network for, and anything it complains about, fails the test."""
    complaints: list[str] = []
    contexts = []

    def open_file(name: str = "few", locale: str = "en-GB", place: str = "", **options: Any) -> Page:
        size = {"viewport": {"width": 1280, "height": 860}}
        context = browser.new_context(**{**size, "reduced_motion": "reduce", "locale": locale, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: complaints.append(request.url) if request.url[:5] != "file:" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text))
        page.goto(files[name].as_uri() + place)
        return page

    yield open_file
    for context in contexts:
        context.close()
    assert not complaints


def cards(page: Page) -> Locator:
    return page.locator("#places > li")


def test_it_opens_with_everything_on_it_and_asks_nobody(visit: Open) -> None:
    page = visit()
    expect(page.get_by_role("status")).to_have_text("5 of 5 shown")
    expect(cards(page)).to_have_count(5)
    expect(page.get_by_role("button", name="Autohaus Muster, Flensburg (Host company)")).to_be_visible()


def test_filters_leave_what_fits_and_say_how_much(visit: Open) -> None:
    page = visit()
    page.get_by_label("Search").fill("panaderia")
    expect(page.get_by_role("status")).to_have_text("1 of 5 shown")
    page.get_by_role("button", name="Clear all filters").click()
    page.get_by_role("checkbox", name="Host companies").uncheck(force=True)
    expect(page.get_by_role("status")).to_have_text("3 of 5 shown")
    page.get_by_text("More filters").click()
    page.get_by_label("Spoken there").select_option("Dutch")
    expect(cards(page)).to_have_count(1)
    expect(cards(page)).to_contain_text("Tom")
    page.get_by_label("Country").select_option("Portugal")
    expect(page.get_by_text("Nothing fits.")).to_be_visible()


def test_distances_are_measured_from_a_town_nearest_first(visit: Open) -> None:
    page = visit()
    page.get_by_text("More filters").click()
    page.get_by_label("Distance from").select_option("Lisbon (Portugal)")
    expect(cards(page).first).to_contain_text("Escola Exemplo")
    expect(cards(page).first).to_contain_text("218 km")
    expect(cards(page).last).to_contain_text("Autohaus Muster")


def test_a_sign_opens_its_card_which_says_what_is_made_up(visit: Open) -> None:
    page = visit()
    page.get_by_role("button", name="Autohaus Muster, Flensburg").click()
    card = page.get_by_role("article", name="Autohaus Muster")
    for words in ("Service and repairs.", "30 people", "1 September 2026", "Made up to show how the map works."):
        expect(card).to_contain_text(words)
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()


def test_places_in_one_town_come_apart_as_far_as_they_can_and_then_as_a_list(visit: Open) -> None:
    page = visit()
    page.get_by_role("button", name="Seville and around, 4 places").click()
    page.get_by_role("button", name="Seville, 3 places: show them").click()
    page.locator(".several").get_by_role("button", name="Tom").click()
    expect(page.get_by_role("article", name="Tom")).to_contain_text("Ask through Compagnon")


def test_only_what_the_map_shows_follows_the_map(visit: Open) -> None:
    page = visit()
    page.get_by_text("More filters").click()
    page.get_by_label("Only what the map shows").check()
    page.get_by_role("button", name="Seville and around, 4 places").click()
    expect(page.get_by_role("status")).to_have_text("4 of 5 shown")
    box = page.locator("#map").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 380, y + 300, steps=4)
    page.mouse.up()
    expect(page.get_by_role("status")).not_to_have_text("4 of 5 shown")


def test_the_keyboard_alone_is_enough(visit: Open) -> None:
    page = visit()
    keys = page.keyboard
    keys.press("Tab")
    expect(page.get_by_role("link", name="To the list")).to_be_focused()
    keys.press("Enter")
    keys.press("Tab")
    first = cards(page).first.get_by_role("button").first
    expect(first).to_be_focused()
    keys.press("Enter")
    expect(first).to_have_attribute("aria-expanded", "true")
    expect(cards(page).first).to_contain_text("Service and repairs.")
    page.locator("#map").focus()
    keys.press("Tab")
    sign = page.locator(":focus")
    name = sign.get_attribute("aria-label")
    assert name is not None
    keys.press("Enter")
    if "zoom in" in name:
        expect(page.locator("#map")).to_be_focused()
        keys.press("Tab")
        keys.press("Enter")
    expect(page.locator(".leaflet-popup")).to_be_visible()
    keys.press("Escape")
    expect(page.locator(".leaflet-popup")).to_have_count(0)
    assert page.evaluate("document.activeElement.closest('#map') !== null")


def test_every_focused_control_shows_an_outline(visit: Open) -> None:
    page = visit()
    page.locator("#more").evaluate("more => { more.open = true; }")
    for _ in range(18):
        page.keyboard.press("Tab")
        lines = page.evaluate(
            "() => { const one = document.activeElement; const chip = one.closest('.chip') || one;"
            "return [getComputedStyle(chip).outlineStyle, getComputedStyle(one, '::after').outlineStyle]; }"
        )
        assert set(lines) != {"none"}, page.evaluate("document.activeElement.outerHTML.slice(0, 120)")


def test_on_a_phone_the_list_lies_under_the_map_and_fingers_hit_everything(visit: Open) -> None:
    page = visit("many", **PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    map_, list_ = page.locator("#map").bounding_box(), page.locator("#list").bounding_box()
    assert map_
    assert list_
    assert map_["y"] + map_["height"] <= list_["y"] + 1
    low = "all => all.map((one) => one.getBoundingClientRect()).filter((box) => Math.min(box.width, box.height) < 40)"
    targets = ".pin, .chip, summary, select, input[type=search], .leaflet-bar a, #show-more, .place"
    assert page.locator(targets).evaluate_all(f"{low}.length") == 0
    page.locator("#places button").nth(1).tap()
    page.get_by_role("button", name="Show on the map").tap()
    expect(page.locator(".leaflet-popup")).to_be_in_viewport(ratio=0.9)
    page.get_by_role("button", name="Close").tap()
    expect(page.locator(".leaflet-popup")).to_have_count(0)


def test_it_speaks_the_browsers_language_and_changes_it_without_a_network(visit: Open) -> None:
    page = visit(locale="fr-FR")
    expect(page.get_by_role("heading", level=1)).to_have_text("La carte des séjours")
    expect(cards(page).first).to_contain_text("Structure d'accueil")
    page.get_by_label("Langue de cette page").select_option("Deutsch")
    expect(page).to_have_title("Die Karte der Auslandsaufenthalte")
    expect(cards(page).first).to_contain_text("Flensburg, Deutschland")
    expect(page.get_by_role("button", name="Autohaus Muster, Flensburg (Gastbetrieb)")).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "de"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_has_enough_contrast(visit: Open, scheme: str) -> None:
    page = visit(color_scheme=scheme)
    page.locator("#more").evaluate("more => { more.open = true; }")
    cards(page).nth(1).get_by_role("button").first.click()
    page.get_by_role("button", name="Autohaus Muster, Flensburg").click()
    assert page.evaluate(CONTRAST) == []


def test_hostile_words_are_only_words(visit: Open) -> None:
    page = visit("hostile")
    expect(cards(page).get_by_role("button", name=HOSTILE)).to_be_visible()
    cards(page).get_by_role("button", name=HOSTILE).click()
    cards(page).get_by_role("button", name="أمينة").click()
    assert page.evaluate("window.hit") is None
    assert page.locator("main img, main a[href^=javascript]").count() == 0


def test_a_name_from_right_to_left_keeps_to_itself_and_a_link_leads_to_its_card(visit: Open) -> None:
    page = visit(place="#a1")
    card = page.get_by_role("article", name="أمينة")
    expect(card).to_be_visible()
    assert card.locator("h3 bdi").evaluate("name => getComputedStyle(name).direction") == "rtl"
    assert card.locator(".where").evaluate("line => getComputedStyle(line).direction") == "ltr"


def test_only_a_tile_server_that_is_set_is_asked_and_named(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "tiles.html"
    tiles = Tiles("https://{s}.tiles.example/{z}/{x}/{y}.png", "© <b>Somebody</b>")
    file.write_bytes(map_page(FEW, "en", shipped.library().catalogues, tiles))
    context = browser.new_context(viewport={"width": 900, "height": 700}, reduced_motion="reduce")
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    context.route("https://*.tiles.example/**", lambda route: route.abort())  # nobody is there: the outlines stay
    page = context.new_page()
    page.goto(file.as_uri())
    expect(page.locator(".leaflet-control-attribution")).to_contain_text("© <b>Somebody</b>")
    page.wait_for_timeout(50)
    context.close()
    hosts = {urlsplit(url).hostname for url in asked if not url.startswith("file:")}
    assert hosts
    assert hosts <= {f"{letter}.tiles.example" for letter in "abc"}


def test_an_empty_map_says_so_kindly(visit: Open) -> None:
    page = visit("none")
    expect(page.get_by_text("There is nobody on this map yet.")).to_be_visible()
    expect(page.get_by_label("Search")).to_be_hidden()


def test_two_thousand_places_are_there_at_once_and_come_in_parts(visit: Open) -> None:
    page = visit("many")
    expect(page.get_by_role("status")).to_have_text("2,000 of 2,000 shown")
    expect(cards(page)).to_have_count(40)
    page.get_by_role("button", name="Show more").click()
    expect(cards(page)).to_have_count(80)
    expect(cards(page).nth(40).get_by_role("button")).to_be_focused()
    assert page.locator(".pin").count() < 60
