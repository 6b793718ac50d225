"""A tutor's own company: whose card it is, what a tutor changes, what waits for a coordinator, who comes, papers."""

from __future__ import annotations

import io
import zipfile
from datetime import date, timedelta

import pytest
from sqlalchemy import event

from bot.errors import NotFound
from bot.flows.effects import SendTutorPaper
from bot.flows.vocabulary import Say, Tap
from bot.rules.host_facts import key_of, wrong
from bot.service import erasing, host_desk, host_papers, host_questions, host_scenes, papers, places, privacy
from bot.service.core import Core
from bot.service.places_import import import_hosts
from bot.service.scenes import scene_of
from bot.service.work import Applied, Work
from bot.store.tables import Audit, Consent, Host, Membership, Outbox, Person, Placement
from tests.support.cohort import COORDINATOR, LEARNER, Begin, Small, abroad_cohort, add_learner, add_staff
from tests.support.looking import change, change_stay, march, rows

TUTOR = 21


def bakery(core: Core, small: Small, name: str = "Panadería de Ejemplo", town: str = "Sevilla", **more: object) -> Host:
    """A company on the map."""
    facts = {"country": "ES", "latitude": 37.39, "longitude": -5.99, "trades": ["baker"], "languages": ["es"],
             "agreed_on": date(2026, 1, 5), "agreed_by": "Desk", "changed_at": small.world.now} | more  # fmt: skip
    with core.store.transaction() as session:
        host = Host(name=name, town=town, key=key_of(name, town, "ES"), **facts)
        session.add(host)
    return host


def with_a_tutor(core: Core) -> Small:
    """Lea at a bakery in Seville, her tutor and a coordinator, who have joined."""
    abroad = abroad_cohort(core)
    add_staff(core, abroad, "tilda", "Tilda", "Ejemplo", "host_tutor", "T01")
    add_staff(core, abroad, "chris", "Chris", "Esempio", "coordinator", "C01")
    change_stay(core, abroad, tutor_id=abroad.memberships["tilda"], tutor_name="Tilda Ejemplo", trade="baker")
    for chat_id, name in ((TUTOR, "tilda"), (COORDINATOR, "chris")):
        abroad.world.say(chat_id, f"/start {abroad.tokens[name]}")
        abroad.world.tap(chat_id, "English")
    abroad.world.say(TUTOR, "/menu")
    return abroad


@pytest.fixture
def tutored(begin: Begin) -> Small:
    return begin(with_a_tutor)


@pytest.fixture
def kept(core: Core, tutored: Small) -> Small:
    """The tutor has said which card is theirs."""
    bakery(core, tutored)
    tutored.world.tap(TUTOR, "Our card on the map")
    tutored.world.tap(TUTOR, "Panadería de Ejemplo, Sevilla")
    return tutored


def last(small: Small, chat_id: int = TUTOR) -> str:
    return small.world.phone(chat_id).last.text


def the_host(core: Core) -> Host:
    (found,) = rows(core, Host)
    return found


def public(core: Core, small: Small) -> list[str]:
    with core.store.transaction() as session:
        return [p.name for p in places.public(session, core.content, small.world.now) if p.kind == "host"]


def edit(small: Small, field: str, *what: str) -> None:
    """Open a field of the card, then tap or write."""
    small.world.say(TUTOR, "/menu")
    small.world.tap(TUTOR, "Our card on the map")
    small.world.tap(TUTOR, "Change the card")
    small.world.tap(TUTOR, field)
    for one in what:
        labels = [label for label, _ in small.world.phone(TUTOR).last.buttons]
        (small.world.tap if one in labels else small.world.say)(TUTOR, one)


# --- whose card it is -----------------------------------------------------------------------------


def test_the_company_that_the_school_names_is_the_tutors_at_one_tap_however_its_town_is_written(
    core: Core, kept: Small
) -> None:
    assert "Host company in Seville, Spain" in last(kept)
    assert "Desk agreed on" in last(kept)
    assert rows(core, Membership, Membership.role == "host_tutor")[0].host_id == the_host(core).id


