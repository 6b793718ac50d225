"""`compagnon cohort status` for people: who needs somebody now, how the cohort stands, what to do; each thing once."""

from __future__ import annotations

from typing import Any

from admin_cli import check_ins, travel
from admin_cli.output import facts, heading, say, short_moment, some, table
from bot.rules.incident import number_of


def show(found: dict[str, Any]) -> None:
    """One page, the urgent first."""
    ready = "ready" if found["ready"] else "NOT READY"
    heading(f"{found['cohort']}  {found['name']}  ({found['journey']})  {ready}")
    _alerts(found)
    _figures(found)
    for row in found["travelling"]:
        say(f"  travel day: {row['code']}  {row['name']}  {travel.line(row)}")
    check_ins.show_quiet(found)
    if found["todo"]:
        heading("To do")
    for number, sentence in enumerate(found["todo"], 1):
        say(f"{number}. {sentence}")


def _alerts(found: dict[str, Any]) -> None:
    rows: dict[int, list[dict[str, Any]]] = {}
    for alert in found["open_alerts"]:
        rows.setdefault(alert["incident"] or -alert["id"], []).append(alert)
    table(
        ("OPEN ALERT", "", "LEARNER", "WHY", f"SINCE ({found['home_timezone']})", "TAKEN BY"),
        [_alert(together, found["home_timezone"]) for together in rows.values()],
        "No open alerts.",
    )
    if found["open_confided"]:
        say(
            f"Besides, open and confided to people of the learners' choice, who alone see it: {found['open_confided']}."
        )


def _alert(together: list[dict[str, Any]], zone: str) -> tuple[Any, ...]:
    """One alert, or an incident: most of the cohort was silent at once."""
    first = together[0]
    number = f"#{number_of(first['incident'])}" if first["incident"] else f"#{first['id']}"
    who = f"{first['learner']} {first['name']}"
    if len(together) > 1:
        who = f"{len(together)} together: {some([alert['learner'] for alert in together], ' ')}"
    severity = "URGENT" if first["severity"] == "red" else ""
    since = short_moment(min(alert["raised_at"] for alert in together), zone)
    return number, severity, who, first["reason"].replace("_", " "), since, _taker(first)


def _taker(alert: dict[str, Any]) -> str:
    return alert["acknowledged_by"] or ("REACHES NOBODY" if alert["reaches_nobody"] else "nobody yet")


def _figures(found: dict[str, Any]) -> None:
    today, waiting = found["check_ins"]["today"], found["waiting_for"]
    silent = [f"{row['code']} {row['name']}" for row in found["check_ins"]["not_answered"]]
    facts({
        "Learners": f"{found['learners']}: " + ", ".join(f"{n} {name}" for name, n in found["stages"].items() if n),
        "Joined": f"{found['joined']} of {found['learners']}",
        "Waiting for": "; ".join(
            f"{what.replace('_', ' ')}: {some(codes, ' ')}"
            for what, codes in waiting.items() if codes and what != "joining"
        ),
        "Check-ins today": ", ".join(f"{count} {name}" for name, count in today.items() if count) or "none",
        "Not answered yet": some(silent),
        **_roll_call(found["roll_call"], found["home_timezone"]),
    })  # fmt: skip


def _roll_call(called: dict[str, Any] | None, zone: str) -> dict[str, str]:
    """The last roll call within a day, beside the check-ins of today."""
    if called is None:
        return {}
    counts = ", ".join(
        f"{called[name]} {name.replace('_', ' ')}" for name in ("answered", "waiting", "not_asked") if called[name]
    )
    silent = some([f"{row['code']} {row['name']}" for row in called["not_answered"]])
    title = f"Roll call {short_moment(called['called_at'], zone)}"
    return {title: counts, "Not answered the roll call": silent}
