"""`compagnon referent …`"""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from admin_cli import belonging, own_data
from admin_cli.context import desk
from admin_cli.output import DryRun, Json, moment, print_json, say, some, table, warn
from admin_cli.telegram import know_bot, tell_placeholder
from bot.errors import BadInput
from bot.service import handover, list_looks, referents, rota

DUTY = 'When they can be asked, such as "mon-fri 07:00-22:00; sat,sun 09:00-20:00"; always by default.'

app = typer.Typer(name="referent", help="Referents and the other people around a cohort.", no_args_is_help=True)


Ref = Annotated[str, typer.Argument(metavar="REF", help="The code that lists name them by.")]
Cohort = Annotated[str, typer.Option("--cohort", metavar="CODE", help="The cohort they look after.")]
AcceptHole = Annotated[bool, typer.Option("--accept-hole", help="Do it although nobody is on duty at some hours.")]


@app.command()
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="First and last name.")],
    cohort: Annotated[str | None, typer.Option(metavar="CODE", help="The cohort they look after.")] = None,
    language: Annotated[str, typer.Option(help="A tag such as fr, en or pt-BR.")] = "en",
    code: Annotated[
        str | None, typer.Option(metavar="REF", help="How lists name this person; made from the name by default.")
    ] = None,
    role: Annotated[str, typer.Option(help=f"One of {', '.join(referents.ROLES)}.")] = "referent",
    phone: Annotated[str | None, typer.Option(metavar="P", help="With country code.")] = None,
    email: Annotated[str | None, typer.Option(metavar="E")] = None,
    duty: Annotated[str | None, typer.Option(metavar="HOURS", help=DUTY)] = None,
    timezone: Annotated[str | None, typer.Option(metavar="Z", help="Their own clock, if not the cohort's.")] = None,
    project: belonging.WholeProject = None,
    organisation: belonging.WholeOrganisation = None,
    json: Json = False,
) -> None:
    """Add somebody and print their invite."""
    with desk() as d:
        unknown = know_bot(d)
        new = referents.NewReferent(
            name, cohort, language, code, role, phone, email, duty, timezone, project, organisation
        )
        link = referents.add(d.core, new, d.now)
    tell_placeholder(unknown, link.url)
    if json:
        print_json(asdict(link) | {"expires_at": link.expires_at.isoformat()})
        return
    say(f"{link.name} is {link.role} of {cohort or project or organisation}; lists name them {link.code}.")
    say(f"Invite, good until {link.expires_at:%Y-%m-%d}, for one person only: {link.url}")


@app.command("list")
def list_(
    cohort: Annotated[str, typer.Option(metavar="CODE", help="Whose people.")],
    json: Json = False,
) -> None:
    """Everybody around a cohort who is not a learner."""
    with desk() as d:
        rows = referents.listing(d.core, cohort)
        list_looks.some(d.core, "contacts", ((cohort, row["code"]) for row in rows), d.now)
    if json:
        print_json(rows)
        return
    table(
        ("CODE", "ROLE", "NAME", "LANGUAGE", "PHONE", "E-MAIL", "JOINED", "DUTY", "AWAY UNTIL"),
        [
            (r["code"], r["role"], r["name"], r["language"], r["phone"], r["email"], r["joined"], r["duty"], _away(r))
            for r in rows
        ],
        f"Nobody yet: add somebody with `compagnon referent add NAME --cohort {cohort}`.",
    )


def _away(row: dict[str, Any]) -> str:
    if not row["away_until"]:
        return ""
    who = f", {row['substitute']} stands in" if row["substitute"] else ""
    return f"{moment(row['away_until'], row['timezone'])}{who}"


@app.command("duty")
def duty_(
    code: Ref,
    cohort: Cohort,
    hours: Annotated[str | None, typer.Argument(metavar="[HOURS]", help=DUTY)] = None,
    timezone: Annotated[str | None, typer.Option(metavar="Z", help="The clock their hours are read by.")] = None,
    accept_hole: AcceptHole = False,
    json: Json = False,
) -> None:
    """Set somebody's duty hours, or show them; refused where learners would be left with nobody."""
    with desk() as d:
        found = rota.set_duty(d.core, cohort, code, hours, timezone, d.now, accept_hole=accept_hole)
    if json:
        print_json(found)
        return
    say(f"{found['name']} ({found['code']}, {found['role']}) is on duty: {found['duty']} ({found['timezone']}).")
    now = "on duty" if found["on_duty"] else "off duty"
    say(f"Now {now}" + (f" until {moment(found['next_change'], found['timezone'])}." if found["next_change"] else "."))
    for sentence in found["holes"]:
        warn(f"! {sentence}")


