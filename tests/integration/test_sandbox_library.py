"""python-telegram-bot's own Bot, with its default HTTP client, against the sandbox; its calls fit the Bot API."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from telegram import Bot, BotCommand, BotCommandScopeChat, InlineKeyboardButton, InlineKeyboardMarkup, ReplyParameters
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TimedOut,
)

from tests.support.bot_api import check_calls
from tests.support.sandbox import TOKEN, Desk, at_desk


@asynccontextmanager
async def _bot(here: Desk, token: str = TOKEN) -> AsyncIterator[Bot]:
    url = here.sandbox.url
    async with Bot(token, base_url=f"{url}/bot", base_file_url=f"{url}/file/bot") as bot:
        yield bot


def _with_bot(scenario: Callable[[Desk, Bot], Awaitable[None]]) -> None:
    async def run(here: Desk) -> None:
        async with _bot(here) as bot:
            await scenario(here, bot)

    at_desk(run)


def test_a_conversation_through_the_library() -> None:
    async def scenario(here: Desk, bot: Bot) -> None:
        await here.person.send("hello")
        (update,) = await bot.get_updates(timeout=2, allowed_updates=["message", "callback_query"])
        assert update.message is not None
        assert update.message.text == "hello"
        assert update.message.date == here.clocks.wall
        markup = InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="y")]])
        sent = await bot.send_message(
            here.chat, "<b>Well?</b>", "HTML", reply_markup=markup, reply_parameters=ReplyParameters(1)
        )
        assert sent.text_html == "<b>Well?</b>"
        tap = asyncio.create_task(here.person.click("Yes"))
        (update,) = await bot.get_updates(offset=update.update_id + 1, timeout=2)
        assert update.callback_query is not None
        await update.callback_query.answer("Noted")
        await update.callback_query.edit_message_text("Thanks")
        assert (await tap)["text"] == "Noted"
        await here.person.wait_for("Thanks")
        check_calls(await here.calls())

    _with_bot(scenario)


def test_files_places_and_settings_through_the_library() -> None:
    async def scenario(here: Desk, bot: Bot) -> None:
        document = await bot.send_document(here.chat, b"data", filename="export.json", caption="yours")
        assert document.document is not None
        file = await bot.get_file(document.document.file_id)
        assert bytes(await file.download_as_bytearray()) == b"data"
        await bot.send_location(here.chat, 47.2, -1.5, live_period=3600)
        await bot.send_venue(here.chat, 47.2, -1.5, "School", "1 Quai")
        await bot.send_chat_action(here.chat, "typing")
        await bot.set_my_commands([BotCommand("menu", "Menu")], BotCommandScopeChat(here.chat), "pt")
        assert (await here.person.chat())["commands"] == [{"command": "menu", "description": "Menu"}]
        assert (await bot.get_chat(here.chat)).first_name == "Ana"
        assert (await bot.get_chat_member(here.chat, here.chat)).status == "member"
        assert (await bot.get_webhook_info()).url == ""
        await bot.set_webhook(f"{here.sandbox.url}/nowhere", secret_token="abc", max_connections=5)
        await bot.delete_webhook()
        check_calls(await here.calls())

    _with_bot(scenario)


def test_every_refusal_is_the_librarys_own_error() -> None:
    async def scenario(here: Desk, bot: Bot) -> None:
        async def fault(kind: str, **more: int) -> None:
            await here.control("POST", "faults", {"method": "sendMessage", "kind": kind, **more})

        with pytest.raises(BadRequest, match="Message text is empty"):
            await bot.send_message(here.chat, "")
        with pytest.raises(BadRequest, match="Chat not found"):
            await bot.send_message(42, "x")
        await fault("429", retry_after=9)
        with pytest.raises(RetryAfter):
            await bot.send_message(here.chat, "x")
        for kind in ("500", "502", "drop"):
            await fault(kind)
            with pytest.raises(NetworkError):
                await bot.send_message(here.chat, "x")
        await fault("timeout_after")
        with pytest.raises(TimedOut):
            await bot.send_message(here.chat, "x", read_timeout=0.2)
        await fault("409")
        with pytest.raises(Conflict):
            await bot.send_message(here.chat, "x")
        await here.person.block()
        with pytest.raises(Forbidden, match="bot was blocked by the user"):
            await bot.send_message(here.chat, "x")

    _with_bot(scenario)


def test_a_migrated_group_is_the_librarys_own_error() -> None:
    async def scenario(here: Desk, bot: Bot) -> None:
        _, group = await here.control("POST", "groups", {"title": "Class", "members": [here.chat]})
        _, new = await here.control("POST", f"chats/{group['id']}/migrate")
        with pytest.raises(ChatMigrated) as caught:
            await bot.send_message(group["id"], "x")
        assert caught.value.new_chat_id == new["id"]

    _with_bot(scenario)


def test_a_wrong_token_is_the_librarys_own_error() -> None:
    async def scenario(here: Desk) -> None:
        with pytest.raises(InvalidToken):
            async with _bot(here, "100:WRONG"):
                pass

    at_desk(scenario)
