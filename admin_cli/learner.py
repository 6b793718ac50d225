"""`compagnon learner …`"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from admin_cli import check_ins, outcomes, own_data, travel
from admin_cli.asking import agreed
from admin_cli.context import Desk, desk
from admin_cli.output import Json, facts, heading, moment, print_json, say, some, table, warn
from admin_cli.telegram import know_bot, tell_placeholder
from bot.service import learner_card, learners, replacing

app = typer.Typer(name="learner", help="One learner: look, change, export, erase.", no_args_is_help=True)

Code = Annotated[str, typer.Argument(metavar="CODE", help="The learner's code.")]
InCohort = Annotated[str | None, typer.Option("--cohort", metavar="C", help="Where several cohorts have that code.")]


@app.command()
def show(code: Code, cohort: InCohort = None, json: Json = False) -> None:
    """Stay, contacts, calendar past and next, alerts. Never journal entries or questions."""
    with desk() as d:
        found = learner_card.show(d.core, code, cohort, d.now)
    if json:
        print_json(found)
        return
    heading(f"{found['code']}  {found['name']}  ({found['cohort']})")
    consent = "yes" if found["own_consent"] else "no"
    if found["minor"]:
        consent += f"; guardian: {'yes' if found['guardian_consent'] else 'not yet'}"
    facts({
        "Stage": found["stage"], "Language": found["language"],
        "From": _join(found["home_city"], found["home_country"]),
        "To": _join(found["host_city"], found["host_country"]),
        "Host": found["host_organisation"], "Lives at": found["accommodation"],
        "Stay": f"{found['arrival'] or '?'} to {found['return'] or '?'}",
        "Ended early on": found["ended_on"], "Joined": found["joined"], "Blocked the bot": found["blocked"] or None,
        "Last active": moment(found["last_active_at"], found["timezone"]), "Consent": consent,
        "Check-in at": found["check_in_at"], "Check-in days": found["check_in_days"],
        "No weekends because": found["weekend_reason"], "Pause": _pause(found["pause"]),
        "Ambassador": "may be asked by those who go next" if found["ambassador"] else None,
        "Safety training": _training(found["safety_training"]),
        "Travel": travel.line(found["travel"]) if found["travel"] else None,
    })  # fmt: skip
    say("")
    table(
        ("ROLE", "NAME", "PHONE", "IN THE BOT"),
        [(c["role"], c["name"], c["phone"], c["joined"]) for c in found["contacts"]],
        "Nobody around this learner is known.",
    )
    say("")
    table(
        ("WHEN", "WHAT", "STATE"),
        [(moment(c["at"], found["timezone"]), c["title"], c["state"]) for c in found["calendar"]],
        "Nothing planned.",
    )
    if found["calls"]:
        say("")
        rows = [(c["day"], ", ".join(c["steps"]), c["outcome"] or "not said yet") for c in found["calls"]]
        table(("CALL ON", "WHAT WAS DUE", "HOW IT WENT"), rows, "")


def _training(training: dict[str, int] | None) -> str | None:
    return f"{training['passed']} of {training['modules']} modules passed" if training else None


def _pause(pause: dict[str, str] | None) -> str | None:
    return f"{pause['first']} to {pause['last']} ({pause['state']})" if pause else None


app.command("check-ins")(check_ins.of_learner)
app.command()(outcomes.outcomes)
app.command()(outcomes.assess)


def _join(*parts: str | None) -> str:
    return ", ".join(part for part in parts if part)


@app.command()
def export(code: Code, cohort: InCohort = None, to: own_data.To = None, json: Json = False) -> None:
    """Everything kept about a learner, for them, on their request: as JSON, or to read as a PDF."""
    own_data.export(code, cohort, to)


@app.command()
def erase(code: Code, cohort: InCohort = None, yes: own_data.Yes = False, proof: own_data.Proof = None) -> None:
    """Forget a learner: contents and contact details go for good, bare counts stay.

    Example: compagnon learner erase L07 --proof erased-l07.pdf
    """
    own_data.erase(code, cohort, yes, proof)


# --- changes ------------------------------------------------------------------------------------


Codes = Annotated[str | None, typer.Argument(metavar="CODE", help="The learner's code; or --group and --cohort.")]
Together = Annotated[str | None, typer.Option("--group", metavar="G", help="Everybody who travels in this group.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="With --group: do not ask.")]


def _each(d: Desk, code: str | None, cohort: str | None, group: str | None, yes: bool, what: str) -> list[str]:
    """The codes that are meant; a whole group is asked for first."""
    if (code is None) == (group is None):
        raise typer.BadParameter("Give either a learner's CODE or a --group.")
    if code is not None:
        return [code]
    if cohort is None:
        raise typer.BadParameter("A --group needs its --cohort.")
    codes = replacing.codes_of_group(d.core, cohort, group or "")
    warn(f"Group {group}: {some(codes)}")
    agreed(f"{what} for all {len(codes)}?", yes, "Nobody is here to confirm: add --yes to change the whole group.")
    return codes


@app.command()
def end(
    code: Codes = None,
    cohort: InCohort = None,
    on: Annotated[str | None, typer.Option(metavar="D", help="The last day; today by default.")] = None,
    group: Together = None,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """The stay ends early; the journey home is asked about until they are there.

    Undo: compagnon learner postpone with the old dates.
    """
    with desk() as d:
        codes = _each(d, code, cohort, group, yes, "End the stay")
        changed = [learners.end(d.core, one, cohort, on, d.now) for one in codes]
    _tell_all(changed, json, group)


@app.command()
def move(
    host_city: Annotated[str, typer.Option(help="A city with a kit, or any town.")],
    code: Codes = None,
    cohort: InCohort = None,
    host_country: Annotated[str | None, typer.Option(help="Two letters; for a town without a kit.")] = None,
    host_timezone: Annotated[str | None, typer.Option(help="Where a country has several.")] = None,
    host_organisation: Annotated[str | None, typer.Option()] = None,
    host_phone: Annotated[str | None, typer.Option()] = None,
    accommodation: Annotated[str | None, typer.Option()] = None,
    group: Together = None,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Another host city: kit, clock and numbers change with it.

    Undo: compagnon learner move back to the old city.
    """
    to = learners.Move(host_city, host_country, host_timezone, host_organisation, host_phone, accommodation)
    with desk() as d:
        codes = _each(d, code, cohort, group, yes, f"Move to {host_city}")
        changed = [learners.move(d.core, one, cohort, to, d.now) for one in codes]
    _tell_all(changed, json, group)


