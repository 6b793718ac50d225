"""Checks of wordings: placeholders, markup, lengths, and translations against their sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping

from babel.messages.plurals import get_plural

from bot.content import markup
from bot.content.catalogue import Translation, placeholders, stale
from bot.content.folder import SourceText
from bot.content.items import Quiz, Reflection
from bot.content.languages import PROMISED, wanted
from bot.errors import Fault
from bot.i18n import locale_of, utf16_length

OPTION = 100  # UTF-16 units of a quiz option: longer ones are cut on phones
LABEL = 64  # beyond this a button shows dots instead of words
# Folders whose texts are said with values; elsewhere nobody fills a placeholder.
VALUED = ("interface", "topics", "documents")
MERGE = "run the merge of translations"


def label_ids(texts: Mapping[str, SourceText], buttons: Collection[str]) -> frozenset[str]:
    """Ids of texts that stand on buttons, where markup is not shown: interface buttons, options and choices."""
    found = {f"interface/{key}" for key in buttons}
    for text in texts.values():
        model = text.loaded.model
        if (isinstance(model, Quiz) and "options" in text.where) or (
            isinstance(model, Reflection) and "choices" in text.where
        ):
            found.add(text.id)
    return frozenset(found)


def wording_problems(wording: str, is_label: bool) -> Iterator[str]:
    """What is wrong with one wording by itself, each with what to do."""
    try:
        used = placeholders(wording)
    except ValueError as error:
        yield f"has braces that do not match ({error}); write {{{{ and }}}} for the signs themselves"
        used = Counter()
    for name in used:
        if not name.isidentifier():
            yield f"has the placeholder {{{name}}}; give it a plain name like {{name}}"
    if is_label:
        if markup.visible(wording) != wording:
            yield "stands on a button, which shows no markup; write plain words"
        return
    yield from markup.problems(wording)
    size = markup.length(wording)
    if size > markup.MESSAGE:
        yield f"has {size} characters, more than the {markup.MESSAGE} of one message; split it"


def source_faults(texts: Iterable[SourceText], labels: Collection[str]) -> Iterator[Fault]:
    """Faults of the texts as their authors wrote them."""
    for text in texts:
        for wording in text.forms:
            for problem in wording_problems(wording, text.id in labels):
                yield text.fault(f"{text.id} {problem}")
            if _is_option(text) and utf16_length(wording) > OPTION:
                yield text.fault(f"{text.id} has {utf16_length(wording)} characters; an option may have {OPTION}")
            if _names(wording) and text.id.split("/")[0] not in VALUED:
                what = f"{text.id} has {_list(_names(wording))}, which nobody fills here"
                yield text.fault(f"{what}; write the words out, and {{{{ and }}}} for the signs themselves")
        if len(text.forms) > 1 and not any("n" in _names(wording) for wording in text.forms):
            yield text.fault(f"{text.id} has plural forms but no {{n}} to choose by; use {{n}} or write one text")


def _is_option(text: SourceText) -> bool:
    return isinstance(text.loaded.model, Quiz) and "options" in text.where


def _names(wording: str) -> Counter[str]:
    try:
        return placeholders(wording)
    except ValueError:
        return Counter()


def translation_faults(
    texts: Mapping[str, SourceText], translations: Iterable[Translation], labels: Collection[str]
) -> Iterator[Fault]:
    """Faults of every translation there is, in any language."""
    for translation in translations:
        text = texts.get(translation.id)
        if text is None:
            yield translation.fault(f"translates {translation.id}, which no longer exists; {MERGE}")
        elif translation.forms:
            for problem in _against_source(text, translation, labels):
                yield translation.fault(f"{translation.id} {problem}")


def _against_source(text: SourceText, translation: Translation, labels: Collection[str]) -> Iterator[str]:
    if wanted(text.loaded.model.path, translation.language) and text.loaded.shipped and stale(text, translation):
        doing = "translate it again and remove the mark" if translation.fuzzy else MERGE
        yield f"is {'marked fuzzy' if translation.fuzzy else 'out of date'} in {translation.language}; {doing}"
    if stale(text, translation):
        return
    yield from _form_count(text, translation)
    for wording in translation.forms:
        yield from wording_problems(wording, text.id in labels)
        yield from _placeholder_problems(text, wording)
        if _is_option(text) and utf16_length(wording) > OPTION:
            yield f"has {utf16_length(wording)} characters; an option may have {OPTION}"


def _form_count(text: SourceText, translation: Translation) -> Iterator[str]:
    plural = len(text.forms) > 1
    wanted = get_plural(locale_of(translation.language)).num_plurals if plural else 1
    if len(translation.forms) != wanted:
        yield f"has {len(translation.forms)} plural forms, {translation.language} needs {wanted}; {MERGE}"


def _placeholder_problems(text: SourceText, wording: str) -> Iterator[str]:
    wanted, given = _names(text.forms[-1]), _names(wording)
    if len(text.forms) > 1:  # "one day" may do without {n}; how often does not matter
        wanted, given = Counter(set(wanted) - {"n"}), Counter(set(given) - {"n"})
    if lost := wanted - given:
        yield f"lacks {_list(lost)} of its source; put it in as it stands there"
    if added := given - wanted:
        yield f"has {_list(added)}, which its source has not (or not as often); take it out"


def _list(names: Counter[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names.elements()))


def missing_translations(
    texts: Mapping[str, SourceText], translations: Iterable[Translation], languages: Iterable[str] = PROMISED
) -> Iterator[Fault]:
    """One fault per shipped file and language in which it must be there, for all texts nobody has translated."""
    done = {(translation.language, translation.id) for translation in translations if translation.forms}
    for language in languages:
        by_file: dict[str, list[SourceText]] = {}
        for text in texts.values():
            path = text.loaded.model.path
            if not text.loaded.shipped or text.language == language or not wanted(path, language):
                continue
            if (language, text.id) not in done:
                by_file.setdefault(path, []).append(text)
        for path, missing in by_file.items():
            what = f"{len(missing)} of its texts {'is' if len(missing) == 1 else 'are'} not translated to {language}"
            where = f"locale/{language}/{path.split('/')[0]}.po"
            yield missing[0].fault(f"{what}, first {missing[0].id}; {MERGE} and fill them in {where}")


def long_labels(
    texts: Mapping[str, SourceText], translations: Iterable[Translation], labels: Collection[str]
) -> Iterator[Fault]:
    """Warnings: words on buttons that phones will cut."""
    for text in texts.values():
        for wording in text.forms if text.id in labels else ():
            if utf16_length(wording) > LABEL:
                yield text.fault(
                    f"{text.id} has {utf16_length(wording)} characters, a button shows {LABEL}; shorten it"
                )
    for translation in translations:
        for wording in translation.forms if translation.id in labels else ():
            if utf16_length(wording) > LABEL:
                what = f"{translation.id} has {utf16_length(wording)} characters, a button shows {LABEL}; shorten it"
                yield translation.fault(what)
