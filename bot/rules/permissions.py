"""The one permission mechanism: role × action × scope, default no.

`RULES` says how far a role reaches with an action; the grant says where the person holds that role; the subject says
what is touched. A person with several roles may do what any one of them allows. What is not in the table is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from bot.errors import NotAllowed


class Role(StrEnum):
    """What somebody is to a stay, a cohort or an organisation."""

    LEARNER = "learner"
    REFERENT = "referent"
    BACKUP = "backup"
    COORDINATOR = "coordinator"
    LOCAL_CONTACT = "local_contact"
    ACCOMPANYING = "accompanying"
    SAFEGUARDING = "safeguarding"
    HOST_TUTOR = "host_tutor"
    FAMILY = "family"
    STAFF = "staff"
    OPERATOR = "operator"


class Action(StrEnum):
    """What can be done to, or seen of, somebody or something."""

    SEE_LEARNER = "see_learner"
    SEE_ALERT = "see_alert"
    ACKNOWLEDGE_ALERT = "acknowledge_alert"
    RESOLVE_ALERT = "resolve_alert"
    WRITE_TO_LEARNER = "write_to_learner"
    WRITE_TO_REFERENT = "write_to_referent"
    SEE_PROGRESS = "see_progress"
    SEE_CONTACT_DETAILS = "see_contact_details"
    SEE_JOURNAL = "see_journal"
    RECORD_CONSENT = "record_consent"
    GIVE_GUARDIAN_CONSENT = "give_guardian_consent"
    INVITE = "invite"
    CHANGE_PLACEMENT = "change_placement"
    EXPORT_PERSON = "export_person"
    ERASE_PERSON = "erase_person"
    SEND_COHORT_MESSAGE = "send_cohort_message"
    SEE_COHORT = "see_cohort"
    CALL_ROLL = "call_roll"
    SEE_DISCLOSURE = "see_disclosure"
    TAKE_CASE = "take_case"
    CLOSE_CASE = "close_case"
    CONFIDE = "confide"
    ANSWER_CHECK_IN = "answer_check_in"
    RECORD_CALL = "record_call"
    ASK_PAUSE = "ask_pause"
    DECIDE_PAUSE = "decide_pause"
    RAISE_SOS = "raise_sos"
    RUN_STEP = "run_step"
    SEE_OUTCOMES = "see_outcomes"
    ASSESS_OUTCOMES = "assess_outcomes"
    VALIDATE_OUTCOMES = "validate_outcomes"
    CONFIRM_HOST = "confirm_host"
    SEE_QUESTION = "see_question"
    DECIDE_QUESTION = "decide_question"
    VET_AMBASSADOR = "vet_ambassador"


class Reach(IntEnum):
    """How far a role reaches with an action. A wider reach counts only as far as the grant's own scope goes."""

    NONE = 0
    SELF = 1
    ASSIGNED = 2
    COHORT = 3
    PROJECT = 4
    ORGANISATION = 5
    EVERYTHING = 6


@dataclass(frozen=True)
class Grant:
    """One role somebody holds. Scope fields that are set must all match; none set reaches nothing by scope.

    `placement_ids`: the stays this membership was assigned to (a tutor's learners, a family's child).
    """

    role: Role
    membership_id: int | None = None
    organisation_id: int | None = None
    project_id: int | None = None
    cohort_id: int | None = None
    placement_ids: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Actor:
    """Somebody who wants to do something; `person_id` is None for the command line."""

    person_id: int | None
    grants: tuple[Grant, ...] = ()


@dataclass(frozen=True)
class Subject:
    """Whom or what it is done to; fields that do not apply stay empty (a cohort has no person).

    Fill in every scope field that is known: one that a grant names and the subject leaves out does not match.

    `responsible`: membership ids of referent, backup, local contact and who stands in for them. `family`: membership
    ids. `alerted`: membership ids this very alert was sent to. `hidden_from`: person ids who see nothing of it,
    whatever their role (a disclosure that names them). `confided`: an alert for those alone whom the learner chose, so
    that no other role reaches it. `confidants`: membership ids who were told of this very case.
    """

    person_id: int | None = None
    placement_id: int | None = None
    cohort_id: int | None = None
    project_id: int | None = None
    organisation_id: int | None = None
    responsible: frozenset[int] = frozenset()
    family: frozenset[int] = frozenset()
    alerted: frozenset[int] = frozenset()
    hidden_from: frozenset[int] = frozenset()
    confided: bool = False
    confidants: frozenset[int] = frozenset()


