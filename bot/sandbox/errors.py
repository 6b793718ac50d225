"""Errors of the Bot API stand-in, in the shapes Telegram sends.

    SandboxError
    ├── ApiError       answered to the bot:  {"ok": false, "error_code": …, "description": …}
    └── ControlError   answered to the page: {"error": "one sentence"}

Source of the wording: the public Bot API server (tdlib/telegram-bot-api 10.0, TDLib), read for its behaviour.
"""

from typing import Any


class SandboxError(Exception):
    """Base of everything the sandbox refuses."""


class ApiError(SandboxError):
    """A refusal of a Bot API call: HTTP status, description, parameters (retry_after, migrate_to_chat_id)."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def payload(self) -> dict[str, Any]:
        """The JSON body as Telegram writes it."""
        body: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        return body


class ControlError(SandboxError):
    """A refusal of a control call: HTTP status and one sentence for a person."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


def bad_request(text: str) -> ApiError:
    """400 with Telegram's prefix."""
    return ApiError(400, f"Bad Request: {text}")


def forbidden(text: str) -> ApiError:
    """403 with Telegram's prefix."""
    return ApiError(403, f"Forbidden: {text}")


def conflict(text: str) -> ApiError:
    """409 with Telegram's prefix."""
    return ApiError(409, f"Conflict: {text}")


def too_many_requests(retry_after: int) -> ApiError:
    """429; `retry_after` in whole seconds."""
    return ApiError(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)


def unauthorized() -> ApiError:
    """401 for a token that is not this bot's."""
    return ApiError(401, "Unauthorized")