@app.command()
def postpone(
    arrival: Annotated[str, typer.Option(metavar="D", help="The new day of arrival.")],
    return_: Annotated[str, typer.Option("--return", metavar="D", help="The new day of return.")],
    code: Codes = None,
    cohort: InCohort = None,
    departure: Annotated[str | None, typer.Option(metavar="D", help="Where it differs from the arrival.")] = None,
    group: Together = None,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Other dates; what is not sent yet is planned again.

    Undo: compagnon learner postpone with the old dates, which are shown.
    """
    with desk() as d:
        codes = _each(d, code, cohort, group, yes, f"New dates {arrival} to {return_}")
        changed = [learners.postpone(d.core, one, cohort, arrival, return_, departure, d.now) for one in codes]
    _tell_all(changed, json, group)


@app.command()
def replace(
    code: Code,
    new_code: Annotated[str, typer.Option("--code", metavar="NEW", help="The newcomer's code.")],
    first_name: Annotated[str, typer.Option(help="The newcomer's first name.")],
    last_name: Annotated[str, typer.Option()] = "",
    language: Annotated[str | None, typer.Option(help="As before by default.")] = None,
    birth_date: Annotated[str | None, typer.Option(metavar="D", help="Without one they count as a minor.")] = None,
    phone: Annotated[str | None, typer.Option()] = None,
    email: Annotated[str | None, typer.Option()] = None,
    cohort: InCohort = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    json: Json = False,
) -> None:
    """Somebody else takes a learner's place: host, dates, contact persons and group stay, the first one's stay ends.

    Example: compagnon learner replace L07 --code L21 --first-name Noé --last-name Modèle
    """
    newcomer = replacing.Newcomer(new_code, first_name, last_name, language, birth_date, phone, email)
    agreed(
        f"End the stay of {code} and give their place to {first_name}?", yes, "Nobody is here to confirm: add --yes."
    )
    with desk() as d:
        unknown = know_bot(d)
        found = replacing.replace(d.core, code, cohort, newcomer, d.now)
    tell_placeholder(unknown, found["url"])
    if json:
        print_json(found)
        return
    say(f"The stay of {found['left']} has ended; {found['code']} {found['name']} has the place.")
    say(f"Their invite: {found['url']}")


def _tell_all(changed: list[learners.Changed], json: bool, group: str | None) -> None:
    if json and group is not None:
        print_json([
            {"code": c.code, "name": c.name, "changes": {k: {"old": o, "new": n} for k, (o, n) in c.changes.items()}}
            for c in changed
        ])  # fmt: skip
        return
    for one in changed:
        _tell(one, json)


def _tell(changed: learners.Changed, json: bool) -> None:
    if json:
        changes: dict[str, Any] = {k: {"old": old, "new": new} for k, (old, new) in changed.changes.items()}
        print_json({"code": changed.code, "name": changed.name, "changes": changes})
        return
    if not changed.changes:
        say(f"{changed.code} {changed.name}: nothing differs, nothing was changed.")
        return
    say(f"{changed.code} {changed.name}:")
    for name, (old, new) in changed.changes.items():
        say(f"    {name}: {old or '(empty)'} → {new or '(empty)'}")
    say("What is not sent yet is planned again.")


@app.command()
def relink(code: Code, cohort: InCohort = None, json: Json = False) -> None:
    """A lost phone: cut off the old chat and print a fresh invite."""
    with desk() as d:
        unknown = know_bot(d)
        found = learners.relink(d.core, code, cohort, d.now)
    tell_placeholder(unknown, found["url"])
    if json:
        print_json(found)
        return
    cut = "The old chat is cut off. " if found["old_chats_cut_off"] else ""
    say(f"{cut}{found['code']} {found['name']} joins again with: {found['url']}")


@app.command()
def consent(
    code: Code,
    paper_date: Annotated[str, typer.Option(metavar="D", help="The day on which the paper was signed.")],
    guardian: Annotated[bool, typer.Option("--guardian", help="It is the guardian's consent for a minor.")] = False,
    withdrawn: Annotated[bool, typer.Option("--withdrawn", help="The paper takes the consent back.")] = False,
    cohort: InCohort = None,
    json: Json = False,
) -> None:
    """Record a consent on paper: a guardian's, or that of a learner who takes part by phone."""
    kind = "guardian" if guardian else "data"
    with desk() as d:
        found = learners.consent_on_paper(d.core, code, cohort, paper_date, not withdrawn, d.now, kind)
    if json:
        print_json(found)
        return
    whose = "The guardian's consent" if guardian else "The learner's own consent"
    say(f"{whose} for {found['code']} is {'withdrawn' if withdrawn else 'recorded'}.")
    if found["journey_open"]:
        say("The journey is open.")
    elif not withdrawn:
        say(_still_missing(guardian, found["by_phone"]))


def _still_missing(guardian: bool, by_phone: bool) -> str:
    if not guardian:
        return "The journey waits for the guardian's consent, or for dates."
    where = "on paper" if by_phone else "in the chat"
    return f"The journey waits for the learner's own yes {where}."
