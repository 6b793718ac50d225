"""What is shown of questions to former learners: to who asks, to who answers, to coordinators."""

from __future__ import annotations

from dataclasses import replace

from bot.content.loader import Library
from bot.flows.asking_views import AmbassadorView, AskingView, QuestionView
from bot.flows.care import SOS, WRITE
from bot.flows.vocabulary import Button, Rows, Screen, button, in_rows, screen
from bot.i18n import Moment, Text, Value, say, verbatim
from bot.rules.asking import HELD_FOR, LIMITS, REASONS, No, State

MENU = (button("steps/menu_button", "menu:home"),)
MINE = (button("asking/mine_button", "ask:mine"),)
MAP = (button("asking/map_button", "map:list:0:-:-:-:-"),)
SHORT = 250  # characters of what was written before, beside what is to be read now


# --- asking -----------------------------------------------------------------------------------------


def themes(library: Library, to: AmbassadorView) -> Screen:
    """Who it is, what both sides know, and what one may ask about."""
    rows = in_rows(
        [Button(Text(f"questions/{name}/title"), f"ask:th:{to.placement_id}:{name}") for name in library.questions], 2
    )
    own: Rows = ((button("asking/own_button", f"ask:own:{to.placement_id}"),),)
    mine: Rows = (MINE, MAP)
    return Screen((who(to), say("asking/rules"), say("asking/what_about")), (*rows, *own, *mine))


def who(to: AmbassadorView) -> Text:
    """First name, trade, town."""
    facts: dict[str, Value] = {"name": verbatim(to.name), "town": to.town}
    return say("asking/who_trade", trade=verbatim(to.trade), **facts) if to.trade else say("asking/who", **facts)


def presets(library: Library, to: AmbassadorView, theme: str) -> Screen:
    """The questions of a theme, each with its number; the button with that number asks it."""
    found = library.questions[theme].questions
    lines = [say("asking/numbered", n=at, question=preset(theme, one.id)) for at, one in enumerate(found, 1)]
    rows = in_rows(
        [Button(verbatim(str(at)), f"ask:q:{to.placement_id}:{theme}:{one.id}") for at, one in enumerate(found, 1)], 4
    )
    back = (button("asking/back_button", f"ask:new:{to.placement_id}"),)
    return Screen((say("asking/pick", name=verbatim(to.name)), *lines), (*rows, back))


def preset(theme: str, question: str) -> Text:
    """A question that the content has."""
    return Text(f"questions/{theme}/questions/{question}/text")


def own(to: AmbassadorView, minor: bool) -> Screen:
    """Write it now."""
    cancel: Rows = ((button("relay/stop_button", f"ask:new:{to.placement_id}"),),)
    first = say("asking/write_minor" if minor else "asking/write", name=verbatim(to.name))
    return Screen((first, say("asking/rules")), cancel)


def asked(to: AmbassadorView, question_id: int, waits: bool) -> Screen:
    """It is on its way, or waits for a coordinator."""
    back: Rows = ((button("asking/take_back_button", f"ask:back:{question_id}"),),)
    return Screen((say("asking/waits" if waits else "asking/asked", name=verbatim(to.name)),), (*back, MINE, MAP))


def no(why: No) -> Screen:
    """Why they can't ask now."""
    rows: Rows = (MINE, MAP)
    return Screen((say(f"asking/no/{why.value}"),), rows if why is not No.NOT_YOU else (MENU,))


def preview(to: AmbassadorView | None, words: str, mark: str, held: bool) -> Screen:
    """Own words once more before they go, and who reads them first. `to`: None for an answer."""
    rows: Rows = (
        (button("asking/send_button", f"ask:send:{mark}"),),
        (button("asking/change_button", "ask:change"), button("asking/drop_button", "ask:drop")),
    )
    kind = "held" if held else "plain"
    head = say(f"asking/preview/answer_{kind}")
    if to is not None:
        head = say(f"asking/preview/question_{kind}", name=verbatim(to.name))
    return Screen((head, verbatim(words), say("asking/preview/ask")), rows)


def still_heavy() -> Screen:
    """To who answers with something hard: whether it still is, and a human."""
    return Screen((say("asking/still_heavy"),), (WRITE, SOS))


def dropped() -> Screen:
    return Screen((say("asking/dropped"),), (MENU,))