def test_a_card_with_the_form_of_the_company_in_its_name_is_offered_and_no_second_one_made(
    core: Core, tutored: Small
) -> None:
    bakery(core, tutored, "Panadería Ejemplo S.L.", "Seville")
    tutored.world.tap(TUTOR, "Our card on the map")
    assert "no card of that name" not in last(tutored)
    tutored.world.forge(TUTOR, "host:add")
    tutored.world.tap(TUTOR, "Panadería Ejemplo S.L., Seville")
    assert rows(core, Membership, Membership.role == "host_tutor")[0].host_id == the_host(core).id


def test_a_card_of_another_name_is_theirs_once_a_coordinator_confirms_it(core: Core, tutored: Small) -> None:
    bakery(core, tutored, "Horno Inventado")
    tutored.world.tap(TUTOR, "Our card on the map")
    tutored.world.tap(TUTOR, "🔍 Search by name")
    tutored.world.say(TUTOR, "horno")
    tutored.world.tap(TUTOR, "Horno Inventado, Sevilla")
    assert "A coordinator confirms it" in last(tutored)
    assert rows(core, Membership, Membership.role == "host_tutor")[0].host_id is None
    assert "Tilda Ejemplo" in last(tutored, COORDINATOR)
    tutored.world.tap(COORDINATOR, "Confirm")
    assert "Confirmed: Horno Inventado" in last(tutored, COORDINATOR)
    assert "you keep the card" in last(tutored)


def test_the_same_name_in_another_town_is_not_theirs_without_a_coordinator(core: Core, tutored: Small) -> None:
    bakery(core, tutored, town="Madrid")
    tutored.world.tap(TUTOR, "Our card on the map")
    tutored.world.tap(TUTOR, "Panadería de Ejemplo, Madrid")
    assert "A coordinator confirms it" in last(tutored)
    assert rows(core, Membership, Membership.role == "host_tutor")[0].host_id is None


def test_a_search_finds_no_card_that_is_not_public(core: Core, tutored: Small) -> None:
    bakery(core, tutored, "Horno Callado", agreed_on=None)
    tutored.world.tap(TUTOR, "Our card on the map")
    tutored.world.tap(TUTOR, "🔍 Search by name")
    tutored.world.say(TUTOR, "horno")
    assert "no card of that name" in last(tutored)


def test_a_new_card_is_shown_once_the_tutor_agreed_and_a_coordinator_confirmed(core: Core, tutored: Small) -> None:
    tutored.world.tap(TUTOR, "Our card on the map")
    tutored.world.tap(TUTOR, "Make a card for it")
    assert "has not agreed yet" in last(tutored)
    tutored.world.tap(TUTOR, "Show us on the map")
    tutored.world.tap(TUTOR, "Yes, show us")
    assert "looks at the new card" in last(tutored)
    assert public(core, tutored) == []
    tutored.world.tap(COORDINATOR, "Confirm")
    assert public(core, tutored) == ["Panadería de Ejemplo"]
    assert the_host(core).agreed_by == "Tilda Ejemplo"


def test_a_refused_new_card_is_gone_and_the_tutor_can_begin_again(core: Core, tutored: Small) -> None:
    for label in ("Our card on the map", "Make a card for it", "Show us on the map", "Yes, show us"):
        tutored.world.tap(TUTOR, label)
    tutored.world.tap(COORDINATOR, "Refuse")
    assert rows(core, Host) == []
    tutored.world.tap(TUTOR, "‹ Our card")
    assert "no card of that name yet" in last(tutored)


# --- what a tutor changes -------------------------------------------------------------------------


def test_what_the_company_does_is_the_tutors_to_say_and_shown_at_once(core: Core, kept: Small) -> None:
    edit(kept, "What learners do there", "Bread and cakes, the shop on Saturdays.")
    edit(kept, "Trades", "baker, pastry cook")
    edit(kept, "Size", "10–49")
    edit(kept, "Learners at a time", "3")
    edit(kept, "Languages", "English", "✓ Spanish")
    edit(kept, "Contact", "personnel office")
    host = the_host(core)
    assert (host.tasks, host.trades, host.size) == (
        "Bread and cakes, the shop on Saturdays.", ["baker", "pastry cook"], "10–49"
    )  # fmt: skip
    assert (host.capacity, host.languages, host.contact_role) == (3, ["en"], "personnel office")
    kept.world.say(LEARNER, "/map")
    kept.world.tap(LEARNER, "Panadería de Ejemplo")
    text = kept.world.phone(LEARNER).text()
    assert "Bread and cakes" in text
    assert "personnel office" not in text


