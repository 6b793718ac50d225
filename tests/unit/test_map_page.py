"""The map's HTML file: whole, quiet, in six languages, and nothing written by people can break out of it."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from typing import Any

import pytest

from bot.content.languages import COMPLETE
from bot.errors import BadSetting
from bot.papers.map_page import Tiles, content_policy, page
from bot.settings import Settings, check
from tests.support import shipped
from tests.support.map_places import BAKERY, FEW

CATALOGUES = shipped.library().catalogues
PAGE = page(FEW, "de", CATALOGUES).decode()


def facts(html: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', html, re.DOTALL)
    assert found
    return json.loads(found[1])  # type: ignore[no-any-return]


def test_it_names_no_address_to_fetch_anything_from() -> None:
    markup = re.sub(r"<script.*?</script>", "", PAGE, flags=re.DOTALL)
    assert not re.search(r"\bsrc=|<link|url\(|@import|//", markup)
    assert "sourceMappingURL" not in PAGE


def test_its_policy_lets_its_own_script_and_style_run_and_nothing_else() -> None:
    policy = content_policy()
    for kind, pattern in (("script", r"<script>(.*?)</script>"), ("style", r"<style>(.*?)</style>")):
        text = re.findall(pattern, PAGE, re.DOTALL)
        assert len(text) == 1
        digest = base64.b64encode(hashlib.sha256(text[0].encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert f'content="{policy}"'.replace("'", "&#x27;") in PAGE


def test_a_tile_server_is_the_only_other_address_and_only_for_pictures() -> None:
    tiles = Tiles("https://{s}.tiles.example:8443/{z}/{x}/{y}.png", "© Somebody")
    assert "; img-src https://*.tiles.example:8443;" in content_policy(tiles)
    assert facts(page(FEW, "en", CATALOGUES, tiles).decode())["tiles"] == {
        "url": tiles.url,
        "attribution": "© Somebody",
    }


def test_every_language_has_every_word_country_and_tongue() -> None:
    found = facts(PAGE)
    for kind in ("words", "countries", "tongues"):
        assert set(found[kind]) == set(COMPLETE)
        assert len({frozenset(found[kind][tag]) for tag in COMPLETE}) == 1
    assert found["words"]["fr"]["title"] == "La carte des séjours"
    assert found["countries"]["de"]["ES"] == "Spanien"
    assert found["tongues"]["it"]["nl"] == "Olandese"
    assert found["capitals"]["es"]["Europe/Vienna"] == "Viena"
    assert 'lang="de"' in PAGE


def test_the_page_says_every_word_that_the_catalogue_has_for_it() -> None:
    code = re.sub(r'id="data">.*?</script>', "", PAGE, flags=re.DOTALL)

    def said(key: str) -> bool:
        ways = (f'words="{key}"', f'hint="{key}"', f'words("{key}"', f'"{key}",', f'"{key}" :', f' : "{key}"')
        return any(way in code for way in (*ways, f"`{key.split('/')[0]}/$", f"`{key.split('_')[0]}_$"))

    assert [key for key in facts(PAGE)["words"]["en"] if not said(key)] == ["no_script"]


@pytest.mark.parametrize(
    "words", ["</script><script>alert(1)</script>", "<!--<script>", '"}]}</SCRIPT >', "\u2028\\u003c"]
)
def test_no_text_breaks_out_of_the_data(words: str) -> None:
    hostile = replace(BAKERY, name=words, town=words, about=words, trades=(words,), languages=(words,), source=words)
    html = page([hostile], "en", CATALOGUES).decode()
    assert facts(html)["places"][0]["name"] == words
    assert html.count("<script") == PAGE.count("<script")
    assert html.count("</script") == PAGE.count("</script")


def test_only_web_addresses_become_links() -> None:
    shown = {
        written: facts(page([replace(BAKERY, website=written)], "en", CATALOGUES).decode())["places"][0].get("website")
        for written in ("javascript:alert(1)", "data:text/html,x", "//example.org", "HTTPS://example.org/a")
    }
    assert list(shown.values()) == [None, None, None, "HTTPS://example.org/a"]


@pytest.mark.parametrize(
    "wrong", ["tiles.example/{z}/{x}/{y}", "https://tiles.example/{z}/{x}.png", "https://a b/{z}/{x}/{y}"]
)
def test_a_wrong_tile_address_is_named(wrong: str) -> None:
    with pytest.raises(BadSetting, match=r"^COMPAGNON_MAP_TILES_URL: .*is no tile address; write https://"):
        check("map_tiles_url", wrong)


def test_a_tile_server_needs_somebody_to_be_named() -> None:
    settings = Settings(_env_file=None, map_tiles_url="https://tiles.example/{z}/{x}/{y}.png")  # type: ignore[call-arg]
    with pytest.raises(BadSetting, match="COMPAGNON_MAP_TILES_ATTRIBUTION"):
        settings.map_tiles()