def too_late() -> Screen:
    """The button was tapped long after."""
    return Screen((say("asking/too_late"),), (MENU,))


def refused(why: str, last: bool) -> Screen:
    """Nothing was passed on, and why. `last`: nor is anything else today."""
    then = say("asking/refused_last") if last else say("asking/refused_again")
    return screen(say("asking/refused"), say(f"asking/why/{why}"), then, rows=(MENU,))


def mine(library: Library, view: AskingView) -> Screen:
    """The questions somebody asked, with what became of them."""
    if not view.questions:
        return Screen((say("asking/none_yet"),), (MAP, MENU))
    lines: list[Text] = []
    for one in view.questions:
        lines.append(say("asking/mine_line", name=verbatim(one.name), question=words_of(library, one)))
        lines.append(verbatim(one.answer) if one.state is State.ANSWERED and one.answer else _state(one))
    back = [b for one in view.questions if (b := _take_back(one)) is not None]
    return Screen((say("asking/mine"), *lines), (*in_rows(back, 2), MAP, MENU))


def _take_back(one: QuestionView) -> Button | None:
    if one.state not in (State.WAITS, State.SENT):
        return None
    return button("asking/take_back_from_button", f"ask:back:{one.id}", name=verbatim(one.name))


def _state(one: QuestionView) -> Text:
    return say(f"asking/state/{one.state.value}")


def words_of(library: Library, one: QuestionView) -> Text:
    """What was asked; of a question that the content has no more, that."""
    if one.preset is None:
        return verbatim(one.words or "")
    theme, _, name = one.preset.partition("/")
    known = theme in library.questions and any(q.id == name for q in library.questions[theme].questions)
    return preset(theme, name) if known else say("asking/gone_question")


# --- what comes to who asked ------------------------------------------------------------------------


def answered(library: Library, one: QuestionView) -> Screen:
    """The answer, with the way on and the way out."""
    rows: Rows = (
        (button("asking/again_button", f"ask:new:{one.to_placement_id}"),),
        (button("asking/stop_button", f"ask:stop:{one.id}"), button("asking/report_button", f"ask:report:{one.id}")),
    )
    head = say("asking/answered", name=verbatim(one.name))
    return Screen((head, words_of(library, one), verbatim(one.answer or ""), say("asking/read_by_all")), rows)


def settled(one: QuestionView) -> Screen:
    """There will be no answer: why, and whom to ask instead."""
    how = _how_it_ended(one)
    body = [say(f"asking/settled/{how}", name=verbatim(one.name))]
    if how == "refused" and one.reason in REASONS:
        body.append(say(f"asking/reasons/{one.reason}"))
    return Screen(tuple(body), (MAP, MENU))


def _how_it_ended(one: QuestionView) -> str:
    if one.state is State.REFUSED and one.answered:
        return "withheld"
    if one.state is State.LAPSED and (one.answered or not one.came):
        return "answer_unread" if one.answered else "unread"
    return one.state.value


# --- what comes to who is asked ---------------------------------------------------------------------


def for_ambassador(library: Library, one: QuestionView) -> Screen:
    """A question, with everything that can be done about it."""
    rows: Rows = (
        (button("asking/answer_button", f"ask:answer:{one.id}"), button("asking/skip_button", f"ask:skip:{one.id}")),
        (button("asking/stop_button", f"ask:stop:{one.id}"), button("asking/report_button", f"ask:report:{one.id}")),
    )
    head = say("asking/from_learner", town=one.town)
    return Screen((head, words_of(library, one), say("asking/read_by_all"), say("asking/no_hurry")), rows)


def write_answer(library: Library, one: QuestionView) -> Screen:
    """Write the answer now."""
    cancel: Rows = ((button("relay/stop_button", "ask:home"),),)
    return Screen((say("asking/write_answer"), words_of(library, one), say("asking/rules_answer")), cancel)


def answer_kept(held: bool) -> Screen:
    return Screen((say("asking/answer_held" if held else "asking/answer_sent"),), ((HOME,), MENU))


def answer_alarm() -> Screen:
    """After help: an answer that sounds like danger goes to humans first."""
    return Screen((say("asking/answer_alarm"),), (MENU,))


def answer_late(unread: bool) -> Screen:
    """An answer that did not go on: nobody read it in time, or the question was closed by then, for whatever reason."""
    return Screen((say("asking/answer_unread" if unread else "asking/answer_late"),), ((HOME,),))


