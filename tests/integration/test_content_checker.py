"""The checker on folders that are broken on purpose: everything at once, each with its place and what to do."""

from pathlib import Path

import pytest

from bot.content.checker import check, review
from bot.content.merge import merge
from tests.support.content import GOOD, JOURNEY, LESSON, translate, translation, write

LANGUAGES = ("en", "fr")  # in which the folders of these tests are complete


@pytest.fixture
def root(tmp_path) -> Path:
    """A complete folder, translated to French."""
    folder = write(tmp_path / "shipped", GOOD)
    merge(folder, ["fr"])
    translate(folder)
    return folder


def faults(root: Path, extra: Path | None = None) -> list[str]:
    return [str(fault).removeprefix(f"{root}/") for fault in check(root, extra, LANGUAGES)]


def retranslated(root: Path) -> list[str]:
    merge(root, ["fr"])
    translate(root)
    return faults(root)


def journey_faults(root: Path, steps: str, nights: str = "{max: 31}") -> list[str]:
    text = f"title: A stay\nroles: [learner]\nnights: {nights}\nsteps:\n{steps}"
    (root / "journeys" / "stay.yaml").write_text(text, "utf-8")
    return faults(root)


def step(step_id: str, when: str, more: str = "") -> str:
    return (
        f"  - {{id: {step_id}, kind: lesson, use: money, stage: during, worth: 2d,\n"
        f"     when: {{{when}}}{', ' + more if more else ''}}}\n"
    )


def test_a_complete_folder_has_no_faults(root):
    assert faults(root) == []


def test_load_faults_and_broken_references_are_among_them(root):
    write(root, {"journeys/stay.yaml": JOURNEY.replace("use: trip", "use: tripp"), "texts/x.yaml": "bodi: x\n"})
    found = faults(root)
    assert "texts/x.yaml:1: unknown key 'bodi' (did you mean 'body'?)" in found
    assert "journeys/stay.yaml:13: there is no reflection 'tripp' (did you mean 'trip'?)" in found


# --- languages --------------------------------------------------------------------------------------


def test_missing_translations_are_one_fault_per_file(root):
    write(root, {"texts/hello.yaml": "title: Hello\nbody: Good morning\n"})
    assert faults(root) == [
        "texts/hello.yaml:1: 2 of its texts are not translated to fr, first texts/hello/title; "
        "run the merge of translations and fill them in locale/fr/texts.po"
    ]


def test_a_fuzzy_translation_is_a_fault_at_its_entry(root):
    translation(root, "lessons/money/title", "L'argent", fuzzy=True)
    (found,) = faults(root)
    assert found.startswith("locale/fr/lessons.po:")
    assert "lessons/money/title is marked fuzzy in fr; translate it again and remove the mark" in found


def test_a_source_changed_without_a_merge_is_a_fault(root):
    write(root, {"lessons/money.yaml": LESSON.replace("Money abroad", "Money on the road")})
    (found,) = faults(root)
    assert "lessons/money/title is out of date in fr; run the merge" in found


def test_a_source_that_is_gone_asks_for_a_merge(root):
    write(root, {"lessons/money.yaml": LESSON.replace('      - {id: cash, text: "Take some <b>cash</b>."}\n', "")})
    (found,) = faults(root)
    assert "translates lessons/money/cards/cash/text, which no longer exists" in found


@pytest.mark.parametrize(
    "wording, said",
    [
        ("Salut !", "lacks {name} of its source"),
        ("Salut {nom} !", "has {nom}, which its source has not"),
        ("Salut {name} {name} !", "has {name}, which its source has not (or not as often)"),
        ("Salut {name !", "has braces that do not match"),
        ("Salut <b>{name} !", "does not close <b>"),
        ("Salut {name} " + "é" * 5000, "more than the 4096 of one message"),
    ],
)
def test_a_translation_that_breaks_its_text_is_a_fault(root, wording, said):
    translation(root, "interface/menu/hello", wording)
    assert any(said in fault and "interface.po:" in fault for fault in faults(root))


def test_a_source_in_another_language_needs_english_instead(root):
    write(root, {"lessons/money.yaml": LESSON.replace("title:", "source_language: fr\n    title:", 1)})
    assert any("not translated to en" in fault for fault in faults(root))


def test_own_content_in_one_language_is_complete_as_it_is(root, tmp_path):
    own = LESSON.replace("title: Money abroad", "source_language: fr\n    title: Notre argent")
    extra = write(tmp_path / "own", {"lessons/money.yaml": own})
    assert faults(root, extra) == []