@pytest.mark.parametrize(
    "words, reaches",
    [
        ("call 954 12 34 56", True), ("write to @panaderia", True), ("see www.example.org", True), ("a@b.es", True),
        ("panaderia.es", True), ("WhatsApp me", True), ("Bread, 7 days a week, since 1998.", False),
        ("CNC 5-axis, 3D printing, R&D", False), ("954–12–34–56", True), ("Call nine five four one two", True),
        ("954, 12, 34, 56", True), ("9·5·4·1·2·3·4·5·6", True), ("954*123*456", True), ("9️⃣5️⃣4️⃣1️⃣2️⃣3️⃣", True),
        ("954\u200b12\u200b34\u200b56", True), ("+34 9O4 I2 34", True), ("pana(at)gmail(dot)com", True),
        ("panaderia.shop", True), ("panaderia.ch", True), ("panaderia.at", True), ("tg x", True), ("skype: x", True),
        ("discord x", True), ("IG: panaderia, panaderia arroba gmail punto es", True),
        ("Open 6.30-14.30, 16-20", False), ("1998 2004 2010", False), ("We have a number of machines", False),
    ],
)  # fmt: skip
def test_a_way_past_the_coordinators_is_noticed(words: str, reaches: bool) -> None:
    assert (wrong(words) in ("number", "reaches")) is reaches


def test_words_with_a_telephone_number_are_not_put_on_the_card(core: Core, kept: Small) -> None:
    edit(kept, "What learners do there", "Bread. Call 954 12 34 56 and ask.")
    assert "could be read as a telephone number" in last(kept)
    kept.world.say(TUTOR, "Bread. Ask panaderia@example.org.")
    assert "Please leave out telephone numbers" in last(kept)
    kept.world.say(TUTOR, "Bread.")
    assert the_host(core).tasks == "Bread."


def test_words_written_much_later_or_after_something_else_are_not_for_the_card(core: Core, kept: Small) -> None:
    edit(kept, "About us")
    kept.world.clock.set(kept.world.now + timedelta(minutes=40))
    kept.world.say(TUTOR, "Lea did not come today, where is she?")
    assert "wasn't waiting" in last(kept)
    for other in ("/sos", "/menu"):
        edit(kept, "About us")
        kept.world.say(TUTOR, other)
        kept.world.say(TUTOR, "Lea did not come today, where is she?")
    edit(kept, "About us")
    kept.world.forge(TUTOR, "alert:list")
    kept.world.say(TUTOR, "Lea did not come today, where is she?")
    assert the_host(core).about is None


def test_coordinators_hear_once_a_day_that_a_tutor_changes_what_everybody_reads(core: Core, kept: Small) -> None:
    edit(kept, "About us", "A small bakery.")
    edit(kept, "What learners do there", "Bread.")
    (told,) = (m for m in kept.world.phone(COORDINATOR).messages if "has changed what the card" in m.text)
    assert "About us: – → A small bakery." in told.text
    kept.world.tap(COORDINATOR, "See the card")
    assert "Bread." in last(kept, COORDINATOR)
    kept.world.clock.set(kept.world.now + timedelta(days=1))
    edit(kept, "What learners do there", "Bread and cakes.")
    assert "has changed what the card" in last(kept, COORDINATOR)


def test_many_wishes_of_a_day_are_one_message_and_a_decided_one_makes_room_for_the_next(
    core: Core, kept: Small
) -> None:
    for number in range(4):
        edit(kept, "Name", f"Panadería {number}")
    assert sum("wants to change" in m.text for m in kept.world.phone(COORDINATOR).messages) == 1
    kept.world.tap(COORDINATOR, "Confirm")
    kept.world.tap(COORDINATOR, "Confirm")
    assert the_host(core).name == "Panadería 3"
    edit(kept, "Name", "Panadería Nueva")
    assert "Panadería 3 → Panadería Nueva" in last(kept, COORDINATOR)


