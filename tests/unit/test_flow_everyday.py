"""Menu, kit, progress, help, settings, language, privacy and the message for late joiners."""

from datetime import timedelta

import pytest

from bot.flows import agenda, help, kit, late, menu, privacy, progress, settings
from bot.flows.effects import (
    EraseMe,
    ExportMe,
    GiveConsent,
    KeepKitQuestion,
    OfferConfiding,
    RaiseAlert,
    SetCheckInHour,
    SetLanguage,
)
from bot.flows.kept_questions import may_be_kept
from bot.flows.scene import AlertView, ProgressView, Scene
from bot.flows.vocabulary import Command, Drawing, Outcome, Say, Tap, Voice, Words
from bot.i18n import Text
from tests.support.scenes import NOW, Talk, buttons, library, scene, screens, stay, text_ids, toasts


def tapped(flow: object, now: Scene, data: str) -> Outcome:
    return flow.handle(now, Tap(data, 1))  # type: ignore[attr-defined, no-any-return]


def all_buttons(outcome: Outcome) -> list[str]:
    return [data for shown in screens(outcome) for data in buttons(shown)]


# --- menu -----------------------------------------------------------------------------------------


def test_sos_is_in_the_menu_whatever_else_is_missing() -> None:
    for where in (stay(), stay(consented=False), stay(minor=True), stay(itinerary=None), stay(stage="after")):
        assert "sos:open" in all_buttons(menu.handle(scene(of=where), Command("menu")))


def test_the_menu_counts_the_days() -> None:
    body = screens(menu.handle(scene(), Command("menu")))[0].body
    during = next(text for text in body if text.id == "interface/menu/during")
    assert (during.args["day"], during.args["days"]) == (2, 21)


def test_the_menu_has_the_parked_step_first() -> None:
    now = scene(states={"welcome": "done", "money": "offered", "money-quiz": "open"})
    opens = [data for data in all_buttons(menu.handle(now, Command("menu"))) if data.startswith("step:")]
    assert opens == ["step:money-quiz:open", "step:money:open"]


def test_before_consent_the_menu_says_what_is_missing_and_opens_no_step() -> None:
    outcome = menu.handle(scene(of=stay(consented=False), states={"money": "offered"}), Command("menu"))
    assert "interface/gate/consent" in text_ids(outcome)
    assert {"privacy:consent", "kit:home", "sos:open"} <= set(all_buttons(outcome))
    assert not any(data.startswith("step:") for data in all_buttons(outcome))


def test_a_referent_without_a_stay_sees_learners_and_alerts() -> None:
    now = scene(stays=(), roles=frozenset({"referent"}), script=None, steps=())
    data = all_buttons(menu.handle(now, Command("menu")))
    assert {"learners:open", "alerts:open"} <= set(data)
    assert "sos:open" not in data


def test_somebody_who_is_learner_and_referent_gets_both_halves() -> None:
    alert = AlertView(1, 8, "Tom", "T1", "C", "not_answered", "amber", NOW, "UTC", None, False, None, None)
    now = scene(roles=frozenset({"learner", "referent"}), alerts=(alert,))
    outcome = menu.handle(now, Command("menu"))
    assert {"sos:open", "alerts:open"} <= set(all_buttons(outcome))
    assert "interface/menu/alerts" in text_ids(outcome)


def test_a_stranger_is_told_about_the_invite_link() -> None:
    now = scene(stays=(), roles=frozenset(), person_id=None, script=None, steps=())
    assert text_ids(menu.handle(now, Command("menu"))) == ["interface/help/stranger"]


def test_what_was_missed_can_be_caught_up_from_the_list() -> None:
    now = scene(states={"papers": "missed", "wishes": "missed", "money": "skipped"})
    opens = [data for data in all_buttons(tapped(menu, now, "menu:open")) if data.startswith("step:")]
    assert opens == ["step:papers:open", "step:wishes:open", "step:money:open"]


def test_what_was_offered_long_ago_is_caught_up_and_no_longer_counted_as_due() -> None:
    offered = {"money": "offered", "papers": "offered", "three-hellos": "offered"}
    now = scene(states=offered, now=NOW + timedelta(days=3))
    assert [run.step.id for run in agenda.due(now)] == []
    assert [run.step.id for run in agenda.still_open(now)] == ["papers"]
    assert [run.step.id for run in agenda.catch_up(now)] == ["money", "three-hellos"]


