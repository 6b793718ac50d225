"""The checker of logged calls finds what does not fit the Bot API."""

from typing import Any

import pytest

from tests.support.bot_api import SPEC, problems

pytestmark = pytest.mark.skipif(not SPEC.exists(), reason=f"The Bot API specification is not at {SPEC}.")


def _call(method: str, params: dict[str, Any], encoding: str = "json") -> dict[str, Any]:
    return {"n": 1, "method": method, "params": params, "encoding": encoding}


OK = {"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]}

GOOD = [
    _call("getMe", {}),
    _call("sendMessage", {"chat_id": 1, "text": "x", "reply_markup": OK}),
    _call("sendMessage", {"chat_id": "1", "text": "123", "disable_notification": "true"}, "form"),
    _call("sendMessage", {"chat_id": "1", "text": "x", "reply_markup": '{"remove_keyboard": true}'}, "form"),
    _call("sendLocation", {"chat_id": 1, "latitude": 1, "longitude": 2.5}),
    _call("sendDocument", {"chat_id": "1", "document": "<file a.txt, 3 bytes>"}, "form"),
    _call(
        "setMyCommands", {"commands": [{"command": "a", "description": "b"}], "scope": {"type": "chat", "chat_id": 1}}
    ),
]

BAD = [
    (_call("sendTelepathy", {}), "there is no such method"),
    (_call("sendMessage", {"chat_id": 1}), 'required field "text" is missing'),
    (_call("sendMessage", {"chat_id": 1, "text": "x", "colour": "red"}), 'unknown field "colour"'),
    (_call("sendMessage", {"chat_id": 1, "text": 5}), '"text" is 5, not String'),
    (_call("sendMessage", {"chat_id": True, "text": "x"}), '"chat_id" is True, not Integer or String'),
    (_call("editMessageText", {"message_id": "7", "text": "x"}), "\"message_id\" is '7', not Integer"),
    (_call("sendMessage", {"chat_id": 1, "text": "x", "reply_markup": {"inline_keyboard": [[{"label": "a"}]]}}),
     '"reply_markup" is'),
    (_call("getUpdates", {"timeout": "soon"}, "form"), "\"timeout\" is 'soon', not Integer"),
]  # fmt: skip


@pytest.mark.parametrize("call", GOOD)
def test_good_calls_pass(call: dict[str, Any]) -> None:
    assert problems(call) == []


@pytest.mark.parametrize("call, reason", BAD)
def test_bad_calls_are_named(call: dict[str, Any], reason: str) -> None:
    (problem,) = problems(call)
    assert reason in problem
