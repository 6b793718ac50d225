"""What the bot says about itself: getMe, commands per scope and language, descriptions, name, menu button."""

import re
from typing import Any

from bot.sandbox.errors import ApiError, bad_request
from bot.sandbox.methods.lookup import chat_of
from bot.sandbox.params import Params
from bot.sandbox.world import World

Json = dict[str, Any]

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"[a-z]{2}")
_BROAD_SCOPES = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators")
_MENU_TYPES = ("commands", "web_app", "default")


def get_me(world: World, _params: Params) -> Json:
    """getMe."""
    return {
        **world.bot, "can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False,
        "can_connect_to_business": False, "has_main_web_app": False,
    }  # fmt: skip


def set_my_commands(world: World, params: Params) -> bool:
    """setMyCommands: at most 100, for a scope and a language."""
    commands = params.array("commands", "commands")
    if commands is None:
        raise bad_request('parameter "commands" is required')
    checked = [_command(command) for command in commands]
    if len(checked) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    key = _scope(world, params)
    if checked:
        world.commands[key] = checked
    else:
        world.commands.pop(key, None)
    world.hub.publish({"type": "commands", "chat_id": key[1] or None})
    return True


def get_my_commands(world: World, params: Params) -> list[Json]:
    """getMyCommands of exactly this scope and language."""
    return world.commands.get(_scope(world, params), [])


def delete_my_commands(world: World, params: Params) -> bool:
    """deleteMyCommands of exactly this scope and language."""
    key = _scope(world, params)
    world.commands.pop(key, None)
    world.hub.publish({"type": "commands", "chat_id": key[1] or None})
    return True


def _command(command: Any) -> Json:
    if not isinstance(command, dict):
        raise _bad_command("expected an Object")
    for name in ("command", "description"):
        if name not in command:
            raise _bad_command(f'Can\'t find field "{name}"')
        if not isinstance(command[name], str):
            raise _bad_command(f'Field "{name}" must be of type String')
    if not _COMMAND.fullmatch(command["command"].removeprefix("/")):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(command["description"]) <= 256:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": command["command"].removeprefix("/"), "description": command["description"]}


def _bad_command(text: str) -> ApiError:
    return bad_request(f"can't parse BotCommand: {text}")


def _scope(world: World, params: Params) -> tuple[str, int, str]:
    """(scope type, chat id or 0, language or ""). Raises ApiError 400."""
    scope = params.object("scope", "BotCommandScope") or {"type": "default"}
    language = _language(params)
    kind = scope.get("type")
    if kind in _BROAD_SCOPES:
        return str(kind), 0, language
    if kind not in ("chat", "chat_administrators", "chat_member"):
        raise bad_request("can't parse BotCommandScope: Unsupported type specified")
    if not scope.get("chat_id"):
        raise bad_request("can't parse BotCommandScope: Empty chat_id specified")
    chat = chat_of(world, Params(scope))
    return str(kind), chat.id, language


def _language(params: Params) -> str:
    language = params.text("language_code")
    if language and not _LANGUAGE.fullmatch(language):
        raise bad_request("invalid language_code specified")
    return language


def _set_text(world: World, params: Params, name: str, limit: int) -> bool:
    text = params.text(name)
    if len(text) > limit:
        raise bad_request(f"{name.replace('_', ' ')} is too long")
    world.profile[name, _language(params)] = text
    return True


def _get_text(world: World, params: Params, name: str, default: str = "") -> Json:
    language = _language(params)
    text = world.profile.get((name, language)) or world.profile.get((name, "")) or default
    return {name: text}


def set_my_name(world: World, params: Params) -> bool:
    """setMyName: at most 64 characters."""
    return _set_text(world, params, "name", 64)


def get_my_name(world: World, params: Params) -> Json:
    """getMyName."""
    return _get_text(world, params, "name", str(world.bot["first_name"]))


def set_my_description(world: World, params: Params) -> bool:
    """setMyDescription: at most 512 characters."""
    return _set_text(world, params, "description", 512)


def get_my_description(world: World, params: Params) -> Json:
    """getMyDescription."""
    return _get_text(world, params, "description")


def set_my_short_description(world: World, params: Params) -> bool:
    """setMyShortDescription: at most 120 characters."""
    return _set_text(world, params, "short_description", 120)


def get_my_short_description(world: World, params: Params) -> Json:
    """getMyShortDescription."""
    return _get_text(world, params, "short_description")


def set_chat_menu_button(world: World, params: Params) -> bool:
    """setChatMenuButton, for one private chat or as the default."""
    button = params.object("menu_button", "menu button") or {"type": "default"}
    if button.get("type") not in _MENU_TYPES:
        raise bad_request("can't parse menu button: MenuButton has unsupported type")
    world.profile["menu_button", _menu_chat(world, params)] = button
    return True


def get_chat_menu_button(world: World, params: Params) -> Json:
    """getChatMenuButton."""
    chosen = world.profile.get(("menu_button", _menu_chat(world, params)))
    button: Json = chosen or world.profile.get(("menu_button", 0)) or {"type": "commands"}
    return button


def _menu_chat(world: World, params: Params) -> int:
    if not params.has("chat_id"):
        return 0
    chat = chat_of(world, params)
    if chat.type != "private":
        raise bad_request("chat_id must be the identifier of a private chat")
    return chat.id