def answer_refused(reason: str | None) -> Screen:
    """A coordinator did not pass an answer on."""
    why = (say(f"asking/reasons/{'unkind_answer' if reason == 'unkind' else reason}"),) if reason in REASONS else ()
    return Screen((say("asking/answer_refused"), *why), ((HOME,),))


HOME = button("asking/home_button", "ask:home")


def closed(how: str) -> Screen:
    """One of the two ended it."""
    return Screen((say(f"asking/closed/{how}"),), (MENU,))


# --- being an ambassador ----------------------------------------------------------------------------


def home(view: AskingView) -> Screen:
    """How it stands with being asked."""
    body = [say(f"asking/standing/{view.standing}")]
    rows: list[tuple[Button, ...]] = []
    if view.standing == "may":
        rows.append((button("asking/become_button", "ask:become"),))
    if view.standing == "shown":
        body.append(say("asking/limit", n=view.limit))
        rows.append(tuple(button("asking/limit_button", f"ask:limit:{n}", n=n) for n in LIMITS))
    if view.standing in ("waits", "declined", "shown"):
        rows.append((button("asking/leave_button", "ask:leave"),))
    return Screen(tuple(body), (*rows, MINE, MENU))


def consent() -> Screen:
    """What somebody says yes to."""
    rows: Rows = ((button("asking/agree_button", "ask:agree"),), (button("asking/not_now_button", "menu:home"),))
    return Screen((say("asking/consent"), say("asking/consent_shown"), say("asking/consent_asked"),
                   say("asking/consent_kept")), rows)  # fmt: skip


def agreed() -> Screen:
    return Screen((say("asking/agreed"),), ((button("asking/leave_button", "ask:leave"),), MENU))


def left() -> Screen:
    return Screen((say("asking/left"),), (MENU,))


def vetted(on: bool) -> Screen:
    """To the former learner: a coordinator decided."""
    rows: Rows = ((HOME,), (button("asking/leave_button", "ask:leave"),)) if on else ((HOME,),)
    return Screen((say("asking/vetted" if on else "asking/not_vetted"),), rows)


def still() -> Screen:
    """Once a year: still?"""
    rows: Rows = ((button("asking/agree_button", "ask:agree"),), (button("asking/leave_button", "ask:leave"),))
    return Screen((say("asking/still"), say("asking/consent_shown"), say("asking/consent_asked"),
                   say("asking/consent_kept")), rows)  # fmt: skip


# --- coordinators -----------------------------------------------------------------------------------


def candidate(one: AmbassadorView) -> Screen:
    """A former learner would like to be on the map."""
    rows: Rows = (
        (button("asking/vet_yes_button", f"ask:vet:{one.placement_id}:yes"),),
        (button("asking/vet_no_button", f"ask:vet:{one.placement_id}:no"),),
    )
    facts: dict[str, Value] = {"name": verbatim(one.name), "code": one.code, "town": one.town}
    return Screen((say("asking/candidate", **facts), say("asking/candidate_rules")), rows)


def vet_done(name: str, on: bool) -> Screen:
    return Screen((say("asking/vet_yes" if on else "asking/vet_no", name=verbatim(name)),), (MENU,))


def desk(view: AskingView) -> Screen:
    """Those that wait for somebody to read them, then the others."""
    if not view.questions:
        return Screen((say("asking/desk_none"),), (MENU,))
    rows = tuple(
        (button("asking/desk_button", f"ask:see:{one.id}", state=_at_desk(one), learner=verbatim(one.learner)),)
        for one in view.questions
    )
    waiting = sum(one.report_open or one.state in (State.WAITS, State.HELD) for one in view.questions)
    return Screen((say("asking/desk", n=waiting),), (*rows, MENU))


def _at_desk(one: QuestionView) -> Text:
    return say("asking/state/reported") if one.report_open else _state(one)


