"""Finding what a call speaks of."""

from typing import Any

from bot.sandbox.errors import bad_request
from bot.sandbox.params import Params
from bot.sandbox.world import Chat, World

Json = dict[str, Any]


def chat_of(world: World, params: Params, name: str = "chat_id") -> Chat:
    """The chat named by a parameter: an id, or @username of a person who has one. Raises ApiError 400."""
    if not params.has(name):
        raise bad_request(f"{name} is empty")
    value = params.values[name]
    if isinstance(value, str):
        if value.startswith("@"):
            raise bad_request("chat not found")  # bots reach people by id only; the sandbox has no channels
        try:
            value = int(value)
        except ValueError:
            raise bad_request("chat not found") from None
    return world.find_chat(value)


def message_of(chat: Chat, params: Params, missing: str) -> Json:
    """The message of a call. Raises ApiError 400 with the text `missing`."""
    message = chat.messages.get(params.message_id())
    if message is None:
        raise bad_request(missing)
    return message
