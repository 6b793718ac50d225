"""The cohort of the end-to-end tests, set up as a coordinator does it: by the command line, from the sample file."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.e2e.machine import COHORT, Machine

SAMPLE = Path(__file__).parents[2] / "docs" / "samples" / "cohort.csv"
HOST = ZoneInfo("Europe/Madrid")
STAFF = (
    ("Claire Référente", "claire", "referent", "+33 1 99 00 12 34"),
    ("Paul Exemple", "paul", "referent", "+33 1 99 00 56 78"),
    ("Inés Ejemplo", "ines", "local-contact", "+34 900 000 001"),
)


def sample(arrival: date, nights: int = 27) -> bytes:
    """The shipped sample file (Windows-1252, semicolons) with stays of `nights` that begin on one day."""
    rows = list(csv.reader(io.StringIO(SAMPLE.read_bytes().decode("cp1252")), delimiter=";"))
    head = rows[0]
    dates = {"departure_date": arrival, "arrival_date": arrival, "return_date": arrival + timedelta(days=nights)}
    for row in rows[1:]:
        for column, day in dates.items():
            row[head.index(column)] = f"{day:%d/%m/%Y}"
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode("cp1252")


def far_hour() -> str:
    """A check-in hour that does not come while a test runs."""
    return f"{datetime.now(UTC).astimezone(HOST) + timedelta(hours=6):%H:00}"


def today() -> date:
    """Today in the host city."""
    return datetime.now(UTC).astimezone(HOST).date()


async def set_up(machine: Machine, *, days_in: int = 3, check_in_at: str = "", **options: str) -> None:
    """Make the cohort, its contact persons and its learners; keep the invite tokens on the machine.

    `days_in`: days since the arrival. `options`: of `cohort create`, such as `grace="2h"`.
    """
    if machine.database_url.startswith("postgresql"):
        await machine.do("db", "upgrade")
    terms = {"quiet_hours": "none", "check_in_at": check_in_at or far_hour()} | options
    words = [word for name, value in terms.items() for word in ("--" + name.replace("_", "-"), value)]
    await machine.do("cohort", "create", COHORT, "--name", "Boulangers à Séville", "--journey", "learner-short", *words)
    for name, code, role, phone in STAFF:
        await machine.do(
            "referent", "add", name, "--cohort", COHORT, "--code", code, "--role", role, "--phone", phone,
            "--language", "en",
        )  # fmt: skip
    file = machine.folder / "cohort.csv"
    file.write_bytes(sample(today() - timedelta(days=days_in)))
    await machine.do("cohort", "import", COHORT, str(file))
    rows = (await machine.do("cohort", "invites", COHORT, "--json")).json()
    machine.tokens = {row["code"]: row["token"] for row in rows}
