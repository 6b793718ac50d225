"""What a chat waits for a while only: the conversation says when it was asked for; what comes later is not meant."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bot.flows.scene import Scene
from bot.flows.vocabulary import Conversation


def asked(scene: Scene, flow: str, **data: Any) -> Conversation:
    """The flow waits from now on."""
    return Conversation(flow, {**data, "asked": scene.now.isoformat()})


def asked_within(scene: Scene, span: timedelta) -> bool:
    """Whether what the conversation waits for was asked for no longer ago."""
    at = scene.conversation.data.get("asked")
    return at is not None and scene.now - datetime.fromisoformat(at) <= span
