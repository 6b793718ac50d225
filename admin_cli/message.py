"""`compagnon message …`"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer

from admin_cli.asking import agreed
from admin_cli.context import Desk, desk
from admin_cli.files import read_bytes, read_text
from admin_cli.output import Json, cell, counted, facts, moment, print_json, say, table, warn
from bot.errors import NotFound
from bot.service import broadcast_plan, broadcasts, list_looks
from bot.service.broadcast_files import Kept, keep

app = typer.Typer(name="message", help="Messages to a cohort, at each reader's own local time.", no_args_is_help=True)

MARKUP = re.compile(r"</?[a-z][a-z0-9-]*(\s[^<>]*)?/?>", re.IGNORECASE)


Words = Annotated[str | None, typer.Option("--text", help="What they read.")]
TextFile = Annotated[Path | None, typer.Option("--file", metavar="F", help="A text file with it.")]
Versions = Annotated[
    list[str] | None,
    typer.Option("--translation", metavar="LANG=TEXT", help="A version for readers of a language; repeat it."),
]
When = Annotated[
    str, typer.Option("--at", help="“2026-03-02 18:00” by each recipient's clock, “arrival-3d 18:00”, or now.")
]
City = Annotated[list[str] | None, typer.Option(metavar="C", help="Only for this host city; repeat it.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Number = Annotated[int, typer.Argument(metavar="ID", help="The message; `compagnon message list` shows all.")]


@app.command()
def schedule(
    cohort: Annotated[str, typer.Argument(metavar="CODE", help="The cohort.")],
    at: When,
    text: Words = None,
    file: TextFile = None,
    translation: Versions = None,
    to: Annotated[
        str, typer.Option(help="learners, referents, hosts, families, or roles; several with commas.")
    ] = "learners",
    stage: Annotated[str | None, typer.Option(metavar="S", help="Only who is then before, during or after.")] = None,
    city: City = None,
    group: Annotated[str | None, typer.Option(metavar="G", help="Only for who travels in this group.")] = None,
    person: Annotated[list[str] | None, typer.Option(metavar="P", help="Only for this code; repeat it.")] = None,
    photo: Annotated[Path | None, typer.Option(metavar="F", help="A picture above the text (JPEG or PNG).")] = None,
    document: Annotated[Path | None, typer.Option(metavar="F", help="A file above the text.")] = None,
    timezone: Annotated[str, typer.Option(help="Whose clock --at means: recipient or home.")] = "recipient",
    urgent: Annotated[bool, typer.Option("--urgent", help="Send it within quiet hours, too.")] = False,
    preview_as: Annotated[
        str | None, typer.Option("--preview-as", metavar="P", help="Only show what this person would see.")
    ] = None,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Show who will get a message and when, ask, and schedule it.

    Examples:

      compagnon message schedule SPRING27 --at now --text "The bus is late: meet at 10."

      compagnon message schedule SPRING27 --at "arrival-3d 18:00" --file packing.txt --translation "fr=…"

      compagnon message schedule SPRING27 --at "2027-03-02 18:00" --to families --photo group.jpg --text "All well!"
    """
    words = _words(text, file)
    if words is None:
        raise typer.BadParameter("Give the message with either --text or --file.")
    with desk() as d:
        request = broadcast_plan.Request(
            cohort, at, words, _versions(translation) or {}, to, stage, timezone, urgent, tuple(city or ()),
            tuple(person or ()), group, _kept(d, photo, document),
        )  # fmt: skip
        plan = broadcast_plan.plan(d.core, request, d.now)
        if preview_as is not None:
            _preview_plan(plan, preview_as, json)
            return
        _confirm(d, plan, "schedule", yes, json)
        message_id = broadcast_plan.schedule(d.core, plan, d.now)
    if not _as_json(d, plan, message_id, json):
        say(f"Message {message_id} is scheduled. Call it off with: compagnon message cancel {message_id}")
        say(f"What becomes of it: compagnon message report {message_id}")


