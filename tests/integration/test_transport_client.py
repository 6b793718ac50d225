"""The client over real HTTP against the sandbox: what every kind of answer and silence becomes."""

import asyncio
import base64
from dataclasses import replace
from pathlib import Path

import pytest

from bot.errors import NotFound, Unreachable, WrongToken
from bot.flows.vocabulary import Attachment, Button, Drawing, ReplyButton, Screen, Venue, screen
from bot.i18n import Catalogues, Text
from bot.sandbox.files import MAX_DOWNLOAD
from bot.service.delivery import Fate
from bot.transport.client import Telegram
from tests.support.sandbox import TOKEN, Clocks, Desk, desk
from tests.support.transport import CATALOGUES, delivery, on_the_line, words

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
OK_BUTTON = ((Button(Text("ok"), "check_in:fine"),),)


async def fault(here: Desk, kind: str, method: str = "sendMessage", **more: object) -> None:
    status, _ = await here.control("POST", "faults", {"method": method, "kind": kind, **more})
    assert status == 200


def test_a_message_arrives_in_the_readers_language_and_is_sent():
    async def scenario(here: Desk, telegram: Telegram) -> None:
        shown = screen(Text("hello", {"name": "<Ana>"}), rows=OK_BUTTON)
        result = await telegram.deliver(delivery(shown, here.chat, language="fr"))
        last = await here.person.last()
        assert result.fate is Fate.SENT
        assert result.message_id == last["message_id"]
        assert last["text"] == "Bonjour <Ana>"
        assert last["entities"][0]["type"] == "bold"
        assert last["reply_markup"]["inline_keyboard"] == [[{"text": "Tout va bien", "callback_data": "check_in:fine"}]]

    on_the_line(scenario)


def test_a_silent_message_says_so_and_safety_does_not():
    async def scenario(here: Desk, telegram: Telegram) -> None:
        await telegram.deliver(delivery(chat_id=here.chat))
        await telegram.deliver(delivery(chat_id=here.chat, silent=False))
        quiet, loud = [call["params"] for call in await here.calls() if call["method"] == "sendMessage"]
        assert quiet["disable_notification"]
        assert "disable_notification" not in loud

    on_the_line(scenario)


def test_a_text_that_is_too_long_arrives_shortened():
    async def scenario(here: Desk, telegram: Telegram) -> None:
        result = await telegram.deliver(delivery("long", here.chat))
        last = await here.person.last()
        assert result.fate is Fate.SENT
        assert last["text"].endswith("word…")
        assert 4000 < len(last["text"]) <= 4096

    on_the_line(scenario)


def test_markup_that_telegram_cannot_parse_goes_out_as_plain_text():
    async def scenario(here: Desk, telegram: Telegram) -> None:
        result = await telegram.deliver(delivery("broken", here.chat))
        assert result.fate is Fate.SENT
        assert (await here.person.last())["text"] == "never closed & wrong"

    on_the_line(scenario)


def test_an_edit_changes_the_message_and_repeating_it_counts_as_sent():
    async def scenario(here: Desk, telegram: Telegram) -> None:
        first = await telegram.deliver(delivery("plain", here.chat))
        edit = delivery(words("changed"), here.chat, edits=first.message_id)
        for _ in range(2):
            result = await telegram.deliver(edit)
            assert (result.fate, result.message_id) == (Fate.SENT, first.message_id)
        assert (await here.person.last())["text"] == "changed"

    on_the_line(scenario)


def test_an_edit_of_a_message_that_is_gone_is_sent_as_a_new_one():
    async def scenario(here: Desk, telegram: Telegram) -> None:
        result = await telegram.deliver(delivery("plain", here.chat, edits=99_999))
        assert result.fate is Fate.SENT
        assert (await here.person.last())["message_id"] == result.message_id

    on_the_line(scenario)


def test_a_place_goes_before_its_words():
    async def scenario(here: Desk, telegram: Telegram) -> None:
        shown = words("Ask at the desk", venue=Venue(47.2, -1.55, "Hospital", "1 place Ricordeau"), rows=OK_BUTTON)
        result = await telegram.deliver(delivery(shown, here.chat))
        venue, text = (await here.person.messages())[-2:]
        assert venue["venue"]["title"] == "Hospital"
        assert text["message_id"] == result.message_id
        assert "reply_markup" in text

    on_the_line(scenario)


