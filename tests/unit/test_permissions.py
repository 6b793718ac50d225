"""The whole matrix role × action × whose it is, as it was agreed (docs/roles.md); then the single rules behind it."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.errors import NotAllowed
from bot.rules.permissions import (
    ON_ALERT,
    ON_CASE,
    OPERATOR,
    OWN,
    RULES,
    Action,
    Actor,
    Grant,
    Reach,
    Role,
    Subject,
    may,
    require,
)

ME, LEARNER = 1, 2
MINE = 11  # the membership under test

# Who may do it to: s = oneself, a = a learner assigned to them, c = one of their cohort, p = project, o = organisation,
# x = a stranger elsewhere. A dot: refused. Oneself and the assigned learner sit elsewhere, so that scope plays no part.
# Roles by their first six letters.
COLUMNS = "sacpox"
ROLES = (Path(__file__).parents[2] / "docs" / "roles.md").read_text(encoding="utf-8")
AGREED = ROLES.partition("```text\n")[2].partition("```")[0]
# Scope of the role under test: where its people usually sit. Grants are fixed to organisation 1, project 2, cohort 3.
GRANTS = {
    Role.COORDINATOR: Grant(Role.COORDINATOR, MINE, organisation_id=1),
    Role.SAFEGUARDING: Grant(Role.SAFEGUARDING, MINE, organisation_id=1),
}


def matrix() -> list[tuple[Role, Action, str, bool]]:
    header, *rows = (line.split() for line in AGREED.strip().splitlines())
    roles = [next(role for role in Role if role.startswith(name)) for name in header]
    return [
        (role, Action(action), column, column in cell)
        for action, *cells in rows
        for role, cell in zip(roles, cells, strict=True)
        for column in COLUMNS
    ]


def actor(role: Role) -> Actor:
    in_cohort = Grant(role, MINE, organisation_id=1, project_id=2, cohort_id=3)
    return OPERATOR if role is Role.OPERATOR else Actor(ME, (GRANTS.get(role, in_cohort),))


def subject(column: str, role: Role) -> Subject:
    places = {"c": (1, 2, 3), "p": (1, 2, 9), "o": (1, 9, 9)}
    organisation, project, cohort = places.get(column, (9, 9, 9))
    found = Subject(ME if column == "s" else LEARNER, 77, cohort, project, organisation)
    if column != "a":
        return found
    mine = frozenset({MINE})
    return replace(found, family=mine) if role is Role.FAMILY else replace(found, responsible=mine)


def test_the_matrix_is_complete() -> None:
    assert {(role, action) for role, action, _, _ in matrix()} == {(r, a) for r in Role for a in Action}


@pytest.mark.parametrize("role", list(Role))
def test_a_role_may_do_what_was_agreed_and_nothing_else(role: Role) -> None:
    cells = [(action, column, allowed) for r, action, column, allowed in matrix() if r is role]
    wrong = [
        f"{action} {column}: expected {allowed}"
        for action, column, allowed in cells
        if may(actor(role), action, subject(column, role)) is not allowed
    ]
    assert wrong == []


@pytest.mark.parametrize("action", list(Action))
def test_nobody_without_a_role_may_do_anything(action: Action) -> None:
    assert not may(Actor(ME), action, Subject(ME, 77, 3, 2, 1, responsible=frozenset({MINE})))


@pytest.mark.parametrize("action", list(Action))
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.OPERATOR])
def test_a_grant_without_scope_reaches_no_stranger(role: Role, action: Action) -> None:
    assert not may(Actor(ME, (Grant(role, MINE),)), action, Subject(LEARNER, 77, 3, 2, 1))


@pytest.mark.parametrize("action", list(Action))
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.OPERATOR])
def test_an_empty_subject_matches_nobody(role: Role, action: Action) -> None:
    assert not may(Actor(None, (Grant(role),)), action, Subject())
    assert not may(actor(role), action, Subject())


def test_backup_and_referent_have_the_same_rights() -> None:
    rights = [{a: RULES.get((role, a), Reach.NONE) for a in Action} for role in (Role.REFERENT, Role.BACKUP)]
    assert rights[0] == rights[1]


def test_a_journal_is_seen_by_nobody_else() -> None:
    reaches = {RULES.get((role, Action.SEE_JOURNAL), Reach.NONE) for role in Role}
    assert reaches == {Reach.SELF, Reach.NONE}


def test_a_learner_cannot_act_as_referent_even_when_listed_as_responsible() -> None:
    other = Subject(LEARNER, 77, 3, 2, 1, responsible=frozenset({MINE}))
    assert not any(may(actor(Role.LEARNER), action, other) for action in Action)


def test_a_learner_cannot_give_guardian_consent_for_themselves() -> None:
    assert not may(actor(Role.LEARNER), Action.GIVE_GUARDIAN_CONSENT, subject("s", Role.LEARNER))


def test_family_on_the_list_of_responsible_people_gains_nothing() -> None:
    other = Subject(LEARNER, 77, 3, 2, 1, responsible=frozenset({MINE}))
    assert not may(actor(Role.FAMILY), Action.GIVE_GUARDIAN_CONSENT, other)


def test_a_referent_on_the_family_list_gains_nothing() -> None:
    other = Subject(LEARNER, 77, 3, 2, 1, family=frozenset({MINE}))
    assert not may(actor(Role.REFERENT), Action.SEE_LEARNER, other)


def test_an_assigned_placement_is_enough() -> None:
    tutor = Actor(ME, (Grant(Role.HOST_TUTOR, MINE, placement_ids=frozenset({77})),))
    assert may(tutor, Action.SEE_LEARNER, Subject(LEARNER, 77))
    assert not may(tutor, Action.SEE_LEARNER, Subject(LEARNER, 78))


@pytest.mark.parametrize("action", [Action.SEE_ALERT, Action.ACKNOWLEDGE_ALERT, Action.RESOLVE_ALERT])
@pytest.mark.parametrize("role", [Role.REFERENT, Role.BACKUP, Role.LOCAL_CONTACT, Role.SAFEGUARDING])
def test_whoever_got_the_alert_may_take_it(role: Role, action: Action) -> None:
    foreign = Subject(LEARNER, 77, 9, 9, 9, alerted=frozenset({MINE}))
    assert may(actor(role), action, foreign)


def test_having_got_an_alert_opens_nothing_but_what_the_alert_needs() -> None:
    foreign = Subject(LEARNER, 77, 9, 9, 9, alerted=frozenset({MINE}))
    assert {action for action in Action if may(actor(Role.REFERENT), action, foreign)} == ON_ALERT


@pytest.mark.parametrize("role", [Role.HOST_TUTOR, Role.FAMILY, Role.LEARNER])
def test_an_alert_sent_to_the_wrong_role_cannot_be_taken(role: Role) -> None:
    assert not may(actor(role), Action.ACKNOWLEDGE_ALERT, Subject(LEARNER, 77, 3, 2, 1, alerted=frozenset({MINE})))


@pytest.mark.parametrize("role", list(Role))
def test_nobody_acknowledges_the_alert_about_themselves(role: Role) -> None:
    about_me = Subject(ME, 77, 3, 2, 1, responsible=frozenset({MINE}), alerted=frozenset({MINE}))
    both = Actor(ME, (Grant(role, MINE), *actor(Role.LEARNER).grants))
    assert not may(both, Action.ACKNOWLEDGE_ALERT, about_me)
    assert not may(both, Action.RESOLVE_ALERT, about_me)


@pytest.mark.parametrize("action", list(Action))
def test_the_person_named_in_a_disclosure_sees_nothing_of_it(action: Action) -> None:
    hidden = Subject(LEARNER, 77, 3, 2, 1, responsible=frozenset({MINE}), hidden_from=frozenset({ME}))
    everything = Actor(ME, tuple(grant for role in Role for grant in actor(role).grants))
    assert not may(everything, action, hidden)


@pytest.mark.parametrize(
    "grant, seen",
    [
        (Grant(Role.COORDINATOR, MINE, cohort_id=3), {"c"}),
        (Grant(Role.COORDINATOR, MINE, project_id=2), {"c", "p"}),
        (Grant(Role.COORDINATOR, MINE, organisation_id=1), {"c", "p", "o"}),
        (Grant(Role.COORDINATOR, MINE, organisation_id=1, project_id=2, cohort_id=3), {"c"}),
        # Every scope field that is set must match.
        (Grant(Role.COORDINATOR, MINE, organisation_id=9, cohort_id=3), set()),
    ],
)
def test_a_coordinator_reaches_as_far_as_the_grant(grant: Grant, seen: set[str]) -> None:
    desk = Actor(ME, (grant,))
    assert {c for c in "cpox" if may(desk, Action.SEE_LEARNER, subject(c, Role.COORDINATOR))} == seen


def test_a_coordinator_on_a_foreign_ladder_gets_no_rights_of_the_desk() -> None:
    foreign = subject("a", Role.COORDINATOR)
    opened = {action for action in Action if may(actor(Role.COORDINATOR), action, foreign)}
    assert opened == ON_ALERT


def test_an_accompanying_person_of_a_whole_project_still_needs_a_cohort() -> None:
    grown = Actor(ME, (Grant(Role.ACCOMPANYING, MINE, project_id=2),))
    assert not may(grown, Action.CALL_ROLL, Subject(cohort_id=3, project_id=2, organisation_id=1))


def test_several_roles_add_up() -> None:
    both = Actor(ME, (*actor(Role.LEARNER).grants, Grant(Role.REFERENT, 12)))
    assert may(both, Action.ANSWER_CHECK_IN, Subject(ME))
    assert may(both, Action.SEE_LEARNER, Subject(LEARNER, responsible=frozenset({12})))


def test_everybody_has_the_right_to_their_own_data() -> None:
    people = [role for role in Role if role is not Role.OPERATOR]
    assert all(may(actor(role), action, Subject(ME)) for role in people for action in OWN)


def test_the_command_line_reaches_everywhere_but_into_the_journal() -> None:
    assert may(OPERATOR, Action.ERASE_PERSON, Subject(LEARNER))
    assert not may(OPERATOR, Action.SEE_JOURNAL, Subject(LEARNER))


def test_require_says_no_in_one_sentence() -> None:
    require(OPERATOR, Action.SEE_COHORT, Subject(cohort_id=3))
    with pytest.raises(NotAllowed, match=r"^You are not allowed to do this here \(see cohort\)"):
        require(actor(Role.LEARNER), Action.SEE_COHORT, Subject(cohort_id=3))


# --- confided to some, and cases -------------------------------------------------------------------------------------

CONFIDED = Subject(LEARNER, 77, 3, 2, 1, responsible=frozenset({MINE}), alerted=frozenset({12}), confided=True)


@pytest.mark.parametrize("role", [r for r in Role if r is not Role.OPERATOR])
@pytest.mark.parametrize("action", sorted(ON_ALERT))
def test_whoever_was_left_out_of_a_confided_alert_reaches_it_in_no_role(role: Role, action: Action) -> None:
    assert not may(actor(role), action, CONFIDED)


@pytest.mark.parametrize("role", [Role.REFERENT, Role.ACCOMPANYING, Role.COORDINATOR, Role.SAFEGUARDING])
def test_whoever_was_chosen_may_take_and_resolve_it(role: Role) -> None:
    chosen = replace(CONFIDED, alerted=frozenset({MINE}))
    assert all(may(actor(role), action, chosen) for action in (Action.ACKNOWLEDGE_ALERT, Action.RESOLVE_ALERT))


CASE = Subject(LEARNER, 77, 3, 2, 1, responsible=frozenset({MINE}))


@pytest.mark.parametrize("action", sorted(ON_CASE))
@pytest.mark.parametrize("role", [r for r in Role if r is not Role.SAFEGUARDING])
def test_a_case_is_nobodys_but_who_looks_after_safeguarding(role: Role, action: Action) -> None:
    assert not may(actor(role), action, CASE)
    assert may(actor(Role.SAFEGUARDING), action, CASE)


@pytest.mark.parametrize("action", sorted(ON_CASE))
def test_a_coordinator_who_was_told_of_a_case_has_that_one(action: Action) -> None:
    assert may(actor(Role.COORDINATOR), action, replace(CASE, confidants=frozenset({MINE})))
    assert not may(actor(Role.REFERENT), action, replace(CASE, confidants=frozenset({MINE})))


@pytest.mark.parametrize("role", [Role.SAFEGUARDING, Role.COORDINATOR])
@pytest.mark.parametrize("action", sorted(ON_CASE))
def test_the_person_named_and_the_learner_see_nothing_of_a_case_in_any_role(role: Role, action: Action) -> None:
    named = replace(CASE, confidants=frozenset({MINE}), hidden_from=frozenset({ME}))
    assert not may(actor(role), action, named)
    assert not may(actor(role), action, replace(CASE, person_id=ME, confidants=frozenset({MINE})))
