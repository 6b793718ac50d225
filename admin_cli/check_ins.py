"""`compagnon learner check-ins` and `compagnon cohort set`: when learners are asked, and how long silence may last."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from admin_cli.context import desk
from admin_cli.output import DryRun, Json, counted, facts, heading, moment, print_json, say, some, warn
from bot.rules.durations import parse_hhmm, parse_quiet_hours
from bot.service import check_in_settings as settings
from bot.service.check_in_settings import Set, Times

Days = Annotated[str | None, typer.Option(metavar="D", help="daily, weekdays, or days such as mon,thu.")]
Window = Annotated[str | None, typer.Option(metavar="T", help="How long before the hour an answer counts already.")]
Reminder = Annotated[str | None, typer.Option(metavar="T", help="Reminder, from the delivery.")]
Grace = Annotated[str | None, typer.Option(metavar="T", help="Alert, from the delivery; longer than the reminder.")]
Reason = Annotated[str | None, typer.Option(metavar="TEXT", help="Why minors are not asked at weekends.")]
EraseAfter = Annotated[str | None, typer.Option(metavar="T", help="People are erased so long after their return.")]
AssistancePhone = Annotated[
    str | None, typer.Option(metavar="P", help="Number of the insurance's assistance, for learners and in alerts.")
]
AssistanceName = Annotated[str | None, typer.Option(metavar="NAME", help="What the assistance is called.")]
WORDS = {
    "check_in_at": "asked at", "check_in_days": "days", "answer_window": "answer window",
    "reminder_after": "reminder after", "grace": "grace", "escalate_after": "escalate after",
    "quiet_hours": "quiet hours", "check_in_reason": "reason", "erase_after": "erase after",
    "assistance_name": "assistance", "assistance_phone": "assistance, telephone",
}  # fmt: skip


def of_learner(
    code: Annotated[str, typer.Argument(metavar="CODE", help="The learner's code.")],
    cohort: Annotated[str | None, typer.Option(metavar="C", help="Where several cohorts have that code.")] = None,
    at: Annotated[str | None, typer.Option(metavar="HH:MM", help="When they are asked, by their own clock.")] = None,
    days: Days = None,
    answer_window: Window = None,
    reminder_after: Reminder = None,
    grace: Grace = None,
    reason: Reason = None,
    as_cohort: Annotated[bool, typer.Option("--as-cohort", help="The cohort's times hold again.")] = False,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """When one learner is asked: what holds and where it comes from; with options, times of their own."""
    times = Times(at, days, answer_window, reminder_after, grace, reason=reason)
    with desk() as d:
        done = None
        if as_cohort or times != Times():
            done = settings.set_learner(d.core, code, cohort, times, d.now, as_cohort=as_cohort, dry_run=dry_run)
        found = settings.of_learner(d.core, code, cohort, d.now)
    if json:
        print_json(found if done is None else {**found, **_done_json(done)})
        return
    if done is not None:
        _tell(done)
    if done is None or not done.dry_run:
        _show(found)


def _show(found: dict[str, Any]) -> None:
    heading(f"{found['code']}  {found['name']}  ({found['cohort']})")
    facts({
        **{WORDS[name].capitalize(): f"{v['value']}  (the {v['from']}'s)" for name, v in found["check_ins"].items()},
        "No weekends because": found["reason"],
        "Said on": moment(found["reason_given_at"], "UTC") if found["reason_given_at"] else None,
        "Minor": found["minor"],
    })  # fmt: skip


def set_cohort(
    code: Annotated[str, typer.Argument(metavar="CODE", help="The cohort's code.")],
    check_in_at: Annotated[str | None, typer.Option(metavar="HH:MM", help="When they are asked.")] = None,
    check_in_days: Days = None,
    answer_window: Window = None,
    reminder_after: Reminder = None,
    grace: Grace = None,
    escalate_after: Annotated[str | None, typer.Option(metavar="T", help="Next person, from the alert.")] = None,
    quiet_hours: Annotated[str | None, typer.Option(metavar="Q", help="Nothing but safety then; or none.")] = None,
    erase_after: EraseAfter = None,
    reason: Reason = None,
    assistance_phone: AssistancePhone = None,
    assistance_name: AssistanceName = None,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Change a cohort's times and numbers later; learners with times of their own keep these."""
    times = Times(
        check_in_at, check_in_days, answer_window, reminder_after, grace, escalate_after, quiet_hours, erase_after,
        reason, assistance_name, assistance_phone,
    )  # fmt: skip
    with desk() as d:
        done = settings.set_cohort(d.core, code, times, d.now, dry_run=dry_run)
    if json:
        print_json({"code": done.code, "name": done.name, **_done_json(done), "keep_their_own": done.keep_their_own})
        return
    _tell(done)


def warn_of_night(check_in_at: str, quiet_hours: str) -> None:
    """A check-in within the quiet hours may be meant, but hardly ever is."""
    if parse_quiet_hours(quiet_hours).contains(parse_hhmm(check_in_at)):
        warn(
            f"The check-in at {check_in_at} lies inside the quiet hours {quiet_hours}: learners are asked in their "
            "night. Choose another hour or other quiet hours if that is not meant."
        )


def _done_json(done: Set) -> dict[str, Any]:
    return {
        "dry_run": done.dry_run,
        "changes": {name: {"old": old, "new": new} for name, (old, new) in done.changes.items()},
        "planned": {"moved": done.planned.moved, "dropped": done.planned.dropped, "added": done.planned.added},
    }


def _tell(done: Set) -> None:
    if not done.changes:
        say(f"{done.code} {done.name}: nothing differs, nothing was changed.")
        return
    say(f"{done.code} {done.name}:")
    for name, (old, new) in done.changes.items():
        say(f"    {WORDS[name]}: {old or '(none)'} → {new or '(none)'}")
    if done.at_night:
        warn_of_night(*done.at_night)
    would = "would be " if done.dry_run else ""
    planned = done.planned
    say(
        f"Of the check-ins of the next days {planned.moved} {would}moved, {planned.dropped} {would}left out, "
        f"{planned.added} {would}added. Questions that are out already keep their times."
    )
    for name, codes in done.keep_their_own.items():
        say(f"{counted(len(codes), 'learner')} with {WORDS[name]} of their own: {some(codes)}")
    if done.dry_run:
        say("Nothing was changed. Leave out --dry-run to do it.")


def show_quiet(found: dict[str, Any]) -> None:
    """In a cohort's status: when nobody asks, and why."""
    times = found["check_ins"]
    if times["weekend_reason"]:
        say(f"  not asked at weekends ({times['days']}): {times['weekend_reason']}")
    for pause in found["pauses"]:
        what = "asks for a pause" if pause["state"] == "asked" else "pause"
        say(f"  {what}: {pause['code']}  {pause['name']}  {pause['first']} to {pause['last']}")
