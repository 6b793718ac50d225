"""What the library cannot read is read without the part that it stumbles over."""

from __future__ import annotations

from typing import Any

import pytest
from telegram import Update

from bot.flows.vocabulary import Command, Event, Forwarded, Other, Words
from bot.transport.bare import bare
from bot.transport.convert import incoming

ANA = {"id": 7, "is_bot": False, "first_name": "Ana"}
PRIVATE = {"id": 7, "type": "private", "first_name": "Ana"}
POLL = {"id": "1", "question": "?", "options": []}  # without what newer versions require


def message(**fields: Any) -> dict[str, Any]:
    return {"message_id": 31, "date": 1_770_000_000, "chat": PRIVATE, "from": ANA, **fields}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"poll": POLL}, Other("unreadable")),
        ({"text": "/sos", "reply_to_message": message(poll=POLL, message_id=9)}, Command("sos")),
        ({"text": "hello", "reply_to_message": message(poll=POLL, message_id=9)}, Words("hello", 31, 9)),
        ({"text": "/sos", "forward_origin": {"type": "of next year"}, "poll": POLL}, Forwarded("/sos")),
    ],
)
def test_words_are_read_whatever_else_is_in_the_update(fields: dict[str, Any], expected: Event) -> None:
    raw = {"update_id": 5, "message": message(**fields)}
    with pytest.raises(Exception, match="argument"):
        Update.de_json(raw, None)
    said = incoming(Update.de_json(bare(raw), None))
    assert said is not None
    assert (said.update_id, said.chat_id, said.event) == (5, 7, expected)


def test_an_update_without_a_message_stays_as_it_is() -> None:
    assert bare({"update_id": 5, "my_chat_member": {}}) == {"update_id": 5, "my_chat_member": {}}
