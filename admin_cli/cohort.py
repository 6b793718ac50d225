"""`compagnon cohort …`"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from admin_cli import belonging, check_ins, cohort_page, invites, lists, outcomes
from admin_cli.context import desk
from admin_cli.files import write_bytes
from admin_cli.output import Json, heading, print_json, say, some, table, warn
from bot.rules.durations import parse_duration
from bot.service import call_tasks, cohorts, dates, drills, list_looks, rollcall, status
from bot.service.check_in_settings import leaves_out_weekend

app = typer.Typer(name="cohort", help="Cohorts: make, import, invite, look after.", no_args_is_help=True)

Code = Annotated[str, typer.Argument(metavar="CODE", help="The cohort's code.")]


@app.command()
def create(
    code: Annotated[str, typer.Argument(metavar="CODE", help="A short code of your own, such as SPRING26.")],
    name: Annotated[str, typer.Option(help="What people call it.")],
    journey: Annotated[str, typer.Option(metavar="ID", help="Which journey; `compagnon journey list` shows all.")],
    home_timezone: Annotated[str, typer.Option(help="Where the learners come from.")] = "Europe/Paris",
    check_in_at: Annotated[str, typer.Option(help="When they are asked, by their own clock.")] = "19:00",
    check_in_days: Annotated[str, typer.Option(help="daily, weekdays, or days such as mon,thu.")] = "daily",
    answer_window: Annotated[str, typer.Option(help="How long before that an answer counts already.")] = "4h",
    reminder_after: Annotated[str, typer.Option(help="Reminder, from the delivery.")] = "60m",
    grace: Annotated[str, typer.Option(help="Alert, from the delivery; longer than the reminder.")] = "2h",
    escalate_after: Annotated[str, typer.Option(help="Next person, from the alert.")] = "30m",
    quiet_hours: Annotated[str, typer.Option(help="Nothing but safety then; or none.")] = "22:00-07:00",
    erase_after: Annotated[str, typer.Option(help="People are erased so long after their return.")] = "180d",
    reason: check_ins.Reason = None,
    project: belonging.Project = None,
    organisation: belonging.Sends = None,
    assistance_phone: check_ins.AssistancePhone = None,
    assistance_name: check_ins.AssistanceName = None,
) -> None:
    """Make a cohort. Durations are 30s, 10m, 2h, 1d."""
    new = cohorts.NewCohort(
        code, name, journey, home_timezone, check_in_at, check_in_days, answer_window, reminder_after, grace,
        escalate_after, quiet_hours, erase_after, reason, project, organisation, assistance_name, assistance_phone,
    )  # fmt: skip
    with desk(first=True) as d:
        cohorts.create(d.core, new, d.now)
    check_ins.warn_of_night(check_in_at, quiet_hours)
    if leaves_out_weekend(check_in_days) and not reason:
        warn(f"Nobody is asked at weekends. Where minors take part, say why: compagnon cohort set {code} --reason TEXT")
    say(f"Cohort {code} is made. Next: compagnon cohort template list.xlsx, and write everybody into it.")
    say(f"Then: compagnon cohort import {code} list.xlsx --dry-run")


app.command("set")(check_ins.set_cohort)


@app.command("list")
def list_(
    project: belonging.Project = None, organisation: belonging.Sends = None, json: Json = False
) -> None:  # fmt: skip
    """All cohorts, or those of one project or organisation."""
    with desk() as d:
        rows = cohorts.listing(d.core, organisation, project)
    if json:
        print_json(rows)
        return
    table(
        (
            "CODE",
            "NAME",
            "SENT BY",
            "PROJECT",
            "JOURNEY",
            "LEARNERS",
            "JOINED",
            "OPEN ALERTS",
            "FIRST ARRIVAL",
            "LAST RETURN",
        ),
        [
            (
                r["code"],
                r["name"],
                r["organisation"],
                r["project"],
                r["journey"],
                r["learners"],
                r["joined"],
                r["open_alerts"],
                r["arrival"],
                r["return"],
            )
            for r in rows
        ],
        "There is no cohort yet: make one with `compagnon cohort create`.",
    )


app.command("move")(belonging.move)
app.command("partner")(belonging.partner)
app.command("import")(lists.import_)
app.command("template")(lists.template)
app.command("outcomes")(outcomes.import_)


app.command("invites")(invites.invites)


# --- dates and calls ----------------------------------------------------------------------------


@app.command()
def calendar(
    code: Code,
    file: Annotated[Path, typer.Argument(metavar="FILE.ics", help="Where it goes.")],
) -> None:
    """Write the cohort's dates for a calendar program: who leaves, arrives and returns when; codes, no names.

    Example: compagnon cohort calendar SPRING27 spring27.ics
    """
    with desk() as d:
        data = dates.ics(d.core, code, d.now)
    write_bytes(file, data)
    say(f"{file} is ready; made again later, it updates what a calendar has already.")


@app.command()
def calls(
    code: Code,
    told: Annotated[int | None, typer.Option("--told", metavar="ID", help="This message was read out.")] = None,
    not_reached: Annotated[
        int | None, typer.Option("--not-reached", metavar="ID", help="They were not reached.")
    ] = None,
    json: Json = False,
) -> None:
    """Calls that wait, to people without Telegram: check-ins, and messages to be read out.

    Example: compagnon cohort calls SPRING27 --told 3
    """
    with desk() as d:
        for number, outcome in ((told, "told"), (not_reached, "not_reached")):
            if number is not None:
                call_tasks.finish(d.core, number, outcome, d.now)
        rows = call_tasks.listing(d.core, code, d.now)
        list_looks.some(d.core, "calls", ((code, row["learner"]) for row in rows), d.now)
    if json:
        print_json(rows)
        return
    table(
        ("CALL", "WHAT", "LEARNER", "WHOM", "PHONE", "SINCE (UTC)", "ALERT AT (UTC)", "TEXT"),
        [(r["task"], r["what"], r["learner"], r["call"], r["phone"], r["since"][:16], (r["until"] or "")[:16],
          (r["text"] or "").split("\n")[0][:60]) for r in rows],
        "No call waits.",
    )  # fmt: skip


# --- looking after it ---------------------------------------------------------------------------


@app.command("status")
def status_(code: Code, json: Json = False) -> None:
    """Stages, check-ins, open alerts, people who cannot be reached, what is not ready."""
    with desk() as d:
        found = status.of_cohort(d.core, code, d.now)
        list_looks.whole(d.core, "status", [code], d.now)
    if json:
        print_json(found)
        return
    cohort_page.show(found)


@app.command()
def drill(
    code: Code,
    unannounced: Annotated[
        bool, typer.Option("--unannounced", help="Some time out of hours; nobody is told when.")
    ] = False,
    within: Annotated[str, typer.Option(metavar="D", help="With --unannounced: how soon at the latest.")] = "7d",
    cancel: Annotated[bool, typer.Option("--cancel", help="Take back an unannounced drill that waits.")] = False,
    json: Json = False,
) -> None:
    """A test alert to everybody on the ladder; it says that it is a test, and learners hear nothing."""
    if cancel:
        with desk() as d:
            gone = drills.cancel(d.core, code, d.now)
        say("The drill that waited is cancelled." if gone else "No drill was waiting.")
    elif unannounced:
        with desk() as d:
            before = drills.plan(d.core, code, parse_duration(within), d.now)
        if json:
            print_json({"planned": True, "before": before.isoformat()})
        else:
            say(f"A drill comes out of hours, before {before:%Y-%m-%d %H:%M} UTC; nobody is told when.")
            say(f"Who heard it: compagnon cohort drills {code}")
    else:
        _drill_now(code, json)


def _drill_now(code: str, json: bool) -> None:
    with desk() as d:
        raised = drills.start(d.core, code, d.now)
    if json:
        print_json(raised)
    reached = [row for row in raised if row["told"]]
    if reached and not json:
        for row in reached:
            say(f"Drill {row['id']} (ladder of {row['learner']}) goes to {', '.join(row['told'])}.")
        say(f"It ends by itself after 30 minutes. Who heard it: compagnon cohort drills {code}")
    alone = [row["learner"] for row in raised if not row["told"]]
    if alone:
        warn(
            f"The drill reaches nobody on the ladder of {some(alone)}: nobody there has joined or is on duty. "
            f"`compagnon cohort invites {code}` shows who has not joined."
        )
        raise typer.Exit(1)


@app.command("drills")
def drills_(code: Code, json: Json = False) -> None:
    """The drills of a cohort and who heard them, newest first."""
    with desk() as d:
        rows = drills.listing(d.core, code)
    if json:
        print_json(rows)
        return
    if not rows:
        say(f"There has been no drill yet: try one with `compagnon cohort drill {code}`.")
    for row in rows:
        heading(_drill_title(row))
        if row["people"]:
            table(("NAME", "ROLE", "HEARD AFTER"), [(p["name"], p["role"], _heard(p)) for p in row["people"]], "")


def _drill_title(row: dict[str, Any]) -> str:
    kind = "Drill" if row["announced"] else "Unannounced drill"
    if row["state"] == "planned":
        return f"{kind}, still to come, before {row['before'][:16]} UTC"
    if row["state"] == "cancelled":
        return f"{kind}, cancelled"
    heard, told = (sum(1 for p in row["people"] if p[what]) for what in ("heard_at", "told"))
    running = ", still running" if row["state"] == "running" else ""
    return f"{kind} of {(row['started_at'] or '')[:16]} UTC: {heard} of {told} heard it{running}"


def _heard(person: dict[str, Any]) -> str:
    if not person["told"]:
        return f"not tried: {(person['why'] or '').replace('_', ' ')}"
    return "did not hear it" if person["minutes"] is None else f"{person['minutes']} min"


@app.command("rollcall")
def rollcall_(
    code: Code,
    city: Annotated[str | None, typer.Option(metavar="C", help="Only who is in this city.")] = None,
    json: Json = False,
) -> None:
    """Ask everyone abroad now, beside the daily check-in; who is silent becomes an alert within the hour, and stays
    listed in `compagnon cohort status`."""
    with desk() as d:
        asked = rollcall.call(d.core, code, city, d.now)
        list_looks.some(d.core, "roll_call", ((code, row["code"]) for row in asked), d.now)
    if json:
        print_json(asked)
        return
    table(
        ("CODE", "NAME", "WHERE", "ROLL CALL", "ALERT AT (UTC)"),
        [(r["code"], r["name"], r["city"], r["state"], (r["alert_at"] or "")[:16]) for r in asked],
        "Nobody is abroad now" + (f" in {city}." if city else "."),
    )
    if any(r["alert_at"] for r in asked):
        say("Whoever has not answered by then becomes an alert; when a question arrives later, so much later.")
        say(f"Who has answered: compagnon cohort status {code}")
