"""Bring the translators' files (`locale/<language>/<folder>.po`) up to date with the sources.

Entries are matched by their id (msgctxt) alone. A changed source makes its translation fuzzy and keeps the text it
was made for (`#|`); a source that is gone makes it obsolete (`#~`), and it comes back with the id. Order and headers
follow the sources, so that merging twice changes nothing and a review shows only what an author did.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polib
from babel.messages.plurals import get_plural

from bot.content.catalogue import message_ids, read_locale, stale, translated_forms
from bot.content.folder import SHIPPED, SourceText, label, read_tree
from bot.content.languages import of_use
from bot.errors import BadInput, Fault, Faults
from bot.i18n import base_language, locale_of, written_as


@dataclass(slots=True)
class Counts:
    """State of one language, in texts; `added`, `changed` and `gone` say what this merge did."""

    translated: int = 0
    missing: int = 0
    fuzzy: int = 0
    added: int = 0
    changed: int = 0
    gone: int = 0


@dataclass(slots=True)
class Summary:
    """What a merge did: counts by language, files written, folders left alone because their YAML has faults."""

    languages: dict[str, Counts] = field(default_factory=dict)
    written: list[str] = field(default_factory=list)
    skipped: dict[str, list[Fault]] = field(default_factory=dict)


def merge(root: Path, languages: Iterable[str]) -> Summary:
    """Update the catalogues below `root/locale`. A folder with faults is skipped, so that a slip in one file
    never makes translations obsolete. Raises BadInput for a language nobody knows."""
    tree = read_tree(root)
    summary = Summary()
    for path in sorted(tree.unreadable):
        folder = path.split("/")[0]
        file = label(root / f"{path}.yaml")
        summary.skipped.setdefault(folder, []).extend(f for f in tree.faults if f.where.startswith(file + ":"))
    by_folder: dict[str, list[SourceText]] = {}
    for text in tree.texts.values():
        by_folder.setdefault(text.id.split("/")[0], []).append(text)
    for language in languages:
        counts = summary.languages.setdefault(language, Counts())
        for folder in sorted({*by_folder, *_catalogued(root, language)} - summary.skipped.keys()):
            texts = [
                text
                for text in by_folder.get(folder, ())
                if text.language != language and of_use(text.loaded.model.path, language)
            ]
            _merge_file(root / "locale" / language / f"{folder}.po", language, texts, counts, summary)
    return summary


def _catalogued(root: Path, language: str) -> set[str]:
    return {file.stem for file in (root / "locale" / language).glob("*.po")}


def _merge_file(file: Path, language: str, texts: list[SourceText], counts: Counts, summary: Summary) -> None:
    old = _read(file)
    known = {entry.msgctxt or "": entry for entry in old}
    merged = polib.POFile(wrapwidth=110)
    merged.metadata = _header(language)
    for text in texts:
        entry = _entry(text, known.pop(text.id, None), language, counts)
        merged.append(entry)
        _count(entry, counts)
    for text_id in sorted(known):
        _retire(known[text_id], merged, counts)
    if not len(merged) and not file.exists():
        return
    if _write(file, str(merged)):
        summary.written.append(label(file))


def _read(file: Path) -> Iterable[polib.POEntry]:
    if not file.exists():
        return ()
    try:
        return list(polib.pofile(str(file), encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise Faults([Fault(label(file), f"cannot be read ({error}); mend it before merging")]) from None


def _header(language: str) -> dict[str, str]:
    return {
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": plural_header(language),
    }


def plural_header(language: str) -> str:
    """gettext's Plural-Forms of a language; raises BadInput for a tag that is no language."""
    if locale_of(language).language != base_language(written_as(language)):
        raise BadInput(f"'{language}' is not a language; give a tag such as fr, es or pt-BR.")
    plural = get_plural(locale_of(language))
    return f"nplurals={plural.num_plurals}; plural={plural.plural_expr};"