def test_who_is_back_no_longer_owes_what_was_for_the_way_there() -> None:
    back = scene(states={"papers": "missed"}, of=stay(stage="after"))
    assert agenda.still_open(back) == ()
    assert [run.step.id for run in agenda.catch_up(back)] == ["papers"]


def test_the_menu_never_says_that_nothing_waits_while_it_names_what_is_still_owed() -> None:
    owed = menu.handle(scene(states={"papers": "missed"}), Command("menu"))
    assert "interface/menu/still_open" in text_ids(owed)
    assert "interface/menu/nothing_due" not in text_ids(owed)
    assert "interface/menu/nothing_due" in text_ids(menu.handle(scene(states={"money": "done"}), Command("menu")))


def test_made_up_pages_show_the_last_page() -> None:
    assert "step:money:open" in all_buttons(tapped(menu, scene(states={"money": "offered"}), "menu:open:77"))


# --- kit ------------------------------------------------------------------------------------------


def asked(question: str, **more: object) -> Outcome:
    return kit.handle(scene(**more), Words(question))  # type: ignore[arg-type]


def test_an_answer_names_its_topic_and_its_neighbours() -> None:
    outcome = asked("where can i wash my clothes")
    assert screens(outcome)[0].body[0].args == {"topic": Text("topics/laundry/title")}
    near = [data for data in all_buttons(outcome) if data.startswith("kit:t:")]
    assert near.pop() == "kit:t:emergency_numbers"
    assert 1 <= len(near) <= 3


def test_unsure_asks_back_instead_of_guessing() -> None:
    outcome = asked("help with papers")
    assert text_ids(outcome) == ["interface/kit/unsure"]
    assert 2 <= sum(data.startswith("kit:t:") for data in all_buttons(outcome)) <= 4
    assert "kit:none" in all_buttons(outcome)


def test_a_declined_question_goes_to_a_person_and_is_not_kept() -> None:
    outcome = asked("who won the world cup in 1998")
    assert "relay:new" in all_buttons(outcome)
    assert outcome.effects == ()


def test_with_a_yes_a_declined_question_is_kept() -> None:
    outcome = asked("who won the world cup in 1998", kit_questions=True)
    assert outcome.effects == (KeepKitQuestion("seville", "en", "who won the world cup in 1998"),)


@pytest.mark.parametrize("question", ["condoms xyzzy", "is my depression xyzzy", "zzz harassment"])
def test_a_question_near_health_or_harassment_is_never_kept(question: str) -> None:
    assert not may_be_kept(scene(kit_questions=True), question)


def test_small_talk_is_answered_in_kind() -> None:
    assert text_ids(asked("hi")) == ["interface/kit/smalltalk"]


def test_words_of_crisis_bring_help_before_any_answer() -> None:
    outcome = asked("I want to kill myself")
    assert text_ids(outcome)[0] == "interface/care/crisis"
    assert outcome.effects == (RaiseAlert(7, "crisis_words"),)


def test_who_confides_something_chooses_whom_to_tell_and_nobody_is_told_otherwise() -> None:
    outcome = asked("my boss touched me")
    assert outcome.effects == (OfferConfiding(7),)
    assert text_ids(outcome)[0] == "interface/care/believe"


def test_an_idiom_is_asked_about_and_answered() -> None:
    ids = text_ids(asked("I could kill for a pizza"))
    assert ids[0] == "interface/care/are_you_ok"
    assert len(ids) > 1


def test_the_kit_answers_before_consent() -> None:
    assert "interface/kit/topic" in text_ids(asked("where can i wash my clothes", of=stay(consented=False)))


def test_a_town_without_a_kit_is_answered_for_the_country() -> None:
    small = stay(kit=None, host_city="Utrera")
    assert "interface/kit/topic" in text_ids(asked("where is a pharmacy", of=small))
    assert "interface/kit/country_only" in text_ids(kit.handle(scene(of=small), Command("kit")))


