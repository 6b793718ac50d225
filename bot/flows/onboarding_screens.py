"""What somebody sees on the way in."""

from __future__ import annotations

from bot.flows.help import about
from bot.flows.language import offered, partly
from bot.flows.naming import city
from bot.flows.privacy import notice
from bot.flows.scene import Scene, Stay
from bot.flows.vocabulary import Button, Rows, Screen, button, screen
from bot.i18n import Day, Hour, LanguageName, Text, say, verbatim
from bot.rules.durations import parse_hhmm

HOURS = ("1700", "1800", "1900", "2000", "2100")


def languages(scene: Scene, first: str, more: bool = False) -> Screen:
    """The first question, in the language of the invite: which one do you read best?"""
    codes, others = offered(scene, first, more)
    rows: Rows = tuple(
        (Button(say("join/language", language=LanguageName(code, own=True)), f"join:lang:{code}"),) for code in codes
    )
    if others:
        rows = (*rows, (button("language/more_button", "join:lang:more"),))
    name = scene.invite.first_name if scene.invite and scene.invite.first_name else scene.name
    return Screen((say("join/welcome", name=verbatim(name)), say("join/choose_language")), rows)


def consent(scene: Scene, code: str) -> Screen:
    """The privacy notice with a real choice, in the language just chosen."""
    rows: Rows = ((button("join/agree_button", "join:yes"),), (button("join/refuse_button", "join:no"),))
    return Screen((*partly(scene, code), say("join/what_i_am"), *notice(scene), say("join/your_choice")), rows)


def stay_check(scene: Scene, stay: Stay, refused: bool = False) -> Screen:
    """City and dates as imported: right or wrong?"""
    body: list[Text] = [say("join/refused")] if refused else []
    if stay.itinerary is None:
        rows: Rows = ((button("join/go_on_button", "join:stay:ok"),),)
        return Screen((*body, say("join/no_dates")), rows)
    body.append(
        say("join/stay", city=city(stay), arrival=Day(stay.itinerary.arrival, "full"),
            return_=Day(stay.itinerary.return_, "full"))
    )  # fmt: skip
    if stay.host_organisation:
        body.append(say("join/host", name=verbatim(stay.host_organisation)))
    body.append(say("join/stay_right"))
    rows = ((button("join/right_button", "join:stay:ok"),), (button("join/wrong_button", "join:stay:wrong"),))
    return Screen(tuple(body), rows)


def ask_wrong() -> Screen:
    """What is wrong about it?"""
    return screen(say("join/what_is_wrong"))


def hour(stay: Stay, corrected: bool = False) -> Screen:
    """At which hour should the daily question come?"""
    now = parse_hhmm(stay.check_in_at)
    rows: list[tuple[Button, ...]] = [(button("join/keep_hour_button", "join:hour:keep", hour=Hour(now)),)]
    others = [h for h in HOURS if h != now.strftime("%H%M")]
    rows += [
        tuple(button("join/hour_button", f"join:hour:{h}", hour=Hour(parse_hhmm(f"{h[:2]}:{h[2:]}"))) for h in pair)
        for pair in (others[:2], others[2:])
    ]
    body = [say("join/told_referent")] if corrected else []
    return Screen((*body, say("join/hour", hour=Hour(now))), tuple(rows))


def done(scene: Scene, stay: Stay) -> Screen:
    """Ready: what happens next. The kit answers only in languages that are spoken in full."""
    ask = () if scene.content.catalogues.partly(scene.language) else (say("join/how_to_ask"),)
    body = [say("join/done"), *ask, say("join/sos_always")]
    if stay.consented and stay.minor and not stay.guardian_consented:
        body.append(say("join/guardian_missing"))
    rows: Rows = ((button("join/menu_button", "menu:home"),), (button("join/kit_button", "kit:home"),))
    return Screen(tuple(body), rows)


def unlocked() -> Screen:
    """A guardian said yes: the journey runs."""
    return screen(say("join/unlocked"), rows=((button("join/menu_button", "menu:home"),),))


def begins() -> Screen:
    """Dates were entered, or a birthday came: the journey runs."""
    return screen(say("join/begins"), rows=((button("join/menu_button", "menu:home"),),))


def desk(scene: Scene) -> Screen:
    """A referent, coordinator or local contact is in; or a tutor, whom no alert reaches."""
    if not scene.is_referent:
        menu = (button("join/menu_button", "menu:home"),)
        rows: Rows = ((button("grid/open_button", "grid:home"),), menu) if scene.is_tutor else (menu,)
        return Screen((say("join/desk_welcome", name=verbatim(scene.name)), about(scene)), rows)
    rows = ((button("menu/learners_button", "learners:open"), button("menu/alerts_button", "alerts:open")),)
    return Screen(
        (say("join/desk_welcome", name=verbatim(scene.name)), say("join/desk_what"), say("join/desk_alerts")), rows
    )


def guardian(scene: Scene, child: str | None) -> Screen:
    """A parent or guardian: what it is about, and the yes or no for their child."""
    rows: Rows = (
        (button("join/child_yes_button", "join:child:yes"),),
        (button("join/child_no_button", "join:child:no"),),
    )
    name = verbatim(child) if child else say("join/your_child")
    about = (say("join/guardian_kept", child=name), say("join/guardian_rights"))
    return Screen((say("join/guardian_what", child=name), *about, say("join/guardian_ask", child=name)), rows)