# --- words ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line, said",
    [
        ('"Hello <b>{name}!"', "does not close <b>; add </b>"),
        ('"Hello {name"', "has braces that do not match"),
        ('"Hello {0}"', "has the placeholder {0}; give it a plain name"),
        ('"Hello {}"', "has the placeholder {}; give it a plain name"),
        ('"{name.first}"', "has the placeholder {name.first}"),
        ('{one: "a day", other: "days"}', "has plural forms but no {n} to choose by"),
        ('"' + "x" * 4097 + '"', "has 4097 characters, more than the 4096"),
    ],
)
def test_a_broken_source_text_is_a_fault_at_its_line(root, line, said):
    write(root, {"interface/menu.yaml": f'days: {{one: "{{n}} day", other: "{{n}} days"}}\nhello: {line}\n'})
    assert any(said in fault and fault.startswith("interface/menu.yaml:2:") for fault in faults(root))


def test_a_quiz_option_is_short_and_plain(root):
    quiz = GOOD["quizzes/know-112.yaml"]
    write(root, {"quizzes/know-112.yaml": quiz.replace('"911"', "x" * 101).replace("text: 112", 'text: "<b>112</b>"')})
    found = faults(root)
    assert any("options/b/text has 101 characters; an option may have 100" in fault for fault in found)
    assert any("options/a/text stands on a button, which shows no markup" in fault for fault in found)


def test_a_long_label_is_a_warning(root):
    quiz = GOOD["quizzes/know-112.yaml"].replace('"911"', "x" * 65)
    write(root, {"quizzes/know-112.yaml": quiz})
    merge(root, ["fr"])
    translate(root)
    found = review(root, languages=LANGUAGES)
    assert found.faults == ()
    assert any("has 65 characters, a button shows 64" in fault.what for fault in found.warnings)


def test_texts_that_are_too_long_together_are_a_fault_in_the_language_where_they_are(root):
    write(root, {"texts/long.yaml": f"title: Hello\nbody: {'a' * 3000}\n"})
    assert not any("characters" in fault for fault in retranslated(root))
    translation(root, "texts/long/body", "b" * 3500)
    (found,) = faults(root)
    assert found.startswith("texts/long.yaml:2: texts/long/body and what stands with it in one message have 3505")
    assert "in fr; with what the chat adds, at most 3296 fit" in found


def test_a_guide_that_shows_what_nobody_wrote_is_a_fault(root):
    chapters = "chapters: [{id: a, title: A, pieces: [{id: p, use: lessons/mony}]}]"
    write(root, {"guides/learner.yaml": f"title: Guide\nintro: Read.\n{chapters}\n"})
    wanted = "guides/learner.yaml:3: there is no 'lessons/mony' to show (did you mean 'lessons/money'?)"
    assert wanted in faults(root)


def test_a_sheet_for_no_size_of_group_is_a_fault(root):
    text = (
        "phase: before\ncompetences: [stem]\ngroup: {min: 9, max: 4}\n"
        "title: T\ngoal: G\nmaterial: M\nshy: S\nonline: O\n"
        "steps: [{id: a, minutes: 1, text: A}, {id: b, minutes: 1, text: B}, {id: c, minutes: 1, text: C}]\n"
        "debrief: [{id: a, text: A}, {id: b, text: B}]\n"
    )
    write(root, {"sheets/one.yaml": text})
    assert any("sheets/one.yaml:3: group: is for nobody: from 9 to 4 people" in fault for fault in faults(root))


def test_an_item_that_no_journey_uses_is_a_warning(root):
    write(root, {"lessons/other.yaml": LESSON})
    assert any("no journey uses this lesson" in fault.what for fault in review(root, languages=LANGUAGES).warnings)


def test_a_placeholder_that_nobody_fills_is_a_fault(root):
    write(root, {"lessons/money.yaml": LESSON.replace("Tell your bank.", "Tell {bank}.")})
    assert any("cards/card/text has {bank}, which nobody fills here" in fault for fault in faults(root))


# --- kits -------------------------------------------------------------------------------------------

KIT = """
    name: Seville
    country: ES
    zone: Europe/Madrid
    latitude: 37.4
    longitude: -6.0
    notes:
      laundri: {text: Ask at the front desk.}
    """

TOPIC = """
    theme: home
    title: Washing clothes
    neighbours: [laundry, prices]
    answer:
      - {id: main, text: "Look for {laundry_word} in {city}."}
    phrases: {en: [laundry]}
    """


