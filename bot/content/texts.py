"""Which texts a content file holds, under ids that stay when the file is rearranged.

An id is the file's path and the field's path; a list element is named by its `id`, never by its position.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from bot.content.fields import SourceFile, Words, is_plural, words
from bot.content.schema import Interface
from bot.content.source import Location


def texts_of(source: SourceFile) -> Iterator[tuple[str, Words]]:
    """Every text of a file as (id, words), in the order of the file."""
    content = source.texts if isinstance(source, Interface) else source
    yield from _walk(content, source.path)


def _walk(value: object, path: str) -> Iterator[tuple[str, Words]]:
    if isinstance(value, Words):
        yield path, value
    elif isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            yield from _walk(getattr(value, name), f"{path}/{field.alias or name}")
    elif isinstance(value, Mapping):
        for key, child in value.items():
            yield from _walk(child, f"{path}/{key}")
    elif isinstance(value, tuple):
        for position, child in enumerate(value):
            yield from _walk(child, f"{path}/{getattr(child, 'id', position)}")


def nested_words(value: object, at: Location, problems: list[tuple[Location, str]]) -> object:
    """The plain YAML of an interface file with every leaf made a text; what is no text goes to `problems`."""
    if isinstance(value, Mapping) and not is_plural(value):
        return {key: nested_words(child, (*at, key), problems) for key, child in value.items()}
    try:
        return words(value)
    except ValueError as error:
        problems.append((at, f"{'/'.join(map(str, at))}: {error}"))
        return Words((("other", "…"),))