def test_a_reply_keyboard_can_ask_for_the_location():
    async def scenario(here: Desk, telegram: Telegram) -> None:
        shown = Screen((Text("plain"),), reply=((ReplyButton(Text("ok"), location=True),),))
        await telegram.deliver(delivery(shown, here.chat))
        keyboard = (await here.person.chat())["reply_keyboard"]["keyboard"]
        assert keyboard == [[{"text": "I'm fine", "request_location": True}]]
        await telegram.deliver(delivery(Screen((Text("plain"),), reply=()), here.chat))
        assert (await here.person.chat())["reply_keyboard"] is None

    on_the_line(scenario)


def test_a_file_of_ours_is_uploaded_and_one_outside_the_data_folder_is_not(tmp_path: Path):
    (tmp_path / "export.json").write_text("{}")

    async def scenario(here: Desk, telegram: Telegram) -> None:
        attachment = Attachment("document", path="export.json", name="Ana à Nantes.json")
        result = await telegram.deliver(delivery(words("Yours", attachment=attachment), here.chat))
        last = await here.person.last()
        assert result.fate is Fate.SENT
        assert (last["document"]["file_name"], last["caption"]) == ("Ana à Nantes.json", "Yours")
        outside = Attachment("document", path="../secret")
        result = await telegram.deliver(delivery(words("x", attachment=outside), here.chat))
        assert result.fate is Fate.FAILED

    on_the_line(scenario, data_dir=tmp_path)


def test_a_drawing_is_made_in_the_readers_language_when_it_is_sent():
    def draw(drawing: Drawing, catalogues: Catalogues, language: str, zone: str) -> bytes:
        if drawing.facts["kit"] == "atlantis":
            raise NotFound("There is no kit 'atlantis'.")
        return b"%PDF in " + language.encode()

    async def scenario(here: Desk, telegram: Telegram) -> None:
        telegram.draw = draw
        drawn = (Drawing("kit", {"kit": kit}) for kit in ("lyon", "atlantis"))
        kits = [Attachment("document", name="kit.pdf", drawing=one) for one in drawn]
        result = await telegram.deliver(delivery(words("Yours", attachment=kits[0]), here.chat, language="fr"))
        last = await here.person.last()
        assert result.fate is Fate.SENT
        assert (last["document"]["file_name"], last["document"]["file_size"]) == ("kit.pdf", 10)
        result = await telegram.deliver(delivery(words("x", attachment=kits[1]), here.chat))
        assert (result.fate, result.error) == (Fate.FAILED, "There is no kit 'atlantis'.")

    on_the_line(scenario)


def test_a_picture_arrives_as_a_photo_with_its_figures_as_words():
    facts = {
        "title": "How I see myself", "rows": [["Languages", 1.5, 3.0]], "dark": False,
        "columns": [["before", "Before"], ["after", "After"]],
        "scale": ["Not yet", "With help", "On my own", "I can show others"],
    }  # fmt: skip

    async def scenario(here: Desk, telegram: Telegram) -> None:
        picture = Attachment("photo", name="compagnon.png", drawing=Drawing("skills", facts))
        result = await telegram.deliver(delivery(words("Languages: 1.5, then 3", attachment=picture), here.chat))
        last = await here.person.last()
        assert (result.fate, last["caption"]) == (Fate.SENT, "Languages: 1.5, then 3")
        assert last["photo"]
        edited = replace(delivery(words("Menu"), here.chat), edits=result.message_id)
        assert (await telegram.deliver(edited)).fate is Fate.SENT
        assert (await here.person.last())["text"] == "Menu"

    on_the_line(scenario)


def test_a_drawing_gets_the_photos_it_asks_for_and_does_without_those_that_bots_cannot_have():
    drawn: list[dict[str, bytes | None]] = []

    def draw(drawing: Drawing, catalogues: Catalogues, language: str, zone: str) -> bytes:
        drawn.append(dict(drawing.facts["pictures"]))
        return b"%PDF"

    async def scenario(here: Desk, telegram: Telegram) -> None:
        telegram.draw = draw
        small = (await here.person.send_photo(PNG))["photo"][-1]["file_id"]
        large = here.sandbox.world.files.add("photos", bytes(MAX_DOWNLOAD + 1), "image/jpeg").file_id
        file = Drawing("portfolio_pdf", {"photos": [small, large, "gone"]})
        made = Attachment("document", name="portfolio.pdf", drawing=file)
        result = await telegram.deliver(delivery(words("Yours", attachment=made), here.chat))
        assert result.fate is Fate.SENT
        assert drawn == [{small: PNG, large: None, "gone": None}]

    on_the_line(scenario)


