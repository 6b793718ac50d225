"""`compagnon content …`"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer

from admin_cli import booklets
from admin_cli.context import content, desk
from admin_cli.output import Json, counted, facts, print_json, say, table, warn
from bot.clock import SystemClock
from bot.content.checker import full_review
from bot.content.folder import SHIPPED
from bot.content.loader import Library
from bot.content.merge import merge, statistics
from bot.errors import BadInput
from bot.rules.typed import parse_day
from bot.service import feedback
from bot.settings import load_settings

app = typer.Typer(name="content", help="Journeys, kits and their translations.", no_args_is_help=True)
app.command()(booklets.sheets)
app.command()(booklets.guide)
app.command()(booklets.schema)


@app.command()
def check(
    folder: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="Your own content, checked as laid over the shipped one.")
    ] = None,
    json: Json = False,
) -> None:
    """Every fault of the content at once, with file and line."""
    extra = folder or load_settings().content_dir
    if extra is not None and not extra.is_dir():
        raise BadInput(f"{extra} is no folder: name the one that holds journeys/, kits/, locale/ …")
    found = full_review(extra, SystemClock().now().date())
    if json:
        print_json({
            "faults": [{"where": f.where, "what": f.what} for f in found.faults],
            "warnings": [{"where": f.where, "what": f.what} for f in found.warnings],
        })  # fmt: skip
        raise typer.Exit(1 if found.faults else 0)
    for warning in found.warnings:
        warn(f"warning: {warning}")
    for fault in found.faults:
        warn(str(fault))
    if found.faults:
        warn(f"{counted(len(found.faults), 'fault')} to mend before this content can be published.")
        raise typer.Exit(1)
    say("The content is in order" + (f"; {counted(len(found.warnings), 'warning')}." if found.warnings else "."))


@app.command()
def stats(json: Json = False) -> None:
    """How much there is, and how far each language is translated."""
    settings = load_settings()
    found = _stats(content(settings))
    if json:
        print_json(found)
        return
    facts({
        "Journeys": ", ".join(f"{name} ({counted(n, 'step')})" for name, n in found["journeys"].items()),
        "Challenges": found["challenges"], "Reflections": found["reflections"], "Quizzes": found["quizzes"],
        "Safety modules": found["safety_modules"], "Facilitator sheets": found["sheets"], "Kits": found["kits"],
        "Language tests": ", ".join(
            f"{language} ({' + '.join(str(n) for n in forms.values())} items)"
            for language, forms in found["language_tests"].items()
        ),
    })  # fmt: skip
    table(
        ("LANGUAGE", "TRANSLATED", "MISSING", "FUZZY"),
        [(tag, n["translated"], n["missing"], n["fuzzy"]) for tag, n in found["translations"].items()],
        "No translations.",
    )


def _stats(library: Library) -> dict[str, Any]:
    kinds = Counter(kind for kind, _ in library.items)
    lessons = [item_id for kind, item_id in library.items if kind == "lesson" and item_id.startswith("safety-")]
    return {
        "journeys": {journey.id: len(journey.steps) for journey in library.journeys.values()},
        "challenges": kinds["challenge"], "reflections": kinds["reflection"], "quizzes": kinds["quiz"],
        "assessments": kinds["assessment"], "surveys": kinds["survey"],
        "safety_modules": len(lessons), "sheets": len(library.sheets), "kits": len(library.kits),
        "language_tests": _language_tests(library),
        "translations": {tag: dict(counts) for tag, counts in statistics().items()},
    }  # fmt: skip


def _language_tests(library: Library) -> dict[str, dict[str, int]]:
    """Items by language and form."""
    found: dict[str, dict[str, int]] = {}
    for test in library.language_tests.values():
        found.setdefault(test.language, {})[test.form] = len(test.items)
    return found


@app.command("merge")
def merge_(
    languages: Annotated[list[str] | None, typer.Argument(metavar="[LANG]…", help="All there are by default.")] = None,
    folder: Annotated[Path, typer.Option(metavar="DIR", help="Which content; the shipped one by default.")] = SHIPPED,
    json: Json = False,
) -> None:
    """Bring the translators' files up to date with the sources."""
    known = sorted(path.name for path in (folder / "locale").glob("*") if path.is_dir())
    if not (languages or known):
        raise BadInput(f"{folder} has no translations yet: name the languages, such as fr es it.")
    summary = merge(folder, languages or known)
    rows = {
        tag: {name: getattr(counts, name) for name in ("translated", "missing", "fuzzy", "added", "changed", "gone")}
        for tag, counts in summary.languages.items()
    }
    if json:
        print_json({"languages": rows, "written": summary.written, "skipped": sorted(summary.skipped)})
        return
    table(
        ("LANGUAGE", "TRANSLATED", "MISSING", "FUZZY", "ADDED", "CHANGED", "GONE"),
        [(tag, *counts.values()) for tag, counts in rows.items()],
        "Nothing to merge.",
    )
    say(f"{counted(len(summary.written), 'file')} written.")
    for name, faults in summary.skipped.items():
        warn(f"{name} was left alone until its faults are mended: {faults[0]}")


@app.command("feedback")
def feedback_(
    item: Annotated[
        str | None, typer.Argument(metavar="[ITEM]", help="A file such as lessons/money-abroad, or a step's id.")
    ] = None,
    since: Annotated[str | None, typer.Option(metavar="D", help="Only what was written from that day on.")] = None,
    json: Json = False,
) -> None:
    """What people said about steps with /feedback, the newest first; without names."""
    with desk() as d:
        found = feedback.listing(d.core, parse_day(since) if since else None, item)
    if json:
        print_json(found)
        return
    table(
        ("ON", "FILE", "STEP OF", "LANGUAGE", "WORDS"),
        [(r["on"], r["item"], f"{r['step']} ({r['journey']})", r["language"], r["words"]) for r in found],
        "Nobody has said anything yet.",
    )
