"""The city kit: a question in one's own words, or browsing by theme. Open to everybody with a stay, consent or not.

Where somebody may be in danger, help comes before any answer (`bot.flows.care`). A question that nobody could answer
is kept for the authors only with the learner's yes, and never one that comes near health, harassment or crisis.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.clock import local_date
from bot.flows import near, show_this
from bot.flows.care import NEEDS as CARE_NEEDS, care
from bot.flows.effects import KeepKitQuestion
from bot.flows.kept_questions import may_be_kept
from bot.flows.listening import hear, needs_help_first
from bot.flows.naming import city
from bot.flows.running import resume_rows
from bot.flows.scene import Scene, Stay
from bot.flows.sos import country_now
from bot.flows.vocabulary import (
    Attachment,
    Button,
    Command,
    Drawing,
    Event,
    Outcome,
    Replace,
    Rows,
    Say,
    Screen,
    Tap,
    Toast,
    Words,
    button,
    in_rows,
    screen,
    show,
)
from bot.i18n import Country, Listing, Text, say
from bot.rules.danger import Danger
from bot.rules.kit_answer import emergency_numbers_in, nearest_topics, says_who_knows, topic_texts
from bot.rules.kit_search import Asked, Outcome as Understood

NEEDS: frozenset[str] = frozenset({"kit_questions", "contacts"}) | CARE_NEEDS

LONGEST_QUESTION = 600  # characters
NEIGHBOURS = 3
AT_ONCE = 2  # paragraphs of an answer in plain mode
NEVER_SHORTENED = frozenset({"safety", "health", "support"})  # themes
EMERGENCY = ("emergency_numbers", "hospital", "police")
PLACES = frozenset({"hospital", "police", "pharmacy"})  # topics after which one wants to know how far it is
THEMES: Mapping[str, Text] = {
    "safety": say("kit/themes/safety"),
    "health": say("kit/themes/health"),
    "support": say("kit/themes/support"),
    "getting_around": say("kit/themes/getting_around"),
    "home": say("kit/themes/home"),
    "work": say("kit/themes/work"),
    "money": say("kit/themes/money"),
    "food": say("kit/themes/food"),
    "practical": say("kit/themes/practical"),
    "culture": say("kit/themes/culture"),
    "free_time": say("kit/themes/free_time"),
}
ALL_TOPICS = (button("kit/all_button", "kit:home"),)
# From every page of the kit what to dial is one tap away.
HOME_AND_HELP = (button("kit/emergency_button", "kit:t:emergency_numbers"), *ALL_TOPICS)
ASK_A_PERSON = (button("kit/person_button", "relay:new"),)


def handle(scene: Scene, event: Event) -> Outcome:
    """`/kit [question]`, free text, and the taps `kit:home`, `kit:th:<theme>`, `kit:t:<topic>`, `kit:none`,
    `kit:all:<topic>`,
    `kit:cards`, `kit:card:<card>`, `kit:say` and `kit:pdf`; `kit:new:<topic>` leaves the message it hangs on."""
    if scene.stay is None:
        return _without_stay(scene, event)
    match event:
        case Command(_, argument) if argument.strip():
            return ask(scene, scene.stay, argument.strip())
        case Words(text) if text.strip():
            return ask(scene, scene.stay, text.strip())
        case Tap(data):
            return _tap(scene, scene.stay, data)
        case Command():
            return show(Say(_home(scene, scene.stay)))
        case _:
            return show(Say(screen(say("kit/words_please"))))


def _without_stay(scene: Scene, event: Event) -> Outcome:
    words = event.text if isinstance(event, Words) else event.argument if isinstance(event, Command) else ""
    danger = hear(scene, words)
    if needs_help_first(danger):
        return care(scene, danger)
    return show(Say(screen(say("kit/no_stay"))))


# --- a question -----------------------------------------------------------------------------------


def ask(scene: Scene, stay: Stay, question: str) -> Outcome:
    """The answer to a question in one's own words; where they tell of danger, help instead."""
    if len(question) > LONGEST_QUESTION:
        danger = hear(scene, question)
        if needs_help_first(danger):
            return care(scene, danger)
        return show(Say(screen(say("kit/too_long", limit=LONGEST_QUESTION), rows=(*resume_rows(scene), ALL_TOPICS))))
    asked = scene.search.ask(question, scene.language)
    answered = _answer(scene, stay, question, asked)
    if not asked.idiom:
        return answered
    asked_back = care(scene, Danger.IDIOM)
    return Outcome((*asked_back.shown, *answered.shown), answered.effects, answered.conversation)


def _answer(scene: Scene, stay: Stay, question: str, asked: Asked) -> Outcome:
    match asked.outcome:
        case Understood.CRISIS:
            return care(scene, Danger.CRISIS)
        case Understood.DISCLOSURE:
            return care(scene, Danger.DISCLOSURE, asked.topic)
        case Understood.ANSWER if asked.topic:
            return show(Say(_topic(scene, stay, asked.topic, asked.alternatives)))
        case Understood.UNSURE if asked.topic:
            return show(Say(_unsure(scene, (asked.topic, *asked.alternatives))))
        case Understood.SMALLTALK:
            hello = say("kit/smalltalk", city=city(stay))
            return show(Say(screen(hello, rows=(*resume_rows(scene), ALL_TOPICS))))
        case _:
            keep = (KeepKitQuestion(stay.kit, scene.language, question),) if may_be_kept(scene, question) else ()
            return show(Say(_unknown(scene, say("kit/declined"))), effects=keep)