def test_callback_data_over_64_bytes_fails_without_a_call():
    async def scenario(here: Desk, telegram: Telegram) -> None:
        before = len(await here.calls())
        result = await telegram.deliver(delivery(words("x", rows=((Button(Text("ok"), "é" * 33),),)), here.chat))
        assert result.fate is Fate.FAILED
        assert "64 bytes" in str(result.error)
        assert len(await here.calls()) == before

    on_the_line(scenario)


def test_429_waits_as_told_and_tells_the_pacing():
    async def scenario(here: Desk, telegram: Telegram) -> None:
        told: list[tuple[int, float]] = []
        telegram.too_many = lambda chat_id, seconds: told.append((chat_id, seconds))
        await fault(here, "429", retry_after=7)
        result = await telegram.deliver(delivery(chat_id=here.chat))
        assert result.fate is Fate.RETRY
        assert result.retry_at is not None
        assert (result.retry_at - here.clocks.now()).total_seconds() == 7
        assert told == [(here.chat, 7.0)]

    on_the_line(scenario)


@pytest.mark.parametrize(
    ("kind", "fate"),
    [("500", Fate.RETRY), ("502", Fate.RETRY), ("401", Fate.RETRY), ("drop", Fate.UNKNOWN)],
)
def test_servers_in_trouble(kind: str, fate: Fate):
    async def scenario(here: Desk, telegram: Telegram) -> None:
        await fault(here, kind)
        result = await telegram.deliver(delivery(chat_id=here.chat))
        assert result.fate is fate
        assert TOKEN not in str(result.error)

    on_the_line(scenario)


@pytest.mark.parametrize("kind", ["timeout_before", "timeout_after"])
def test_a_call_without_an_answer_is_perhaps_sent(kind: str):
    async def scenario(here: Desk, telegram: Telegram) -> None:
        await fault(here, kind, seconds=5)
        result = await telegram.deliver(delivery(chat_id=here.chat))
        assert result.fate is Fate.UNKNOWN

    on_the_line(scenario, read_seconds=0.2)


def test_no_connection_means_surely_not_sent():
    async def scenario(here: Desk, telegram: Telegram) -> None:
        await telegram.close()
        await here.sandbox.stop()
        await telegram._request.initialize()
        result = await telegram.deliver(delivery(chat_id=here.chat))
        assert result.fate is Fate.RETRY

    on_the_line(scenario)


def test_who_blocked_the_bot_or_never_started_it_cannot_be_reached():
    async def scenario(here: Desk, telegram: Telegram) -> None:
        assert (await telegram.deliver(delivery(chat_id=424_242))).fate is Fate.BLOCKED
        await here.person.block()
        assert (await telegram.deliver(delivery(chat_id=here.chat))).fate is Fate.BLOCKED

    on_the_line(scenario)


def test_a_wrong_token_and_an_unreachable_server_are_one_sentence_each():
    async def run() -> None:
        async with desk() as here:
            with pytest.raises(WrongToken, match="BotFather"):
                await Telegram("100:WRONG", here.sandbox.url, CATALOGUES, here.clocks).open()
        with pytest.raises(Unreachable, match="COMPAGNON_API_URL"):
            await Telegram(TOKEN, "http://127.0.0.1:9", CATALOGUES, Clocks()).open()
        with pytest.raises(Unreachable) as caught:
            await Telegram(TOKEN, "http://nowhere.invalid", CATALOGUES, Clocks()).open()
        assert TOKEN not in str(caught.value)

    asyncio.run(run())


def test_an_old_tap_that_cannot_be_answered_hurts_nobody():
    async def scenario(here: Desk, telegram: Telegram) -> None:
        await telegram.answer_tap("no-such-query", "Done")

    on_the_line(scenario)
