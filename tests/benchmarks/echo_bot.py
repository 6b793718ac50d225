"""The peer: a bare python-telegram-bot echo bot with its default HTTP client (httpx) and webhook server (tornado)."""

from __future__ import annotations

import logging
import os
from typing import Any

from telegram import Update
from telegram.ext import Application, MessageHandler, filters


async def echo(update: Update, _context: Any) -> None:
    """Say the same."""
    message = update.message
    if message is not None and message.text is not None:
        await message.reply_text(message.text)


def main() -> None:
    """Serve until told to stop. One update after the other, its default; at once it is a third slower."""
    logging.basicConfig(level=logging.WARNING)
    port = int(os.environ["BENCH_PORT"])
    application = (
        Application.builder().token(os.environ["BENCH_TOKEN"]).base_url(f"{os.environ['BENCH_API']}/bot").build()
    )
    application.add_handler(MessageHandler(filters.TEXT, echo))
    application.run_webhook(
        "127.0.0.1", port, "hook", webhook_url=f"http://127.0.0.1:{port}/hook", secret_token=os.environ["BENCH_SECRET"]
    )


if __name__ == "__main__":
    main()