def _unsure(scene: Scene, topics: tuple[str, ...]) -> Screen:
    rows = tuple((_topic_button(topic),) for topic in topics[:4])
    return screen(say("kit/unsure"), rows=(*rows, (button("kit/none_button", "kit:none"),), *resume_rows(scene)))


def _unknown(scene: Scene, why: Text) -> Screen:
    return screen(why, say("kit/who_knows"), rows=(*resume_rows(scene), ASK_A_PERSON, ALL_TOPICS))


# --- topics and themes ----------------------------------------------------------------------------


def _tap(scene: Scene, stay: Stay, data: str) -> Outcome:
    action, _, name = data.removeprefix("kit:").partition(":")
    if action == "t" and name in scene.content.topics:
        return show(Replace(_topic(scene, stay, name)))
    if action == "all" and name in scene.content.topics:
        return show(Replace(_topic(scene, stay, name, whole=True)))
    if action == "new" and name in scene.content.topics:
        return show(Say(_topic(scene, stay, name)))
    if action == "th" and name in THEMES:
        return show(Replace(_theme(scene, name)))
    match action:
        case "none":
            return show(Replace(_unknown(scene, say("kit/none"))))
        case "home":
            return show(Replace(_home(scene, stay)))
        case "cards":
            return show(Replace(show_this.cards(scene, stay, ALL_TOPICS)))
        case "card" if (card := show_this.card(scene, stay, name, ALL_TOPICS)) is not None:
            return show(Replace(card))
        case "say":
            return show(Replace(show_this.phrases(scene, stay, ALL_TOPICS)))
        case "pdf" if stay.host_country:
            return show(Toast(say("kit/pdf_coming")), Say(_booklet(scene, stay)))
        case _:
            return show(Toast(say("kit/gone")), Replace(_home(scene, stay)))


def _booklet(scene: Scene, stay: Stay) -> Screen:
    """The whole kit as a document; it is drawn when it is sent."""
    where = stay.kit or (stay.host_country or "").lower()
    drawing = Drawing("kit", {"kit": stay.kit or "", "country": stay.host_country, "home": stay.home_country or ""})
    file = Attachment("document", name=f"{where}-{scene.language}.pdf", drawing=drawing)
    return Screen((say("kit/pdf", city=city(stay)),), attachment=file)


def _home(scene: Scene, stay: Stay) -> Screen:
    first = tuple((_topic_button(topic),) for topic in EMERGENCY if topic in scene.content.topics)
    pairs = in_rows([Button(label, f"kit:th:{theme}") for theme, label in THEMES.items()], 2)
    body = [say("kit/home", city=city(stay)), say("kit/ask_me")]
    if stay.kit is None:
        body.append(say("kit/country_only", country=Country(stay.host_country or "")))
    close = ((near.BUTTON,),) if near.offered(scene) else ()
    helping = show_this.offered(scene, stay)
    keep = ((button("kit/pdf_button", "kit:pdf"),),) if stay.host_country else ()
    return Screen(
        tuple(body), (*first, *close, *helping, *pairs, *keep, (button("steps/menu_button", "menu:home"),))
    )  # fmt: skip


def _theme(scene: Scene, theme: str) -> Screen:
    topics = [name for name, topic in scene.content.topics.items() if topic.theme == theme]
    rows: Rows = tuple((_topic_button(topic),) for topic in topics)
    return screen(say("kit/theme", theme=THEMES[theme]), rows=(*rows, HOME_AND_HELP))


def _topic(scene: Scene, stay: Stay, topic: str, beside: tuple[str, ...] = (), *, whole: bool = False) -> Screen:
    """The answer to a topic. In plain mode its first paragraphs, and the rest a tap away; never where safety or health
    is at stake."""
    here = country_now(scene)
    home, today = stay.home_country or "", local_date(scene.now, stay.zone)
    texts = topic_texts(scene.content, topic, stay.kit, stay.host_country or "", home, here, today)
    if here != stay.host_country and any(part.numbers for part in scene.content.topics[topic].answer):
        texts = (*texts, *_elsewhere(scene, stay, topic, here or ""))
    person = (ASK_A_PERSON,) if says_who_knows(texts) else ()
    short = scene.plain and not whole and scene.content.topics[topic].theme not in NEVER_SHORTENED
    rest = ((button("kit/rest_button", f"kit:all:{topic}"),),) if short and len(texts) > AT_ONCE else ()
    texts = texts[:AT_ONCE] if rest else texts
    beside = (beside or nearest_topics(scene.content, topic))[:NEIGHBOURS]
    neighbours = tuple((_topic_button(name),) for name in beside)
    close = ((near.BUTTON,),) if topic in PLACES and near.offered(scene) else ()
    last = ALL_TOPICS if topic == EMERGENCY[0] else HOME_AND_HELP
    return Screen((say("kit/topic", topic=_title(topic)), *texts), (*rest, *close, *neighbours, *person, last))


def _elsewhere(scene: Scene, stay: Stay, topic: str, here: str) -> tuple[Text, ...]:
    """Whose numbers these are when the stay is not now, and before it those of the stay to save ahead."""
    whose = say("kit/numbers_here", country=Country(here))
    if topic != EMERGENCY[0] or stay.stage != "before" or not stay.host_country:
        return (whose,)
    there = emergency_numbers_in(scene.content, stay.host_country)
    lines = Listing(tuple(say(f"kit_answer/numbers/{n.what}", number=n.number) for n in there))
    return (whose, say("kit/numbers_there", country=Country(stay.host_country), numbers=lines)) if there else (whose,)


def _topic_button(topic: str) -> Button:
    return Button(_title(topic), f"kit:t:{topic}")


def _title(topic: str) -> Text:
    return Text(f"topics/{topic}/title")