def test_browsing_has_emergency_topics_first() -> None:
    assert all_buttons(kit.handle(scene(), Command("kit")))[0] == "kit:t:emergency_numbers"


def test_what_to_dial_is_one_tap_away_from_every_page() -> None:
    pages = ("kit:home", "kit:th:food", "kit:t:laundry", "kit:cards", "kit:say")
    here = [set(all_buttons(tapped(kit, scene(), page))) for page in pages]
    assert all(shown & {"kit:t:emergency_numbers", "kit:home"} for shown in here)
    assert all("kit:t:emergency_numbers" in shown for shown in here[:3])


def test_cards_and_phrases_are_found_by_browsing() -> None:
    here = scene()
    assert {"kit:cards", "kit:say", "kit:pdf"} <= set(all_buttons(tapped(kit, here, "kit:home")))
    cards = [data for data in all_buttons(tapped(kit, here, "kit:cards")) if data.startswith("kit:card:")]
    assert cards[0] == "kit:card:emergency"
    assert {data.removeprefix("kit:card:") for data in cards} == set(library().cards)
    (shown,) = screens(tapped(kit, here, cards[0]))[0].body
    assert "Llame a una ambulancia" in str(shown.args["words"])
    assert "interface/kit_answer/in_language" in text_ids(tapped(kit, here, "kit:say"))


def test_whoever_shares_a_language_with_the_place_is_offered_no_cards() -> None:
    at_home = scene(of=stay(home_country="BE", host_country="FR", kit="lyon", host_city="lyon"))
    assert not {"kit:cards", "kit:say"} & set(all_buttons(tapped(kit, at_home, "kit:home")))
    assert text_ids(tapped(kit, at_home, "kit:cards")) == ["interface/kit/no_cards"]
    assert toasts(tapped(kit, at_home, "kit:card:emergency")) == ["interface/kit/gone"]


def test_the_whole_kit_comes_as_a_document_named_by_place_and_homeland() -> None:
    (shown,) = screens(tapped(kit, scene(), "kit:pdf"))
    assert shown.attachment is not None
    assert shown.attachment.drawing == Drawing("kit", {"kit": "seville", "country": "ES", "home": "FR"})


def test_every_theme_with_topics_can_be_browsed() -> None:
    reached = {
        data.removeprefix("kit:t:")
        for theme in kit.THEMES
        for data in all_buttons(tapped(kit, scene(), f"kit:th:{theme}"))
        if data.startswith("kit:t:")
    }
    assert reached == set(library().topics)


def test_every_topic_has_an_answer_in_every_place() -> None:
    places = (stay(), stay(kit=None, host_country="ME"), stay(kit=None, host_country=None, home_country=None))
    for where in places:
        for topic in library().topics:
            assert len(screens(tapped(kit, scene(of=where), f"kit:t:{topic}"))[0].body) > 1


def test_an_unknown_topic_shows_the_kit_again() -> None:
    outcome = tapped(kit, scene(), "kit:t:../../etc")
    assert toasts(outcome) == ["interface/kit/gone"]


def test_a_question_of_ten_thousand_characters_gets_a_clear_sentence() -> None:
    assert text_ids(kit.handle(scene(), Words("why " * 2_500))) == ["interface/kit/too_long"]


def test_a_voice_note_for_the_kit_gets_a_sensible_answer() -> None:
    assert text_ids(kit.handle(scene(), Voice("v"))) == ["interface/kit/words_please"]


def test_without_a_stay_the_kit_says_so() -> None:
    now = scene(stays=(), script=None, steps=())
    assert text_ids(kit.handle(now, Words("where is the library"))) == ["interface/kit/no_stay"]


# --- progress -------------------------------------------------------------------------------------


def test_progress_shows_bars_but_no_ranking() -> None:
    now = scene(states={"money": "done"}, progress=ProgressView(10, 1, 8, {"stem": 10}))
    bars = next(text for text in screens(progress.handle(now, Command("progress")))[0].body if "bars" in text.id)
    shown = library().catalogues.html(bars, "en", "UTC")
    assert "▰▰▰▰▱▱▱▱ 10  Numbers" in shown
    assert "▱▱▱▱▱▱▱▱ 0  Languages" in shown