@app.command()
def edit(
    message_id: Number,
    text: Words = None,
    file: TextFile = None,
    translation: Versions = None,
    at: Annotated[str | None, typer.Option("--at", help="Another time.")] = None,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Change a message as long as nobody has got it.

    Example: compagnon message edit 12 --text "The bus leaves at 11."
    """
    change = broadcast_plan.Edit(_words(text, file), _versions(translation), at)
    if change == broadcast_plan.Edit():
        raise typer.BadParameter("Say what changes: --text, --file, --translation or --at.")
    with desk() as d:
        plan = broadcast_plan.plan_edit(d.core, message_id, change, d.now)
        _confirm(d, plan, "change", yes, json)
        broadcast_plan.change(d.core, message_id, plan, d.now)
    if not _as_json(d, plan, message_id, json):
        say(f"Message {message_id} is changed.")


def _words(text: str | None, file: Path | None) -> str | None:
    if text is not None and file is not None:
        raise typer.BadParameter("Give the message with either --text or --file.")
    return read_text(file) if file is not None else text


def _confirm(d: Desk, plan: broadcast_plan.Plan, what: str, yes: bool, json: bool) -> None:
    """Show what would happen, and go on only after a yes."""
    if not json:
        _show(plan, d.settings.messages_per_second)
    agreed(f"{what.capitalize()} it?", yes, f"Nobody is here to confirm: add --yes to {what} it.")


def _as_json(d: Desk, plan: broadcast_plan.Plan, message_id: int, json: bool) -> bool:
    if json:
        print_json({"id": message_id, **broadcast_plan.as_json(plan, d.settings.messages_per_second)})
    return json


def _kept(d: Desk, photo: Path | None, document: Path | None) -> Kept | None:
    if photo is not None and document is not None:
        raise typer.BadParameter("Give either --photo or --document: a message carries one file.")
    file = photo or document
    if file is None:
        return None
    return keep(d.settings.data_dir, file.name, read_bytes(file), "photo" if photo else "document")


def _preview_plan(plan: broadcast_plan.Plan, code: str, json: bool) -> None:
    copy = next((c for c in plan.copies if c.code.casefold() == code.strip().casefold()), None)
    if copy is None:
        raise NotFound(f"This message would go to nobody with the code “{code}”.")
    found = {
        "code": copy.code, "name": copy.name, "language": copy.language, "due_at": copy.due_at.isoformat(),
        "timezone": copy.zone, "state": "not scheduled", "text": broadcast_plan.wording(plan, copy.language),
        "attachment": plan.attachment.name if plan.attachment else None,
    }  # fmt: skip
    if json:
        print_json(found)
    else:
        _show_copy(found)


def _show_copy(found: dict[str, Any]) -> None:
    facts({
        "To": f"{found['code']} {found['name']} ({found['language']})",
        "When": moment(found["due_at"], found["timezone"]), "State": found["state"], "With": found["attachment"],
    })  # fmt: skip
    say("")
    say(found["text"])


@app.command("report")
def report_(message_id: Number, json: Json = False) -> None:
    """What became of a message, person by person."""
    with desk() as d:
        rows = broadcasts.report(d.core, message_id)
        list_looks.of_message(d.core, message_id, [row["code"] for row in rows], d.now)
    if json:
        print_json(rows)
        return
    table(
        ("CODE", "ROLE", "NAME", "STATE", "AT (UTC)", "WHY"),
        [(r["code"], r["role"], r["name"], r["state"], r["at"][:16], r["why"]) for r in rows],
        "Nobody was to get it.",
    )
    counts = Counter(r["state"] for r in rows)
    say(", ".join(f"{state} {n}" for state, n in counts.items()))


def _versions(given: list[str] | None) -> dict[str, str] | None:
    found: dict[str, str] = {}
    for item in given or ():
        tag, equals, words = item.partition("=")
        if not equals:
            raise typer.BadParameter(f"“{item}” is no --translation: write it as fr=Bonjour.")
        if tag.strip() in found:
            raise typer.BadParameter(f"There are two translations for {tag.strip()}: keep one.")
        found[tag.strip()] = words
    return found or None


def _show(plan: broadcast_plan.Plan, per_second: float) -> None:
    found = broadcast_plan.as_json(plan, per_second)
    when = "now" if plan.when.text is None else f"{plan.when.text}, {plan.timezone} time"
    if plan.local_at is not None:
        when = f"{plan.local_at:%a %d %b %Y %H:%M}, {plan.timezone} time"
    whom = f"{plan.to}, {plan.stage} the stay" if plan.stage else plan.to
    lost = f"{len(plan.not_joined)} (they get nothing unless they join before)" if plan.not_joined else ""
    originals = ", ".join(f"{tag} {n}" for tag, n in plan.untranslated.items())
    only = ", ".join(f"{what}: {cell(which)}" for what, which in plan.only.items())
    facts({
        "To": f"{counted(found['recipients'], 'person', 'people')} ({whom})",
        "When": when, "In UTC": f"{found['first_due'][:16]} to {found['last_due'][:16]}",
        "Last one out": f"{found['last_out'][:19]} UTC, at {per_second:g} a second", "Only": only,
        "Clocks": ", ".join(found["zones"]), "With": found["attachment"],
        "Not joined yet": lost, "By telephone": f"{len(plan.by_phone)} (a contact person reads it to them)"
        if plan.by_phone else "",
        "Languages without a version of their own": originals,
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
    message_id: Number,
    person: Annotated[str, typer.Option("--as", metavar="CODE", help="Whose copy: a learner's or referent's code.")],
    json: Json = False,
) -> None:
    """A message exactly as one person will see it."""
    with desk() as d:
        found = broadcasts.preview(d.core, message_id, person, d.now)
        list_looks.of_message(d.core, message_id, [found["code"]], d.now)
    if json:
        print_json(found)
        return
    _show_copy(found)


@app.command()
def cancel(message_id: Number, json: Json = False) -> None:
    """Call off what has not gone out yet."""
    with desk() as d:
        counts = broadcasts.cancel(d.core, message_id, d.now)
    if json:
        print_json(counts)
        return
    say(f"{counted(counts['cancelled'], 'copy', 'copies')} stopped, {counts['already_out']} out already.")