def test_a_new_card_that_is_renamed_while_it_waits_can_still_be_confirmed(core: Core, tutored: Small) -> None:
    for label in ("Our card on the map", "Make a card for it", "Show us on the map", "Yes, show us"):
        tutored.world.tap(TUTOR, label)
    edit(tutored, "Name", "Panadería Otra")
    edit(tutored, "About us", "A small bakery.")
    tutored.world.tap(COORDINATOR, "Confirm")
    assert "A small bakery." in last(tutored, COORDINATOR)
    assert public(core, tutored) == []
    tutored.world.tap(COORDINATOR, "Confirm")
    assert public(core, tutored) == ["Panadería Otra"]


def test_more_trades_than_fit_on_a_card_are_not_kept(core: Core, kept: Small) -> None:
    edit(kept, "Trades", ", ".join(f"trade {letter}" for letter in "abcdefghi"))
    assert "up to 8 trades" in last(kept)
    kept.world.say(TUTOR, "baker" * 9)
    assert "up to 8 trades" in last(kept)
    kept.world.say(TUTOR, "baker, pastry cook")
    assert the_host(core).trades == ["baker", "pastry cook"]


def test_another_name_or_address_is_shown_once_a_coordinator_confirms_it(core: Core, kept: Small) -> None:
    edit(kept, "Name", "Panadería Nueva")
    assert "still has to confirm: Name: Panadería Nueva" in last(kept)
    assert public(core, kept) == ["Panadería de Ejemplo"]
    edit(kept, "Address", "Calle Inventada 7")
    (asked,) = (m for m in kept.world.phone(COORDINATOR).messages if "wants to change" in m.text)
    assert "Calle Inventada" not in asked.text
    kept.world.event(COORDINATOR, Tap(asked.buttons[0][1], asked.id))
    assert "changed since you saw it" in kept.world.phone(COORDINATOR).toasts[-1]
    assert "Panadería de Ejemplo → Panadería Nueva" in last(kept, COORDINATOR)
    assert "Calle Inventada 7" in last(kept, COORDINATOR)
    kept.world.tap(COORDINATOR, "Confirm")
    host = the_host(core)
    assert (host.name, host.address, host.exact) == ("Panadería Nueva", "Calle Inventada 7", False)
    assert public(core, kept) == ["Panadería Nueva"]


def test_one_tap_takes_the_company_off_everywhere_at_once_and_another_brings_it_back(core: Core, kept: Small) -> None:
    kept.world.tap(TUTOR, "Take us off the map")
    assert public(core, kept) == []
    kept.world.say(LEARNER, "/map")
    assert "Panadería" not in last(kept, LEARNER)
    kept.world.tap(TUTOR, "Show us on the map")
    kept.world.tap(TUTOR, "Yes, show us")
    assert public(core, kept) == ["Panadería de Ejemplo"]
    assert (the_host(core).agreed_by, the_host(core).agreed_on) == ("Tilda Ejemplo", kept.world.now.date())


def test_what_the_desk_took_off_no_tutor_brings_back(core: Core, kept: Small) -> None:
    change(core, the_host(core), withdrawn_at=kept.world.now)
    kept.world.forge(TUTOR, "host:yes")
    assert "A coordinator took this card off" in last(kept)
    assert public(core, kept) == []


# --- who may --------------------------------------------------------------------------------------


def test_nobody_but_the_tutor_changes_a_card_and_nobody_but_a_coordinator_confirms(core: Core, kept: Small) -> None:
    edit(kept, "Name", "Panadería Nueva")
    (asked,) = (m for m in kept.world.phone(COORDINATOR).messages if "wants to change" in m.text)
    for chat_id in (LEARNER, TUTOR):
        kept.world.forge(chat_id, asked.buttons[0][1])
    kept.world.forge(LEARNER, "host:off")
    kept.world.forge(LEARNER, "host:put:size:1")
    assert (the_host(core).name, the_host(core).withdrawn_at, the_host(core).size) == (
        "Panadería de Ejemplo", None, None
    )  # fmt: skip