@app.command()
def away(
    code: Ref,
    cohort: Cohort,
    until: Annotated[str, typer.Option(metavar="D", help='The last day, or "2026-12-24 18:00", by their own clock.')],
    substitute: Annotated[str | None, typer.Option(metavar="REF", help="Who stands in, as arranged with them.")] = None,
    accept_hole: AcceptHole = False,
    json: Json = False,
) -> None:
    """Enter that somebody is away, and who stands in; both read it."""
    with desk() as d:
        found = rota.send_away(d.core, cohort, code, until, substitute, d.now, accept_hole=accept_hole)
    if json:
        print_json(found)
        return
    who = f"{found['substitute']} stands in" if found["substitute"] else "the others on duty get the alerts"
    say(f"{found['name']} is away until {moment(found['away_until'], found['timezone'])}; {who}.")


@app.command()
def back(code: Ref, cohort: Cohort, json: Json = False) -> None:
    """Somebody is back earlier than they said."""
    with desk() as d:
        found = rota.bring_back(d.core, cohort, code, d.now)
    if json:
        print_json(found)
        return
    say(f"{found['name']} is on duty again.")


@app.command()
def end(
    code: Ref,
    cohort: Annotated[str | None, typer.Option("--cohort", metavar="CODE", help="The cohort they look after.")] = None,
    to: Annotated[str | None, typer.Option("--to", metavar="REF", help="Who takes over learners and alerts.")] = None,
    dry_run: DryRun = False,
    accept_hole: AcceptHole = False,
    project: belonging.WholeProject = None,
    organisation: belonging.WholeOrganisation = None,
    json: Json = False,
) -> None:
    """Somebody leaves: learners and open alerts go to another person first, then their access ends.

    Who has a role in a whole project or organisation has no learners to hand over: their access ends at once.
    """
    if sum(one is not None for one in (cohort, project, organisation)) != 1:
        raise BadInput("Name one of --cohort CODE, --project CODE or --organisation CODE: where the role holds.")
    if cohort is None:
        _end_wide(code, project, organisation, dry_run=dry_run, json=json)
        return
    with desk() as d:
        found = handover.end(d.core, cohort, code, to, d.now, dry_run=dry_run, accept_hole=accept_hole)
    if json:
        print_json(found)
        return
    would = "would go" if dry_run else "go"
    if found["learners"]:
        say(f"Learners who {would} to {found['to']}: {some(found['learners'])}")
    if found["alerts"]:
        say(f"Open alerts that {would} to {found['to']}: {some([str(one) for one in found['alerts']])}")
    if found["no_backup"]:
        warn(
            f"{found['to']} is contact person and backup at once for {some(found['no_backup'])}: write another "
            "backup_referent into the list and import it again."
        )
    if dry_run:
        say("Nothing was changed. Leave out --dry-run to do it.")
    else:
        say(f"The part of {found['name']} in {found['cohort']} has ended; lists that name {found['code']} still work.")


@app.command()
def export(code: Ref, cohort: Cohort, to: own_data.To = None, json: Json = False) -> None:
    """Everything kept about somebody around a cohort (tutors and families, too), for them, on their request."""
    own_data.export(code, cohort, to, member=True)


@app.command()
def erase(code: Ref, cohort: Cohort, yes: own_data.Yes = False, proof: own_data.Proof = None) -> None:
    """Forget somebody around a cohort: name and contact details go; learners and alerts of theirs go to others."""
    own_data.erase(code, cohort, yes, proof, member=True)


def _end_wide(code: str, project: str | None, organisation: str | None, *, dry_run: bool, json: bool) -> None:
    if dry_run:
        say("Nothing would be handed over, and nothing was changed. Leave out --dry-run to end it.")
        return
    with desk() as d:
        found = referents.end_wide(d.core, code, project, organisation, d.now)
    if json:
        print_json(found)
    else:
        say(f"The part of {found['code']} in {project or organisation} has ended.")
