"""What badges say: that there is a new one, and all of them with their meaning (`progress:badges`)."""

from __future__ import annotations

from bot.flows.running import MENU_ROW
from bot.flows.scene import ProgressView, Scene
from bot.flows.vocabulary import Rows, Screen, button, screen
from bot.i18n import Listing, Text, say
from bot.rules.badges import THINGS, level, levels
from bot.rules.points import COMPETENCES


def name_of(competence: str, starred: bool) -> Text:
    """The name of a badge, with a star for who went on."""
    name = say(f"badges/{competence}/name")
    return say("badges/starred", name=name) if starred else name


def new(competence: str, things: int) -> Screen:
    """To the learner: a badge that the last thing brought."""
    return screen(
        say("badges/new", name=name_of(competence, level(things) > 1), meaning=say(f"badges/{competence}/meaning"))
    )


def line(progress: ProgressView) -> tuple[Text, ...]:
    """All badges in one sentence, for /progress; nothing where there is none."""
    got = levels(progress.things)
    if not got:
        return ()
    names = Listing(tuple(name_of(one, got[one] > 1) for one in COMPETENCES if one in got))
    return (say("badges/line", names=names),)


def page(scene: Scene) -> Screen:
    """Every badge with its meaning, and how many more things bring one."""
    progress = scene.progress or ProgressView(0, 0, 0, {})
    lines = tuple(_of(competence, progress.things.get(competence, 0)) for competence in COMPETENCES)
    return Screen((say("badges/title"), *lines, say("badges/how")), rows())


def _of(competence: str, things: int) -> Text:
    got = level(things)
    if not got:
        of = say(f"competences/{competence}")
        return say("badges/to_come", name=name_of(competence, False), competence=of, n=THINGS[0] - things)
    return say("badges/got", name=name_of(competence, got > 1), meaning=say(f"badges/{competence}/meaning"))


def rows() -> Rows:
    """The way back."""
    return ((button("assessment/progress_button", "progress:open"),), MENU_ROW)
