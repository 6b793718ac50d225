"""The Bot API methods that the sandbox knows, one file per noun; the table is in `bot.sandbox.api`."""
