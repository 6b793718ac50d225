"""The skills log: once a week two minutes. Which outcomes did you work on, how did it go, and a sentence if you like.

Every tap is kept at once, so one may leave anywhere and go on in any later week. While it waits for words the
conversation is `Conversation("log", {"placement", "week"})`. Only the learner sees it.
"""

from __future__ import annotations

from dataclasses import replace

from bot.clock import local_date
from bot.flows.care import NEEDS as CARE_NEEDS
from bot.flows.effects import CloseWeek, LogOutcome
from bot.flows.entries import entry_of, refused, thanked, too_long, unheld
from bot.flows.gate import closed
from bot.flows.outcome_screens import LIMIT, number_rows, numbered
from bot.flows.outcome_views import OutcomesView, OutcomeView
from bot.flows.running import answer
from bot.flows.scene import Scene, Stay
from bot.flows.vocabulary import (
    IDLE,
    Attachment,
    Button,
    Conversation,
    Event,
    Outcome,
    Replace,
    Rows,
    Say,
    Screen,
    Tap,
    Voice,
    Words,
    button,
    in_rows,
    screen,
    show,
)
from bot.i18n import Day, Listing, Text, say, verbatim
from bot.rules import outcomes as rules

NEEDS: frozenset[str] = frozenset({"outcomes"}) | CARE_NEEDS
OPEN = ((button("outcomes/open_button", "outcomes:home"), button("steps/menu_button", "menu:home")),)


def handle(scene: Scene, event: Event) -> Outcome:
    """`log:home`, `log:weeks[:<page>]`, `log:week|next|note|none|done|voice:<week>`, `log:t|how:<week>:<code>`,
    `log:h:<week>:<code>:<1-4>`, and the words that are waited for."""
    refusal, stay, view = closed(scene), scene.stay, scene.outcomes
    if refusal is not None or stay is None or view is None:
        return unheld(scene, event) if isinstance(event, Words | Voice) else refusal or Outcome()
    if not isinstance(event, Tap):
        return _words(scene, stay, view, event)
    parts = (*event.data.split(":"), "", "", "", "")
    if parts[1] == "weeks":
        page = int(parts[2]) if parts[2].isdecimal() and len(parts[2]) < 3 else 0
        return show(answer(event, _weeks(stay, view, page)), conversation=IDLE)
    week = _week(scene, stay, view, parts[2])
    if week is None or not view.outcomes:
        return show(answer(event, _not_yet(view)), conversation=IDLE)
    # A week that the stay does not have shows the one that is due, and does nothing to it.
    action = parts[1] if parts[2] == str(week) else "week"
    return _act(scene, stay, view, week, action, parts[3], parts[4])


def _week(scene: Scene, stay: Stay, view: OutcomesView, named: str) -> int | None:
    """The week that a button names, else the one that is due; None before the stay."""
    trip = stay.itinerary
    if trip is None:
        return None
    today = local_date(scene.now, stay.zone)
    newest = rules.week_on(today, trip.arrival, trip.return_)
    if newest is None:
        return None
    if named.isascii() and named.isdecimal() and len(named) < 4 and 1 <= int(named) <= newest:
        return int(named)
    return rules.week_to_log(today, trip.arrival, trip.return_, view.weeks)


def _not_yet(view: OutcomesView) -> Screen:
    why = say("skills_log/not_yet") if view.outcomes else say("outcomes/nothing")
    return Screen((say("skills_log/name"), why), OPEN)


def _act(
    scene: Scene, stay: Stay, view: OutcomesView, week: int, action: str, code: str, value: str
) -> Outcome:  # fmt: skip
    one = next((one for one in view.outcomes if one.code == code), None)
    match action:
        case "t" if one is not None:
            return _toggle(scene, stay, view, week, one)
        case "how" if one is not None and week in one.logged:
            return show(Replace(_how(view, week, one)), conversation=IDLE)
        case "h" if one is not None and value in ("1", "2", "3", "4"):
            return _said(scene, stay, view, week, one, rules.HOWS[int(value) - 1])
        case "next" if _chosen(view, week):
            return show(Replace(_how(view, week, _first_open(view, week))), conversation=IDLE)
        case "note" | "none":
            return _ask_note(stay, view, week)
        case "done":
            return _close(stay, view, week)
        case "voice" if week in view.weeks and view.weeks[week].file_id:
            voice = Attachment("voice", view.weeks[week].file_id)
            return show(Say(Screen((say("skills_log/week_short", week=week),), attachment=voice)))
        case _:
            return show(Replace(_choose(stay, view, week)), conversation=IDLE)