OPERATOR = Actor(None, (Grant(Role.OPERATOR),))

# Everybody's right to what is their own, whatever else the role may do.
OWN = frozenset(
    {
        Action.SEE_PROGRESS,
        Action.SEE_CONTACT_DETAILS,
        Action.SEE_JOURNAL,
        Action.RECORD_CONSENT,
        Action.EXPORT_PERSON,
        Action.ERASE_PERSON,
        Action.RUN_STEP,
        Action.SEE_OUTCOMES,
    }
)
# What somebody needs who was put on an alert about a learner otherwise not theirs (duty, substitute, safeguarding).
ON_ALERT = frozenset(
    {
        Action.SEE_ALERT,
        Action.ACKNOWLEDGE_ALERT,
        Action.RESOLVE_ALERT,
        Action.SEE_LEARNER,
        Action.SEE_CONTACT_DETAILS,
        Action.WRITE_TO_LEARNER,
        Action.RECORD_CALL,
    }
)
# A case belongs to those who were told of it, and to who looks after safeguarding there.
ON_CASE = frozenset({Action.SEE_DISCLOSURE, Action.TAKE_CASE, Action.CLOSE_CASE})
_QUIETING = (
    frozenset({Action.ACKNOWLEDGE_ALERT, Action.RESOLVE_ALERT, Action.DECIDE_PAUSE, Action.RECORD_CALL}) | ON_CASE
)
_JUDGING = frozenset({Action.ASSESS_OUTCOMES, Action.VALIDATE_OUTCOMES, Action.DECIDE_QUESTION, Action.VET_AMBASSADOR})
_ALERT_ACTIONS = (Action.SEE_ALERT, Action.ACKNOWLEDGE_ALERT, Action.RESOLVE_ALERT)
_CARE = (
    *_ALERT_ACTIONS,
    Action.SEE_LEARNER,
    Action.SEE_CONTACT_DETAILS,
    Action.WRITE_TO_LEARNER,
    Action.RECORD_CALL,
)
_TEACHER = (Action.SEE_OUTCOMES, Action.VALIDATE_OUTCOMES)  # once the learner has agreed
_REFERENT = (*_CARE, *_TEACHER, Action.SEE_PROGRESS, Action.DECIDE_PAUSE)
_DESK = (
    *_CARE,
    Action.SEE_PROGRESS,
    Action.RECORD_CONSENT,
    Action.GIVE_GUARDIAN_CONSENT,
    Action.INVITE,
    Action.CHANGE_PLACEMENT,
    Action.EXPORT_PERSON,
    Action.ERASE_PERSON,
    Action.SEND_COHORT_MESSAGE,
    Action.SEE_COHORT,
    Action.CALL_ROLL,
    Action.DECIDE_PAUSE,
    Action.CONFIRM_HOST,
    Action.SEE_QUESTION,
    Action.DECIDE_QUESTION,
    Action.VET_AMBASSADOR,
)
_TRAVELLER = (
    Action.SEE_LEARNER,
    Action.SEE_ALERT,
    Action.WRITE_TO_REFERENT,
    Action.ANSWER_CHECK_IN,
    Action.ASK_PAUSE,
    Action.RAISE_SOS,
    Action.CONFIDE,
)


def _row(reach: Reach = Reach.NONE, actions: tuple[Action, ...] = ()) -> dict[Action, Reach]:
    return {**dict.fromkeys(OWN, Reach.SELF), **dict.fromkeys(actions, reach)}