def test_kits_and_topics_that_lead_nowhere_are_faults(root):
    write(root, {"kits/seville.yaml": KIT, "topics/laundry.yaml": TOPIC})
    assert [fault for fault in faults(root) if "not translated" not in fault] == [
        "kits/seville.yaml:2: there are no facts on the country 'ES'; write countries/ES.yaml",
        "kits/seville.yaml:7: there is no topic 'laundri' (did you mean 'laundry'?); correct the name",
        "topics/laundry.yaml:3: there is no topic 'prices'; correct or remove it",
        "topics/laundry.yaml:5: part main rests on 'laundry_word', a fact that no country or kit has; "
        "add the fact or change the part",
    ]


# --- journeys ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "conditions, said",
    [
        ("{min_age: 18, max_age: 16}", "is for nobody: min_age 18 is above max_age 16"),
        ("{minors: true, min_age: 18}", "is for nobody: minors are never 18"),
        ("{minors: false, max_age: 17}", "is for nobody: adults are never 17"),
        ("{min_nights: 20, max_nights: 10}", "is for nobody: at least 20 and at most 10 nights"),
        ("{min_nights: 60}", "at least 60 and at most 31 nights, the journey's own limits included"),
        ("{statuses: [pupils]}", "asks for the status 'pupils' (did you mean 'pupil'?)"),
        ("{host_countries: [ZY]}", "asks for the country 'ZY'"),
        (
            "{answers: {tripp: [train]}}",
            "depends on the step 'tripp', which is not in this journey (did you mean 'trip'?)",
        ),
        (
            "{answers: {trip: [trian]}}",
            "waits for the answer 'trian', which trip does not offer (did you mean 'train'?)",
        ),
    ],
)
def test_a_step_that_is_for_nobody_is_a_fault(root, conditions, said):
    steps = step("money", 'anchor: arrival, days: 1, at: "12:30"', f"for: {conditions}") + (
        "  - {id: trip, kind: reflection, use: trip, stage: before, worth: 2d,\n"
        '     when: {anchor: arrival, days: -3, at: "17:30"}}\n'
    )
    found = journey_faults(root, steps)
    assert any(said in fault and fault.startswith("journeys/stay.yaml:") for fault in found), found


def test_a_step_outside_its_stage_in_every_stay_is_a_fault(root):
    found = journey_faults(root, step("money", 'anchor: arrival, days: -3, at: "12:30"'))
    assert found == [
        "journeys/stay.yaml:6: step money never comes: arrival -3 days lies outside the stage 'during' in every stay; "
        "change when or stage"
    ]


def test_a_step_for_longer_stays_than_the_journey_has_never_comes(root):
    found = journey_faults(root, step("money", 'anchor: arrival, days: 40, at: "12:30"'))
    assert any("never comes" in fault for fault in found)


@pytest.mark.parametrize("at", ["22:00", "06:59", "03:00"])
def test_a_step_in_quiet_hours_is_a_fault(root, at):
    found = journey_faults(root, step("money", f'anchor: arrival, days: 1, at: "{at}"'))
    assert any(f"comes at {at}, in quiet hours (22:00–07:00)" in fault for fault in found)


def test_two_prompts_within_the_hour_are_a_fault_of_the_later(root):
    steps = step("one", 'anchor: arrival, days: 1, at: "12:30"') + step("two", 'anchor: arrival, days: 1, at: "13:15"')
    assert journey_faults(root, steps) == [
        "journeys/stay.yaml:8: step two comes 45 minutes from step one on the same day; "
        "leave an hour or choose another day"
    ]


def test_prompts_for_different_people_may_share_an_hour(root):
    minors = step("one", 'anchor: arrival, days: 1, at: "12:30"', "for: {minors: true}")
    adults = step("two", 'anchor: arrival, days: 1, at: "12:30"', "for: {minors: false}")
    assert journey_faults(root, minors + adults) == []


def test_a_day_over_the_message_budget_is_a_fault(root):
    steps = "".join(
        step(name, f'anchor: arrival, days: 9, at: "{hour}"')
        for name, hour in (("one", "09:30"), ("two", "12:30"), ("three", "17:30"))
    )
    found = journey_faults(root, steps)
    assert any("makes 3 messages on one day (one, two, three) where 1 may come" in fault for fault in found)


def test_the_first_week_may_bring_two_a_day(root):
    steps = step("one", 'anchor: arrival, days: 2, at: "12:30"') + step("two", 'anchor: arrival, days: 2, at: "17:30"')
    assert journey_faults(root, steps) == []