def _chosen(view: OutcomesView, week: int) -> tuple[OutcomeView, ...]:
    return tuple(one for one in view.outcomes if week in one.logged)


def _first_open(view: OutcomesView, week: int) -> OutcomeView:
    chosen = _chosen(view, week)
    return next((one for one in chosen if one.logged[week] is None), chosen[0])


# --- which ----------------------------------------------------------------------------------------


def _head(stay: Stay, week: int) -> Text:
    assert stay.itinerary is not None
    first, last = rules.days_of(week, stay.itinerary.arrival, stay.itinerary.return_)
    return say("skills_log/week", week=week, first=Day(first, "medium"), last=Day(last, "medium"))


def _choose(stay: Stay, view: OutcomesView, week: int) -> Screen:
    """The list with a tick on what was worked on."""
    chosen = {one.code for one in _chosen(view, week)}
    lines = numbered(
        view.outcomes,
        lambda number, one: say(
            "skills_log/chosen_line" if one.code in chosen else "outcomes/line", number=number, words=one.words
        ),
    )
    numbers = number_rows(view.outcomes, f"log:t:{week}", lambda one: one.code in chosen)
    go_on = button("skills_log/next_button", f"log:next:{week}")
    none = button("skills_log/none_button", f"log:none:{week}")
    rows = (*numbers, (go_on if chosen else none,), _leave())
    return Screen((_head(stay, week), say("skills_log/which"), *lines), rows)


def _leave() -> tuple[Button, ...]:
    return (button("skills_log/weeks_button", "log:weeks"), button("steps/menu_button", "menu:home"))


def _toggle(scene: Scene, stay: Stay, view: OutcomesView, week: int, one: OutcomeView) -> Outcome:
    worked = week not in one.logged
    logged = {**one.logged, week: None} if worked else {w: how for w, how in one.logged.items() if w != week}
    after = view.changed(replace(one, logged=logged))
    effect = LogOutcome(stay.placement_id, week, one.code, worked)
    return show(Replace(_choose(stay, after, week)), effects=(effect,), conversation=IDLE)


# --- how ------------------------------------------------------------------------------------------


def _how(view: OutcomesView, week: int, one: OutcomeView) -> Screen:
    chosen = _chosen(view, week)
    at = next(n for n, other in enumerate(chosen) if other.code == one.code)
    body = (
        say("skills_log/of", week=week, number=at + 1, total=len(chosen)),
        say("outcomes/quoted", words=one.words), say("skills_log/how"),
    )  # fmt: skip
    answers = [_answer(week, one, number, how) for number, how in enumerate(rules.HOWS, 1)]
    back = f"log:how:{week}:{chosen[at - 1].code}" if at else f"log:week:{week}"
    return Screen(body, (tuple(answers[:2]), tuple(answers[2:]), (button("assessment/back_button", back),)))


def _answer(week: int, one: OutcomeView, number: int, how: str) -> Button:
    label = say(f"skills_log/how_button/{how}")
    if one.logged.get(week) == how:
        label = say("assessment/chosen", answer=label)
    return Button(label, f"log:h:{week}:{one.code}:{number}")


def _said(scene: Scene, stay: Stay, view: OutcomesView, week: int, one: OutcomeView, how: str) -> Outcome:
    """Kept, then the next one; after the last the sentence."""
    effect = LogOutcome(stay.placement_id, week, one.code, True, how)
    after = view.changed(replace(one, logged={**one.logged, week: how}))
    chosen = _chosen(after, week)
    at = next(n for n, other in enumerate(chosen) if other.code == one.code)
    left = [*chosen[at + 1 :], *(other for other in chosen[:at] if other.logged[week] is None)]
    if left:
        return show(Replace(_how(after, week, left[0])), effects=(effect,), conversation=IDLE)
    asked = _ask_note(stay, after, week)
    return replace(asked, effects=(effect, *asked.effects))


