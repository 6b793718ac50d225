"""`compagnon message …`"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Annotated

import typer

from admin_cli.context import desk
from admin_cli.files import read_text
from admin_cli.output import Json, counted, facts, moment, print_json, say, table, warn
from bot.errors import BadInput
from bot.service import broadcast_plan, broadcasts

app = typer.Typer(name="message", help="Messages to a cohort, at each reader's own local time.", no_args_is_help=True)

MARKUP = re.compile(r"</?[a-z][a-z0-9-]*(\s[^<>]*)?/?>", re.IGNORECASE)


@app.command()
def schedule(
    cohort: Annotated[str, typer.Argument(metavar="CODE", help="The cohort.")],
    at: Annotated[str, typer.Option(help="“2026-03-02 18:00” by each recipient's clock, or now.")],
    text: Annotated[str | None, typer.Option(help="What they read.")] = None,
    file: Annotated[Path | None, typer.Option(metavar="F", help="A text file with it.")] = None,
    translation: Annotated[
        list[str] | None, typer.Option(metavar="LANG=TEXT", help="A version for readers of a language; repeat it.")
    ] = None,
    to: Annotated[str, typer.Option(help="learners, referents, hosts or families.")] = "learners",
    stage: Annotated[str | None, typer.Option(metavar="S", help="Only who is then before, during or after.")] = None,
    timezone: Annotated[str, typer.Option(help="Whose clock --at means: recipient or home.")] = "recipient",
    urgent: Annotated[bool, typer.Option("--urgent", help="Send it within quiet hours, too.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    json: Json = False,
) -> None:
    """Show who will get a message and when, ask, and schedule it."""
    if (text is None) == (file is None):
        raise typer.BadParameter("Give the message with either --text or --file.")
    words = text if text is not None else read_text(file or Path())
    request = broadcast_plan.Request(cohort, at, words, _versions(translation or []), to, stage, timezone, urgent)
    with desk() as d:
        plan = broadcast_plan.plan(d.core, request, d.now)
        if not json:
            _show(plan)
        if not yes and not _agreed():
            say("Nothing was scheduled.")
            raise typer.Exit(1)
        message_id = broadcast_plan.schedule(d.core, plan, d.now)
    if json:
        print_json({"id": message_id, **broadcast_plan.as_json(plan)})
    else:
        say(f"Message {message_id} is scheduled. Call it off with: compagnon message cancel {message_id}")


def _agreed() -> bool:
    if not sys.stdin.isatty():
        raise BadInput("Nobody is here to confirm: add --yes to schedule it.")
    return typer.confirm("Schedule it?", err=True)


def _versions(given: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for item in given:
        tag, equals, words = item.partition("=")
        if not equals:
            raise typer.BadParameter(f"“{item}” is no --translation: write it as fr=Bonjour.")
        if tag.strip() in found:
            raise typer.BadParameter(f"There are two translations for {tag.strip()}: keep one.")
        found[tag.strip()] = words
    return found


def _show(plan: broadcast_plan.Plan) -> None:
    found = broadcast_plan.as_json(plan)
    when = "now" if plan.local_at is None else f"{plan.local_at:%a %d %b %Y %H:%M}, {plan.timezone} time"
    whom = f"{plan.to}, {plan.stage} the stay" if plan.stage else plan.to
    lost = f"{len(plan.not_joined)} (they get nothing unless they join before)" if plan.not_joined else ""
    originals = ", ".join(f"{tag} {n}" for tag, n in plan.untranslated.items()) if plan.translations else ""
    facts({
        "To": f"{counted(found['recipients'], 'person', 'people')} ({whom})",
        "When": when, "In UTC": f"{found['first_due'][:16]} to {found['last_due'][:16]}",
        "Clocks": ", ".join(found["zones"]),
        "Not joined yet": lost, "Without a version": originals,
    })  # fmt: skip
    say(plan.text)
    for tag, words in plan.translations.items():
        say(f"[{tag}] {words}")
    if any(MARKUP.search(words) for words in (plan.text, *plan.translations.values())):
        warn("The text contains markup such as <b>: messages are plain text, so people will read it as typed.")


@app.command("list")
def list_(
    cohort: Annotated[str | None, typer.Option(metavar="CODE", help="Only of this cohort.")] = None,
    json: Json = False,
) -> None:
    """Messages, newest first, with what became of each copy."""
    with desk() as d:
        rows = broadcasts.listing(d.core, cohort)
    if json:
        print_json(rows)
        return
    table(
        ("ID", "COHORT", "TO", "AT", "PEOPLE", "PLANNED", "WAITING", "SENT", "FAILED", "LOST", "CANCELLED", "TEXT"),
        [
            (
                r["id"], r["cohort"], r["to"], r["at"], r["recipients"], r["planned"], r["waiting"], r["sent"],
                r["failed"] + r["unknown"] + r["expired"], r["unreachable"], r["cancelled"],
                r["text"].split("\n")[0][:40],
            )
            for r in rows
        ],
        "No messages yet.",
    )  # fmt: skip


@app.command()
def preview(
    message_id: Annotated[int, typer.Argument(metavar="ID")],
    person: Annotated[str, typer.Option("--as", metavar="CODE", help="Whose copy: a learner's or referent's code.")],
    json: Json = False,
) -> None:
    """A message exactly as one person will see it."""
    with desk() as d:
        found = broadcasts.preview(d.core, message_id, person, d.now)
    if json:
        print_json(found)
        return
    facts({
        "To": f"{found['code']} {found['name']} ({found['language']})",
        "When": moment(found["due_at"], found["timezone"]), "State": found["state"],
    })  # fmt: skip
    say("")
    say(found["text"])


@app.command()
def cancel(message_id: Annotated[int, typer.Argument(metavar="ID")], json: Json = False) -> None:
    """Call off what has not gone out yet."""
    with desk() as d:
        counts = broadcasts.cancel(d.core, message_id, d.now)
    if json:
        print_json(counts)
        return
    say(f"{counted(counts['cancelled'], 'copy', 'copies')} stopped, {counts['already_out']} out already.")