def test_a_required_step_that_finds_no_room_is_a_fault(root):
    more = "required: true"
    steps = step("one", 'anchor: return, days: 0, at: "12:30"', more) + step(
        "two", 'anchor: arrival, days: 10, at: "17:30"', more
    )
    found = journey_faults(root, steps, nights="{min: 10, max: 10}")
    assert any("step two finds no room in a stay of 10 nights" in fault for fault in found)


def test_an_optional_step_that_finds_no_room_is_a_warning(root):
    steps = step("one", 'anchor: return, days: 0, at: "12:30"') + step("two", 'anchor: arrival, days: 10, at: "17:30"')
    assert journey_faults(root, steps, nights="{min: 10, max: 10}") == []
    assert any("step two finds no room" in fault.what for fault in review(root, languages=LANGUAGES).warnings)


def test_a_step_that_waits_for_a_later_answer_is_a_fault(root):
    trip = (
        "  - {id: trip, kind: reflection, use: trip, stage: during, worth: 2d,\n"
        '     when: {anchor: arrival, days: 5, at: "12:30"}}\n'
    )
    early = step("money", 'anchor: arrival, days: 2, at: "12:30"', "for: {answers: {trip: [train]}}")
    found = journey_faults(root, early + trip)
    assert any("step money waits for an answer to trip, which comes later" in fault for fault in found), found


def test_a_step_that_waits_for_an_answer_of_others_is_a_fault(root):
    trip = (
        "  - {id: trip, kind: reflection, use: trip, stage: during, worth: 2d, for: {minors: true},\n"
        '     when: {anchor: arrival, days: 2, at: "12:30"}}\n'
    )
    late = step("money", 'anchor: arrival, days: 5, at: "12:30"', "for: {minors: false, answers: {trip: [train]}}")
    found = journey_faults(root, trip + late)
    assert any("it waits for an answer to trip, which is for other learners" in fault for fault in found), found


def test_a_step_whose_id_no_button_can_carry_is_a_fault(root):
    found = journey_faults(root, step("m" * 41, 'anchor: arrival, days: 5, at: "12:30"'))
    assert any("has an id of 41 letters, too long for Telegram's buttons; at most 40" in fault for fault in found)


def test_an_unknown_role_is_a_fault(root):
    write(root, {"journeys/stay.yaml": JOURNEY.replace("[learner]", "[lerner]")})
    assert any("'lerner' is no role (did you mean 'learner'?)" in fault for fault in faults(root))


# --- interface texts in code ------------------------------------------------------------------------

CODE = """
    from bot.i18n import say
    from bot.flows.vocabulary import button

    KEYS = {"a": "menu/from_table"}

    def show(kind, name, far):
        say("menu/hello")
        say("menu/helo", name=name)
        button("menu/go" if far else "menu/stay", "x")
        say(f"menu/kinds/{kind}")
        say("menu/days", n=3)
        say("menu/hello", **{"name": name})
    """

MENU = """
    hello: Hello {name}!
    days: {one: "{n} day left", other: "{n} days left"}
    go: "<b>Go</b>"
    stay: Stay
    from_table: x
    kinds: {quiz: Quiz}
    forgotten: Nobody says this.
    """


def test_code_and_interface_texts_are_checked_against_each_other(tmp_path):
    write(tmp_path, {"bot/flows/menu.py": CODE})
    root = write(tmp_path / "bot" / "content", {**GOOD, "interface/menu.yaml": MENU})
    merge(root, ["fr"])
    translate(root)
    found = [str(fault).removeprefix(f"{tmp_path}/bot/") for fault in check(root, languages=LANGUAGES)]
    assert [fault for fault in found if not fault.startswith("content/locale")] == [
        "content/interface/menu.yaml:3: interface/menu/go stands on a button, which shows no markup; write plain words",
        "content/interface/menu.yaml:7: nothing uses the text 'menu/forgotten'; remove it or use it",
        "flows/menu.py:7: 'menu/hello' is said without a value for name; pass it or change the text",
        "flows/menu.py:8: there is no interface text 'menu/helo' (did you mean 'menu/hello'?)",
    ]


def test_shipped_faults_are_listed_by_file_and_line(root):
    write(root, {"texts/b.yaml": "x: 1\ny: 2\nbody: z\n", "texts/a.yaml": "x: 1\nbody: z\n"})
    places = [fault.split(": ")[0] for fault in faults(root)]
    assert places == ["texts/a.yaml:1", "texts/b.yaml:1", "texts/b.yaml:2"]


def test_retranslating_after_a_merge_makes_a_folder_whole_again(root):
    write(root, {"texts/hello.yaml": "body: Good morning\n"})
    assert retranslated(root) == []