def _entry(text: SourceText, old: polib.POEntry | None, language: str, counts: Counts) -> polib.POEntry:
    ids = message_ids(text.forms)
    entry = polib.POEntry(msgctxt=text.id, msgid=ids[0], comment=text.comment)
    entry.occurrences = [(f"{text.loaded.model.path}.yaml", "")]
    if text.meaning_changed:
        entry.comment = "\n".join(
            filter(None, (text.comment, "The meaning changed: not shown until translated again."))
        )
    if len(ids) > 1:
        entry.msgid_plural = ids[1]
        entry.msgstr_plural = dict.fromkeys(range(get_plural(locale_of(language)).num_plurals), "")
    if old is None:
        counts.added += 1
        return entry
    entry.tcomment = old.tcomment
    entry.flags = [flag for flag in old.flags if flag != "fuzzy"]
    _keep_translation(entry, old, counts)
    return entry


def _keep_translation(entry: polib.POEntry, old: polib.POEntry, counts: Counts) -> None:
    wordings = tuple(filter(None, (old.msgstr, *old.msgstr_plural.values())))
    if not wordings:
        return
    if not entry.msgid_plural:
        entry.msgstr = wordings[-1]
    elif old.msgid_plural:
        entry.msgstr_plural.update({i: w for i, w in old.msgstr_plural.items() if i in entry.msgstr_plural})
    else:
        entry.msgstr_plural = dict.fromkeys(entry.msgstr_plural, old.msgstr)
    made_for, now = _made_for(old), (entry.msgid, entry.msgid_plural or "")
    same_shape = bool(entry.msgid_plural) == bool(old.msgid_plural)
    changed = (old.msgid, old.msgid_plural or "") != now
    counts.changed += changed
    # Unchanged: as the translator left it. Changed back to what was translated: good again.
    if (not changed and "fuzzy" in old.flags) or (changed and made_for != now) or not same_shape:
        entry.flags = ["fuzzy", *entry.flags]
        if made_for != now:
            entry.previous_msgid = made_for[0]
            entry.previous_msgid_plural = made_for[1] or None


def _made_for(old: polib.POEntry) -> tuple[str, str]:
    if "fuzzy" in old.flags and old.previous_msgid:
        return old.previous_msgid, old.previous_msgid_plural or ""
    return old.msgid, old.msgid_plural or ""


def _retire(entry: polib.POEntry, merged: polib.POFile, counts: Counts) -> None:
    if not any((entry.msgstr, *entry.msgstr_plural.values())):
        return
    counts.gone += not entry.obsolete
    entry.obsolete = True
    entry.occurrences = []
    entry.comment = ""
    merged.append(entry)


def _count(entry: polib.POEntry, counts: Counts) -> None:
    if not translated_forms(entry):
        counts.missing += 1
    elif "fuzzy" in entry.flags:
        counts.fuzzy += 1
    else:
        counts.translated += 1


def _write(file: Path, content: str) -> bool:
    """Write only what changed, and never half of it."""
    if not content.endswith("\n"):
        content += "\n"
    if file.exists() and file.read_text("utf-8") == content:
        return False
    file.parent.mkdir(parents=True, exist_ok=True)
    scratch = file.with_suffix(".po.new")
    scratch.write_text(content, "utf-8")
    os.replace(scratch, file)
    return True


def statistics(root: Path = SHIPPED) -> Mapping[str, Mapping[str, int]]:
    """`{language: {"translated": n, "missing": n, "fuzzy": n}}` over all texts written in another language."""
    tree = read_tree(root)
    found: dict[str, dict[str, int]] = {}
    counted: set[tuple[str, str]] = set()
    for translation in read_locale(root, []):
        source = tree.texts.get(translation.id)
        if source is None or source.language == translation.language or not translation.forms:
            continue
        row = found.setdefault(translation.language, {"translated": 0, "missing": 0, "fuzzy": 0})
        row["fuzzy" if stale(source, translation) else "translated"] += 1
        counted.add((translation.language, translation.id))
    for language, row in found.items():
        wanted = {text.id for text in tree.texts.values() if text.language != language}
        row["missing"] = len(wanted) - sum(1 for spoken, _ in counted if spoken == language)
    return found