def test_progress_before_the_first_step_counts_nothing() -> None:
    assert "interface/progress/start" in text_ids(progress.handle(scene(), Command("progress")))


def test_progress_names_what_comes_next_with_its_time() -> None:
    assert "interface/progress/coming" in text_ids(progress.handle(scene(), Command("progress")))


# --- help, language, settings ---------------------------------------------------------------------


def test_help_fits_the_role() -> None:
    assert "interface/help/learner" in text_ids(help.handle(scene(), Command("help")))
    referent = scene(stays=(), roles=frozenset({"referent"}))
    assert "interface/help/referent" in text_ids(help.handle(referent, Command("help")))


def test_a_language_is_taken_and_an_unknown_one_refused() -> None:
    talk = Talk(scene())
    talk.tap_data("lang:fr")
    assert talk.effects == [SetLanguage("fr")]
    assert toasts(talk.tap_data("lang:xx")) == ["interface/language/unknown"]


def test_the_check_in_hour_is_chosen_by_button() -> None:
    talk = Talk(scene())
    talk.command("/settings")
    talk.tap("Check-in hour")
    talk.tap_data("settings:hour:2130")
    assert talk.effects == [SetCheckInHour(7, "21:30")]


def test_only_hours_on_offer_are_taken() -> None:
    for made_up in ("2200", "1701", "0300", "19:00", "x"):
        outcome = tapped(settings, scene(), f"settings:hour:{made_up}")
        assert outcome.effects == ()


def test_keeping_kit_questions_is_a_choice_of_its_own() -> None:
    talk = Talk(scene())
    talk.command("/settings")
    talk.tap("Kit questions")
    talk.tap("Yes, they may")
    assert talk.effects == [GiveConsent("kit_questions", True)]


# --- privacy --------------------------------------------------------------------------------------


def test_erasing_asks_twice_and_says_what_stays_at_telegram() -> None:
    talk = Talk(scene())
    talk.command("/privacy")
    outcome = talk.tap("Erase my data")
    assert talk.effects == []
    assert "interface/privacy/erase_telegram" in text_ids(outcome)
    talk.tap("Yes, erase it all")
    assert talk.effects == [EraseMe()]


def test_an_export_is_one_tap() -> None:
    assert tapped(privacy, scene(), "privacy:export").effects == (ExportMe(),)


def test_taking_consent_back_says_what_happens_first() -> None:
    talk = Talk(scene(states={"money": "offered"}))
    talk.command("/privacy")
    talk.tap("Take my yes back")
    assert talk.effects == []
    talk.tap("Yes, take it back")
    assert talk.effects == [GiveConsent("data", False, 7)]
    assert "interface/gate/refused" in text_ids(talk.tap_data("step:money:open"))


def test_consent_can_be_given_later() -> None:
    talk = Talk(scene(of=stay(consented=False, refused=True)))
    talk.tap_data("privacy:consent")
    talk.tap("Yes, I agree")
    assert talk.effects == [GiveConsent("data", True, 7)]


def test_a_stranger_cannot_export_or_erase() -> None:
    nobody = scene(stays=(), person_id=None, roles=frozenset())
    for data in ("privacy:erase:yes", "privacy:export", "privacy:withdraw:yes"):
        assert tapped(privacy, nobody, data).effects == ()


# --- late joiners ---------------------------------------------------------------------------------


def test_late_joiners_get_one_message_with_safety_first() -> None:
    journey = library().journey("small")
    summary = late.summary(library(), journey.steps)
    ids = [text.id for text in summary.body]
    assert ids.index("interface/late/first") < ids.index("interface/late/others")
    assert buttons(summary)[0] == "menu:open"


def test_plain_texts_are_nothing_to_catch_up() -> None:
    journey = library().journey("small")
    assert late.summary(library(), journey.steps).body[0].args["n"] == len(journey.steps) - 1


@pytest.mark.parametrize(
    "data", ["menu:home", "kit:home", "settings:home", "privacy:home", "help:open", "journal:home"]
)
def test_taps_replace_their_message(data: str) -> None:
    outcome = Talk(scene()).tap_data(data)
    assert not any(isinstance(part, Say) for part in outcome.shown)