def test_a_tutor_who_has_left_keeps_no_card(core: Core, kept: Small) -> None:
    member = rows(core, Membership, Membership.role == "host_tutor")[0]
    change(core, member, ended_at=kept.world.now)
    kept.world.forge(TUTOR, "host:off")
    assert the_host(core).withdrawn_at is None


def test_the_desk_lists_and_decides_what_tutors_wish(core: Core, kept: Small) -> None:
    edit(kept, "Website", "panaderia.example")
    with core.store.transaction() as session:
        (row,) = [host_desk.as_row(one) for one in host_questions.pending(session)]
    assert row["values"] == {"website": [None, "https://panaderia.example"]}
    host_desk.decide(core, row["id"], True, kept.world.now)
    assert the_host(core).website == "https://panaderia.example"
    with pytest.raises(NotFound, match="Nothing waits"):
        host_desk.decide(core, row["id"], True, kept.world.now)


def test_no_list_takes_back_what_the_tutor_said(core: Core, kept: Small) -> None:
    edit(kept, "What learners do there", "Bread.")
    lines = "name;town;country;tasks;size\nPanadería de Ejemplo;Sevilla;ES;Cakes;250+\n"
    report = import_hosts(core, lines.encode(), kept.world.now)
    host = the_host(core)
    assert (report.left, host.tasks, host.size, host.trades) == (["Panadería de Ejemplo"], "Bread.", "250+", ["baker"])


def test_an_erased_tutors_name_is_gone_and_the_companys_yes_stays(core: Core, kept: Small) -> None:
    kept.world.tap(TUTOR, "Take us off the map")
    kept.world.tap(TUTOR, "Show us on the map")
    kept.world.tap(TUTOR, "Yes, show us")
    edit(kept, "Name", "Panadería de Tilda")
    with core.store.transaction() as session:
        copy = privacy.export(session, kept.people["tilda"], kept.world.now)
        assert copy["about_others"]["host"][0]["agreed_by"] == "Tilda Ejemplo"
        erasing.erase(core, session, kept.people["tilda"], kept.world.now, None)
    host = the_host(core)
    assert (host.agreed_by, host.wished, host.agreed_on) == ("–", None, kept.world.now.date())
    assert public(core, kept) == ["Panadería de Ejemplo"]


# --- who comes when -------------------------------------------------------------------------------


def test_a_tutor_sees_who_is_there_who_comes_and_who_was_and_no_more_than_a_tutor_may(
    core: Core, tutored: Small
) -> None:
    for name, code, arrival, back in (
        ("Ana", "L02", date(2026, 4, 1), date(2026, 4, 20)),
        ("Bo", "L03", date(2026, 1, 10), date(2026, 1, 30)),
        ("Cem", "L04", date(2026, 4, 1), date(2026, 4, 20)),
    ):
        add_learner(core, tutored, name.lower(), name, "Geheim", code, tutor_id=tutored.memberships["tilda"],
                    arrival_date=arrival, departure_date=arrival, return_date=back)  # fmt: skip
    agreed(core, tutored, "ana", "bo")
    tutored.world.tap(TUTOR, "Who comes when")
    text = last(tutored)
    assert (
        text.index("Lea</b> · baker · is there now")
        < text.index("Ana")
        < text.index("Bo · no trade entered · was there")
    )
    assert "One more learner has not agreed yet" in text
    for private in ("Cem", "Geheim", "Beispiel", "+33"):
        assert private not in text
    assert [one.person_id for one in rows(core, Audit, Audit.action == "list_read")] != []


def agreed(core: Core, small: Small, *names: str) -> None:
    with core.store.transaction() as session:
        for name in names:
            session.add(Consent(
                person_id=small.people[name], placement_id=None, kind="data", version="1", given=True, given_by="self",
                at=small.world.now,
            ))  # fmt: skip


def test_a_hundred_companies_with_five_learners_each_cost_no_tap_more_statements(core: Core, kept: Small) -> None:
    taps = ("host:home", "host:guests", "host:guests:0", "host:papers", "menu:home")
    before = [statements(core, kept, data) for data in taps]
    crowd(core, kept, 100, 5)
    after = [statements(core, kept, data) for data in taps]
    assert "You receive 6 learners" in kept.world.phone(TUTOR).text()
    assert after == before
    assert max(after) < 25
    # One learner alone is shown with outcomes at once; a list of many costs less than that.
    assert statements(core, kept, "grid:home") < 25


