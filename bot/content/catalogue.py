"""Translations as they lie in `locale/<language>/<folder>.po`, and which of them may be shown."""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polib

from bot.content.folder import SourceText, label
from bot.content.languages import awaited
from bot.errors import Fault
from bot.i18n import Forms


@dataclass(frozen=True, slots=True)
class Translation:
    """One PO entry: `source` are msgid and msgid_plural, `forms` the translation, empty where there is none."""

    id: str
    language: str
    source: tuple[str, ...]
    forms: Forms
    fuzzy: bool
    shipped: bool
    where: str  # file:line

    def fault(self, what: str) -> Fault:
        """A fault at this entry."""
        return Fault(self.where, what)


def read_locale(root: Path, faults: list[Fault], *, shipped: bool = True) -> Iterator[Translation]:
    """Every current entry of every catalogue below `root/locale`; unreadable files become faults."""
    for file in sorted((root / "locale").glob("*/*.po")):
        name = label(file)
        try:
            entries = polib.pofile(str(file), encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            faults.append(Fault(name, f"cannot be read ({error}); mend it or take it from the last version"))
            continue
        for entry in entries:
            if not entry.obsolete:
                yield _translation(entry, file.parent.name, name, shipped)


def _translation(entry: polib.POEntry, language: str, name: str, shipped: bool) -> Translation:
    return Translation(
        entry.msgctxt or "",
        language,
        (entry.msgid, entry.msgid_plural) if entry.msgid_plural else (entry.msgid,),
        translated_forms(entry),
        "fuzzy" in entry.flags,
        shipped,
        f"{name}:{entry.linenum}",
    )


def translated_forms(entry: polib.POEntry) -> Forms:
    """The wordings of an entry in gettext's order; empty when any is missing."""
    if entry.msgid_plural:
        forms = tuple(entry.msgstr_plural[index] for index in sorted(entry.msgstr_plural))
    else:
        forms = (entry.msgstr,)
    return forms if all(forms) else ()


def message_ids(forms: Forms) -> tuple[str, ...]:
    """What stands as msgid and msgid_plural for a source text: its first and its last form."""
    return forms if len(forms) == 1 else (forms[0], forms[-1])


def stale(source: SourceText, translation: Translation) -> bool:
    """Whether the translation was made for another wording than today's."""
    return translation.fuzzy or translation.source != message_ids(source.forms)


def shown(source: SourceText, translation: Translation) -> bool:
    """Whether people get this translation: a stale one only where its meaning still holds, its values still fit,
    and the text was not replaced by an organisation's own; a shipped one only when its language is not on its way."""
    if not translation.forms or source.language == translation.language:
        return False
    if translation.shipped and awaited(source.loaded.model.path, translation.language):
        return False
    if not stale(source, translation):
        return True
    if source.meaning_changed or translation.shipped != source.loaded.shipped:
        return False
    return all(names(form) <= names(source.forms[-1]) | {"n"} for form in translation.forms)


def resolve(sources: Mapping[str, SourceText], translations: Iterable[Translation]) -> dict[str, dict[str, Forms]]:
    """Translations by language and id that may be shown; later ones win."""
    found: dict[str, dict[str, Forms]] = {}
    for translation in translations:
        source = sources.get(translation.id)
        if source is not None and shown(source, translation):
            found.setdefault(translation.language, {})[translation.id] = translation.forms
    return found


def placeholders(wording: str) -> Counter[str]:
    """Names between braces and how often; raises ValueError where braces do not match."""
    return Counter(name for _, name, _, _ in string.Formatter().parse(wording) if name is not None)


def names(wording: str) -> frozenset[str]:
    """The names of placeholders; nothing fits a wording whose braces do not match."""
    try:
        return frozenset(placeholders(wording))
    except ValueError:
        return frozenset(("{",))