_ROWS: Mapping[Role, Mapping[Action, Reach]] = {
    Role.LEARNER: _row(Reach.SELF, _TRAVELLER),
    Role.STAFF: _row(Reach.SELF, _TRAVELLER),
    Role.REFERENT: _row(Reach.ASSIGNED, _REFERENT),
    # The same rights as the referent, or a night when the referent is away would be a hole.
    Role.BACKUP: _row(Reach.ASSIGNED, _REFERENT),
    Role.LOCAL_CONTACT: _row(Reach.ASSIGNED, _CARE),
    Role.ACCOMPANYING: _row(Reach.COHORT, (*_CARE, Action.SEE_COHORT, Action.CALL_ROLL)),
    # Where nobody looks after safeguarding, coordinators are told of a case: of that one, not of all.
    Role.COORDINATOR: _row(Reach.ORGANISATION, (*_DESK, *_TEACHER)) | dict.fromkeys(ON_CASE, Reach.ASSIGNED),
    Role.SAFEGUARDING: _row(Reach.ASSIGNED, _CARE) | dict.fromkeys((*ON_CASE, Action.SEE_QUESTION), Reach.ORGANISATION),
    Role.HOST_TUTOR: _row(Reach.ASSIGNED, (Action.SEE_LEARNER, Action.ASSESS_OUTCOMES)),
    Role.FAMILY: _row(Reach.ASSIGNED, (Action.SEE_LEARNER, Action.GIVE_GUARDIAN_CONSENT)),
    # The command line is no person: it has no journal, answers no check-in and takes no steps.
    Role.OPERATOR: dict.fromkeys((*_DESK, Action.SEE_OUTCOMES, Action.ASSESS_OUTCOMES), Reach.EVERYTHING),
}
RULES: Mapping[tuple[Role, Action], Reach] = {
    (role, action): reach for role, row in _ROWS.items() for action, reach in row.items()
}


def may(actor: Actor, action: Action, subject: Subject) -> bool:
    """Whether the actor may do that to the subject: by any one of their grants, otherwise no."""
    if actor.person_id is not None and actor.person_id in subject.hidden_from:
        return False
    return any(_reaches(actor, grant, action, subject) for grant in actor.grants)


def reaches_others(actor: Actor, action: Action) -> bool:
    """Whether there may be anybody but themselves to whom the actor may do that; `may` decides each case."""
    return any(RULES.get((grant.role, action), Reach.NONE) > Reach.SELF for grant in actor.grants)


def require(actor: Actor, action: Action, subject: Subject) -> None:
    """NotAllowed unless the actor may. The message names no person: it may be shown to whoever tried."""
    if not may(actor, action, subject):
        what = action.value.replace("_", " ")
        raise NotAllowed(f"You are not allowed to do this here ({what}): ask your coordinator.")


def _reaches(actor: Actor, grant: Grant, action: Action, subject: Subject) -> bool:
    reach = RULES.get((grant.role, action), Reach.NONE)
    oneself = actor.person_id is not None and actor.person_id == subject.person_id
    # Nobody quiets the alert or the check-ins about themselves, nor judges their own work: that takes a person who has
    # looked.
    if reach is Reach.NONE or (oneself and action in _QUIETING | _JUDGING):
        return False
    if reach is Reach.EVERYTHING:
        return True
    if oneself and (reach is Reach.SELF or action in OWN):
        return True
    if reach is Reach.SELF:
        return False
    if subject.confided:
        return action in ON_ALERT and grant.membership_id in subject.alerted
    # Being on the ladder of a learner elsewhere gives a coordinator what the ladder needs, not the desk's rights.
    by_assignment = reach is Reach.ASSIGNED or action in ON_ALERT
    return (by_assignment and _assigned(grant, action, subject)) or _in_scope(grant, reach, subject)


def _assigned(grant: Grant, action: Action, subject: Subject) -> bool:
    if subject.placement_id is not None and subject.placement_id in grant.placement_ids:
        return True
    if grant.membership_id is None:
        return False
    if action in ON_CASE:
        return grant.membership_id in subject.confidants
    if action in ON_ALERT and grant.membership_id in subject.alerted:
        return True
    # A family is responsible in life, but not on the ladder: each list counts only for the roles it is made of.
    people = subject.family if grant.role is Role.FAMILY else subject.responsible
    return grant.membership_id in people


def _in_scope(grant: Grant, reach: Reach, subject: Subject) -> bool:
    scopes = (
        (Reach.COHORT, grant.cohort_id, subject.cohort_id),
        (Reach.PROJECT, grant.project_id, subject.project_id),
        (Reach.ORGANISATION, grant.organisation_id, subject.organisation_id),
    )
    held = [(own, other) for _, own, other in scopes if own is not None]
    anchored = any(own is not None and level <= reach for level, own, _ in scopes)
    return anchored and all(own == other for own, other in held)