def statements(core: Core, small: Small, data: str) -> int:
    """How many a tap takes; that somebody looked at a list was noted before, which happens once an hour."""
    small.world.forge(TUTOR, data)
    counted = []

    def count(*_: object) -> None:
        counted.append(1)

    event.listen(core.store.engine, "before_cursor_execute", count)
    small.world.forge(TUTOR, data)
    event.remove(core.store.engine, "before_cursor_execute", count)
    return len(counted)


def crowd(core: Core, small: Small, hosts: int, each: int) -> None:
    """So many companies, each with a tutor and learners; the fixture's tutor has five more."""
    now = small.world.now
    with core.store.transaction() as session:
        people = [Person(first_name=f"P{n}", language="en", birth_date=date(2000, 1, 1), created_at=now)
                  for n in range(hosts * (each + 1))]  # fmt: skip
        session.add_all(people)
        session.flush()
        tutors = [Membership(person_id=people[n].id, role="host_tutor", cohort_id=small.cohort_id, created_at=now,
                             works_at=f"Host {n}") for n in range(1, hosts)]  # fmt: skip
        session.add_all(tutors)
        session.flush()
        ids = [small.memberships["tilda"], *(one.id for one in tutors)]
        for n, person in enumerate(people[hosts:]):
            session.add(Placement(
                cohort_id=small.cohort_id, person_id=person.id, code=f"X{n}", home_zone="Europe/Paris",
                host_zone="Europe/Madrid", host_country="ES", host_city="seville", kit="seville",
                host_organisation=f"Host {n % hosts}", tutor_id=ids[n % hosts], arrival_date=date(2026, 3, 1),
                return_date=date(2026, 3, 21), created_at=now,
            ))  # fmt: skip
            session.add(Consent(person_id=person.id, kind="data", version="1", given=True, given_by="self", at=now))
        session.add_all(
            Host(name=f"Host {n}", town="Sevilla", country="ES", key=f"host {n}|sevilla|ES", latitude=37.0 + n / 100,
                 longitude=-5.9, trades=[], languages=[], agreed_on=date(2026, 1, 1), agreed_by="X", changed_at=now)
            for n in range(1, hosts)
        )  # fmt: skip


# --- papers ---------------------------------------------------------------------------------------


def test_papers_come_in_the_tutors_language_and_say_no_more_than_a_tutor_may_know(core: Core, tutored: Small) -> None:
    tutored.world.forge(TUTOR, "lang:fr")
    tutored.world.forge(TUTOR, "host:paper:tutor-role")
    assert "Le voici" in last(tutored)
    assert rows(core, Outbox, Outbox.chat_id == TUTOR)[-1].ref == "private"
    drawn = drawn_papers(core, tutored)
    words = zipfile.ZipFile(io.BytesIO(drawn["tutor-role"])).read("word/document.xml").decode()
    assert "Lea" in words
    assert "Merci d" in words
    assert "+33 6 39 98" not in words
    assert drawn["grid-form"].startswith(b"%PDF")


def drawn_papers(core: Core, small: Small) -> dict[str, bytes]:
    """Each paper about the fixture's learner as it is drawn when it is sent."""
    found = {}
    with core.store.transaction() as session:
        scene = scene_of(core, session, small.people["tilda"], TUTOR, small.world.now)
        scene = host_scenes.load(core, session, scene, Tap("host:paper"))
        for paper in ("tutor-role", "grid-form"):
            work = Work(core, session, scene, small.world.now, Applied())
            host_papers.send(work, SendTutorPaper(paper, small.placements["lea"]))
            (sent,) = work.applied.after
            assert isinstance(sent, Say)
            attachment = sent.screen.attachment
            assert attachment is not None
            assert attachment.drawing is not None
            found[paper] = papers.draw(core, march(9, 9), attachment.drawing, core.content.catalogues, "fr", "UTC")
    return found
