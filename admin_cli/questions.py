"""`compagnon map questions` and `map question`: what learners asked former learners, read and decided at the desk."""

from __future__ import annotations

from typing import Annotated

import typer

from admin_cli.context import desk
from admin_cli.output import Json, heading, print_json, say
from bot.errors import BadInput
from bot.rules.asking import REASONS
from bot.service import questions_desk

# Why words wait, for the desk.
HELD = {
    "young": "who asked is under 18, or nobody knows", "danger": "it sounds like danger or a threat",
    "heavy": "it tells of something hard, or is meant to hurt",
    "idiom": "it sounds like danger, perhaps as a figure of speech", "number": "it could hold a phone number",
    "link": "it could hold a link", "mail": "it could hold an e-mail address", "network": "it names another app",
    "name": "it could hold a name to be found by", "delicate": "it speaks of meeting, pictures, secrets or the like",
}  # fmt: skip


def questions(
    open_: Annotated[bool, typer.Option("--open", help="Only those that are not settled.")] = False,
    cohort: Annotated[str | None, typer.Option("--cohort", metavar="C", help="Only of this cohort.")] = None,
    json: Json = False,
) -> None:
    """Questions of learners to former learners, with the answers. That you read them is noted for each learner.

    Example: compagnon map questions --open
    """
    with desk() as d:
        found = questions_desk.listed(d.core, cohort, open_, d.now)
    if json:
        print_json(found)
        return
    for one in found:
        say(f"{one['id']} {one['asked_at']} {one['learner']} ({one['cohort']} {one['code']}) to {one['ambassador']}: "
            f"{one['state']}{', REPORTED by the ' + one['reported_by'] if one['reported_by'] else ''}")  # fmt: skip
        say(f"    {one['question']}")
        if one["answer"]:
            say(f"    → {one['answer']}")
        if one["held_for"] and one["waits_for_you"]:
            say(f"    read first because: {HELD[one['held_for']]}")
    waiting = sum(one["waits_for_you"] for one in found)
    heading(f"{waiting} to decide: compagnon map question ID --pass, or --refuse REASON; a report: --looked-into"
            if waiting else "Nothing waits for a decision.")  # fmt: skip


def question(
    number: Annotated[int, typer.Argument(metavar="ID", help="As `compagnon map questions` shows it.")],
    passes: Annotated[bool, typer.Option("--pass", help="Pass the question, or the answer, on.")] = False,
    refuse: Annotated[
        str | None, typer.Option("--refuse", metavar="REASON", help=f"One of {', '.join(REASONS)}; the writer is told.")
    ] = None,
    looked_into: Annotated[
        bool, typer.Option("--looked-into", help="Of a report: somebody has seen to it. Nobody is reminded any more.")
    ] = False,
) -> None:
    """Pass on a question or an answer that waits for a coordinator, or don't and say why; or close a report.

    Example: compagnon map question 12 --refuse private
    """
    if passes + (refuse is not None) + looked_into != 1:
        raise BadInput(f"Say one of --pass, --refuse with one of {', '.join(REASONS)}, and --looked-into.")
    if refuse is not None and refuse not in REASONS:
        raise BadInput(f"“{refuse}” is no reason: choose one of {', '.join(REASONS)}.")
    with desk() as d:
        if looked_into:
            questions_desk.settle_report(d.core, number, d.now)
            say("Noted: somebody has looked into the report.")
            return
        what = questions_desk.decide(d.core, number, passes, refuse, d.now)
    say(f"The {what} was {'passed on' if passes else 'not passed on; the writer is told why'}.")