# --- a sentence -----------------------------------------------------------------------------------


def _ask_note(stay: Stay, view: OutcomesView, week: int) -> Outcome:
    body = (say("skills_log/of_week", week=week), say("skills_log/note_ask"), say("reflection/private"))
    rows: Rows = (
        (button("skills_log/done_button", f"log:done:{week}"),),
        (button("assessment/back_button", f"log:week:{week}"),),
    )
    waiting = Conversation("log", {"placement": stay.placement_id, "week": week})
    return show(Replace(Screen(body, rows)), conversation=waiting)


def _close(stay: Stay, view: OutcomesView, week: int) -> Outcome:
    shown = _closed(view, week)
    return show(Replace(shown), effects=(CloseWeek(stay.placement_id, week),), conversation=IDLE)


def _closed(view: OutcomesView, week: int) -> Screen:
    n = len(_chosen(view, week))
    told = say("skills_log/closed", n=n, week=week) if n else say("skills_log/closed_empty", week=week)
    return Screen((told, say("outcomes/private")), OPEN)


def _words(scene: Scene, stay: Stay, view: OutcomesView, event: Event) -> Outcome:
    """What came while a sentence was waited for."""
    data = scene.conversation.data
    week = data.get("week")
    if data.get("placement") != stay.placement_id or not isinstance(week, int):
        return unheld(scene, event)
    problem = too_long(event, LIMIT)
    if isinstance(event, Words) and problem is not None:
        return refused(scene, event.text, problem, scene.conversation)
    entry = entry_of(event) if isinstance(event, Words | Voice) else None
    if entry is None:
        return show(Say(screen(say("reflection/words_please"))))
    words, voice = entry.get("words"), entry.get("voice")
    effect = CloseWeek(stay.placement_id, week, words, voice)
    return thanked(scene, words or "", _closed(view, week), (effect,))


# --- all weeks ------------------------------------------------------------------------------------


def _weeks(stay: Stay, view: OutcomesView, page: int) -> Screen:
    """Every week there was anything in, with the learner's own words; the newest on the first page."""
    known = sorted(view.logged_weeks) if stay.itinerary is not None else []
    page = max(0, min(page, (len(known) - 1) // PAGE))
    end = len(known) - page * PAGE
    shown = known[max(0, end - PAGE) : end]
    body: list[Text] = [say("skills_log/name")]
    body += [_of_week(stay, view, week) for week in shown] or [say("skills_log/nothing")]
    body.append(say("outcomes/private"))
    open_ = [Button(say("skills_log/week_short", week=week), f"log:week:{week}") for week in shown]
    voices = [
        Button(say("skills_log/voice_button", week=week), f"log:voice:{week}")
        for week in shown
        if week in view.weeks and view.weeks[week].file_id
    ]
    new: Rows = ((button("outcomes/log_button", "log:home"),),)
    turn: list[Button] = []
    if end > PAGE:
        turn.append(button("skills_log/earlier_button", f"log:weeks:{page + 1}"))
    if page:
        turn.append(button("skills_log/later_button", f"log:weeks:{page - 1}"))
    return Screen(tuple(body), (*new, *in_rows(open_, 3), *in_rows(voices, 3), *in_rows(turn, 2), *OPEN))


PAGE = 6  # weeks on one page, the newest first page


def _of_week(stay: Stay, view: OutcomesView, week: int) -> Text:
    numbers = [
        say("skills_log/entry", number=number, how=say(f"outcomes/how/{how}") if (how := one.logged[week]) else "–")
        for number, one in enumerate(view.outcomes, 1)
        if week in one.logged
    ]
    told = view.weeks.get(week)
    lines: list[Text] = [_head(stay, week)]
    lines += numbers or [say("skills_log/empty_week")]
    if told is not None and told.words:
        lines.append(say("skills_log/own_words", words=verbatim(told.words[:200])))
    return say("outcomes/lines", lines=Listing(tuple(lines), lines=True))
