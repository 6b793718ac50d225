"""`compagnon map questions` and `map question`: what was asked, read and decided at the desk."""

from __future__ import annotations

from bot.store.tables import Audit
from tests.support.asking import MILA, pair
from tests.support.cohort import Small
from tests.support.command_line import CommandLine
from tests.support.looking import rows


def test_the_desk_reads_everything_decides_and_each_reading_is_noted(run: CommandLine, abroad: Small) -> None:
    both = pair(core := abroad.world.core, abroad)
    number = both.ask()
    both.answer(number, "It was fine")
    both.small.world.clock.set(both.questions()[0].asked_at.replace(day=4))
    both.ask_in_words("Is the workshop a quiet place?")
    waiting = both.questions()[1].id

    found = run.good("map", "questions", "--json").json
    assert [(one["id"], one["waits_for_you"], one["answer"]) for one in found] == [
        (waiting, True, None), (number, True, "It was fine"),
    ]  # fmt: skip
    assert found[1]["question"] == "What was your first day at work like?"
    assert found[0]["ambassador"] == "Mila, Seville"
    assert len(rows(core, Audit, Audit.action == "question_read", Audit.actor_id.is_(None))) == 2
    assert "Is the workshop a quiet place?" in run.good("map", "questions", "--open").out

    assert run("map", "question", str(waiting)).status == 1
    assert "no reason" in run("map", "question", str(waiting), "--refuse", "because").err
    assert "passed on" in run.good("map", "question", str(number), "--pass").out
    assert "waits for nobody" in run("map", "question", str(number), "--pass").err
    assert "no question 999" in run("map", "question", "999", "--pass").err
    assert "not passed on" in run.good("map", "question", str(waiting), "--refuse", "private").out
    assert both.questions()[1].state == "refused"
    assert "quiet place" not in both.read(MILA)
    assert "Nothing waits" in run.good("map", "questions", "--cohort", "SPRING").out