def card(library: Library, one: QuestionView) -> Screen:
    """All of one question, why it waits, what was said before, and what can be decided."""
    facts: dict[str, Value] = {
        "learner": verbatim(one.learner),
        "code": one.code,
        "name": verbatim(one.name),
        "town": one.town,
    }
    waits = one.state in (State.WAITS, State.HELD)
    body = [
        say("asking/card", at=Moment(one.asked_at), **facts), words_of(library, one),
        *([say("asking/card_answer"), verbatim(one.answer)] if one.answer else []), _state(one),
        *([say(f"asking/held_for/{one.held_for}")] if waits and one.held_for in HELD_FOR else []),
        *([say("asking/card_reported" if one.report_open else "asking/card_looked_into")] if one.reported else []),
        *_before(library, one),
    ]  # fmt: skip
    rows: list[tuple[Button, ...]] = []
    if one.report_open:
        rows.append((button("asking/looked_button", f"ask:looked:{one.id}"),))
    if one.may_decide and waits:
        rows.append(
            (button("asking/pass_button", f"ask:yes:{one.id}"), button("asking/refuse_button", f"ask:no:{one.id}"))
        )
    return Screen(tuple(body), (*rows, (button("asking/desk_back_button", "ask:list"),)))


def _before(library: Library, one: QuestionView) -> list[Text]:
    """What the two wrote to each other before, shortened so that all of it fits into a message."""
    if not one.earlier:
        return []
    lines = [say("asking/card_earlier")]
    for it in reversed(one.earlier):
        asked = verbatim(_short(it.words)) if it.preset is None else words_of(library, replace(one, preset=it.preset))
        answer = verbatim(_short(it.answer)) if it.answer else say("asking/card_no_answer")
        lines.append(say("asking/card_exchange", at=Moment(it.at), question=asked, answer=answer))
    return lines


def _short(words: str | None) -> str:
    words = words or "…"
    return words if len(words) <= SHORT else f"{words[:SHORT]}…"


def why(one: QuestionView) -> Screen:
    """Choose the reason that the writer is told."""
    rows = tuple((Button(say(f"asking/reason_button/{r}"), f"ask:no:{one.id}:{r}"),) for r in REASONS)
    return Screen((say("asking/which_reason"),), (*rows, (button("asking/desk_back_button", f"ask:see:{one.id}"),)))


def decided(how: str) -> Screen:
    """`how`: passed, refused, ended (one of the two may no longer) or before (nothing waited any more)."""
    back = (button("asking/desk_back_button", "ask:list"),)
    return Screen((say(f"asking/decided/{how}"),), (back,))


def looked_into() -> Screen:
    """A report is done with."""
    return Screen((say("asking/looked_into"),), ((button("asking/desk_back_button", "ask:list"),),))


def to_read(one: QuestionView) -> Screen:
    """Something waits to be read."""
    key = "asking/to_read_answer" if one.state is State.HELD else "asking/to_read"
    if one.held_for == "heavy":
        key = "asking/to_read_heavy"
    rows: Rows = ((button("asking/read_button", f"ask:see:{one.id}"),),)
    return Screen((say(key, learner=verbatim(one.learner), code=one.code),), rows)


def reported(one: QuestionView, by_learner: bool, to_contact: bool = False) -> Screen:
    """To who looks after safeguarding; or, where nobody does, to the contact person, who is shown no words."""
    key = "asking/reported_learner" if by_learner else "asking/reported_ambassador"
    return _alarm(one, say(key, **_who(one)), to_contact)


def dangerous(one: QuestionView, to_contact: bool = False) -> Screen:
    """To the same: an answer sounds like danger or a threat, and has not gone on."""
    return _alarm(one, say("asking/dangerous", **_who(one)), to_contact)


def _who(one: QuestionView) -> dict[str, Value]:
    return {"learner": verbatim(one.learner), "code": one.code, "name": verbatim(one.name)}


def _alarm(one: QuestionView, what: Text, to_contact: bool) -> Screen:
    if to_contact:
        write = (button("asking/write_button", f"relay:to:{one.placement_id}:{one.asker_id}"),)
        return Screen((what, say("asking/to_contact", **_who(one))), (write,))
    return Screen((what,), ((button("asking/read_button", f"ask:see:{one.id}"),),))


def reminder(reported: bool) -> Screen:
    """To who should have read something by now."""
    rows: Rows = ((button("asking/desk_open_button", "ask:list"),),)
    return Screen((say("asking/reminder_report" if reported else "asking/reminder"),), rows)


def keeps_trying(name: str, times: int) -> Screen:
    """Somebody tried again and again to give away how to reach them."""
    return screen(say("asking/keeps_trying", name=verbatim(name), n=times), rows=((
        button("asking/desk_open_button", "ask:list"),
    ),))  # fmt: skip
