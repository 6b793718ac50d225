"""Parameters of a Bot API call: read from JSON, form, multipart or query string; checked for type one by one.

Telegram treats every parameter as text and forgives wrong types; the sandbox refuses them, so that a bot's
mistakes show here first.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import BodyPartReader, web

from bot.sandbox.errors import bad_request

Json = dict[str, Any]
_TRUE = frozenset({"true", "True", "1", "yes"})
_FALSE = frozenset({"false", "False", "0", "no", ""})


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a multipart request."""

    name: str
    mime_type: str
    data: bytes

    def __str__(self) -> str:
        return f"<file {self.name}, {len(self.data)} bytes>"


@dataclass(slots=True)
class Params:
    """Typed access to the parameters of one call. Every reader raises ApiError 400 on a wrong type."""

    values: Mapping[str, Any] = field(default_factory=dict)
    uploads: Mapping[str, Upload] = field(default_factory=dict)
    encoding: str = "json"

    def loggable(self) -> Json:
        """The parameters for the call log; files as a short description, attached ones by their attach:// name."""
        named = {name: str(upload) for name, upload in self.uploads.items() if f"attach://{name}" not in self._texts()}
        return {**self.values, **named}

    def _texts(self) -> list[str]:
        return [value for value in self.values.values() if isinstance(value, str)]

    def has(self, name: str) -> bool:
        """Whether the parameter was given and is not null or empty."""
        return self.values.get(name) not in (None, "")

    def text(self, name: str) -> str:
        """A String; "" when absent."""
        value = self.values.get(name)
        if value is None:
            return ""
        if isinstance(value, str):
            return value
        raise bad_request(f'parameter "{name}" must be of type String')

    def integer(self, name: str) -> int | None:
        """An Integer; None when absent."""
        value = self.values.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if isinstance(value, str):
            try:
                return int(value)
            except ValueError:
                pass
        raise bad_request(f'parameter "{name}" must be of type Integer')

    def number(self, name: str) -> float | None:
        """A Float; None when absent."""
        value = self.values.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
        if isinstance(value, str):
            try:
                return float(value)
            except ValueError:
                pass
        raise bad_request(f'parameter "{name}" must be of type Float')

    def flag(self, name: str) -> bool:
        """A Boolean; False when absent."""
        value = self.values.get(name)
        if value is None or isinstance(value, bool):
            return bool(value)
        if isinstance(value, str) and value in _TRUE | _FALSE:
            return value in _TRUE
        raise bad_request(f'parameter "{name}" must be of type Boolean')

    def json(self, name: str, what: str) -> Any:
        """A nested object or array, itself or as JSON text; None when absent. `what` names it in the error."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {what} JSON object") from None

    def object(self, name: str, what: str) -> Json | None:
        """A JSON object; None when absent."""
        value = self.json(name, what)
        if value is None or isinstance(value, dict):
            return value
        raise bad_request(f"object expected as {what}")

    def array(self, name: str, what: str) -> list[Any] | None:
        """A JSON array; None when absent."""
        value = self.json(name, what)
        if value is None or isinstance(value, list):
            return value
        raise bad_request(f'parameter "{name}" must be an Array ({what})')

    def message_id(self, name: str = "message_id") -> int:
        """A required message identifier."""
        value = self.integer(name)
        if value is None:
            raise bad_request("message identifier is not specified")
        return value


async def read_params(request: web.Request) -> Params:
    """The parameters of a request, whatever its encoding. Raises ApiError 400 for a body that can't be read."""
    kind = request.content_type
    values: Json = dict(request.query) if request.query_string else {}
    if request.method != "POST":
        return Params(values, encoding="form")
    if kind == "application/json":
        return Params(_merged(values, await request.read()))
    if kind == "application/x-www-form-urlencoded":
        values.update((await request.post()).items())
        return Params(values, encoding="form")
    if kind == "multipart/form-data":
        return await _read_multipart(request, values)
    return Params(values, encoding="form")


def _merged(values: Json, body: bytes) -> Json:
    if not body:
        return values
    try:
        decoded = json.loads(body)
    except ValueError:
        raise bad_request("can't parse request body as JSON object") from None
    if not isinstance(decoded, dict):
        raise bad_request("object expected as request body")
    return {**values, **decoded} if values else decoded


async def _read_multipart(request: web.Request, values: Json) -> Params:
    uploads: dict[str, Upload] = {}
    reader = await request.multipart()
    while (part := await reader.next()) is not None:
        if not isinstance(part, BodyPartReader) or part.name is None:
            continue
        data = bytes(await part.read())
        if part.filename is None:
            values[part.name] = data.decode("utf-8", "replace")
        else:
            kind = part.headers.get("Content-Type", "application/octet-stream")
            uploads[part.name] = Upload(part.filename, kind, data)
    return Params(values, uploads, "form")
