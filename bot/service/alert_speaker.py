"""What the ladder wants said about one alert at one instant becomes messages and lines of the trail."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.clock import next_allowed
from bot.flows import alert_screens as talk, learner_news
from bot.flows.dossier import Dossier
from bot.flows.vocabulary import Kind, Screen
from bot.rules import alert as words, waiting
from bot.rules.alert import Reason
from bot.rules.durations import parse_quiet_hours
from bot.service import second_channel
from bot.service.book import Book
from bot.service.core import Core
from bot.service.dossier import dossier_of
from bot.service.drafts import PLACE, Draft
from bot.store.tables import Alert

log = logging.getLogger(__name__)

NAMED = frozenset({"referent", "backup", "local_contact", "accompanying"})  # by the answer to a call for help
# The learner asked for somebody themselves.
ASKED = frozenset({Reason.ASKED_FOR_HELP.value, Reason.WANTS_TO_TALK.value, Reason.CRISIS_WORDS.value})
# Somebody was looked for: what comes of it shows whether there is anybody.
_LOOKED_FOR = frozenset({words.News.TOLD, words.News.NOBODY_ON_DUTY, words.News.NOBODY_YET})


class Speaker:
    """Says what the ladder wants said about one alert, at one instant."""

    def __init__(self, core: Core, book: Book, row: Alert, said: str | None = None) -> None:
        """`said`: what the learner just answered, if that is what it is about."""
        self.core, self.book, self.row, self.said = core, book, row, said
        self.placement = book.placements[row.placement_id]
        self.skipped: tuple[words.Responder, ...] = ()  # just now
        self.nobody_on_duty = False
        self.became_red = False
        self.handed_over: tuple[str, bool] | None = None  # who looks after it no longer, and whether they had it
        self.mailed_for_all: set[int] = set()  # who had the e-mail about the incident it belongs to
        self.lapsed = False  # the learner has just read that who took it is not waited for
        self._noticed: Dossier | None = None  # what those who were told have just read

    @property
    def now(self) -> datetime:
        return self.book.now

    def carry_out(self, effect: words.Effect) -> None:
        """One effect of the ladder."""
        if isinstance(effect, words.TellOthersTaken | words.AllClear):
            self.row.state = {key: value for key, value in self.row.state.items() if key != "lapsed"}
        match effect:
            case words.Skipped(people):
                self.skipped = second_channel.marked(self.core, self.book, people)
                reasons = {str(p.id): p.why for p in self.skipped}
                self.row.state = {**self.row.state, "skipped": (self.row.state.get("skipped") or {}) | reasons}
                self.note("skipped", people=[[p.id, p.why] for p in self.skipped])
            case words.NobodyOnDuty():
                self.nobody_on_duty = True
            case words.BecameRed():
                self.became_red = True
                self.note("became_red")
            case words.Notify(people, repeat):
                self.notify(people, repeat, exhausted=False)
            case words.Exhausted(people):
                self.note("exhausted")
                self.notify(people, repeat=self.row.exhausted_at != self.now, exhausted=True)
            case words.TellLearner(what, people):
                if what in _LOOKED_FOR:
                    self.remember_reach(people)
                self.tell_learner(what, people)
            case words.ComeBack(by):
                self.note("came_back")
                self.come_back(by)
            case words.Lapsed(by, since):
                self.lapsed = True
                self.row.state = {**self.row.state, "lapsed": [by, since.isoformat() if since else None]}
                self.note("lapsed", membership=by)
            case _:
                self._spread(effect)

    def _spread(self, effect: words.Effect) -> None:
        """What those who were told hear of each other and of the learner."""
        match effect:
            case words.TellOthersTaken(by):
                shown = talk.taken(self.dossier(), self.name(by))
                self.tell(self.told() - {by}, shown)
                self.second(shown, "alert_taken", by, self.name(by))
            case words.AlreadyTaken(to, by):
                self.tell({to}, talk.already_taken(self.dossier(), self.name(by)))
            case words.TellLearnerAnswered():
                self.tell(self.told(), talk.learner_answered(self.dossier(), self.said or "fine"))
            case words.AllClear():
                self.all_clear()
            case words.AskSettled():
                if self.row.reason != Reason.DRILL.value:
                    self.to_person(
                        self.placement.person_id, learner_news.ask_settled(self.dossier()), Kind.SAFETY, None
                    )

    def note(self, what: str, **detail: Any) -> None:
        """A line of the trail."""
        self.book.note(self.row.id, what, **detail)

    def dossier(self) -> Dossier:
        """What is known now."""
        library = self.core.content
        known = dossier_of(self.book, self.row, library, self.nobody_on_duty, self.became_red)
        if self.handed_over is None:
            return known
        return replace(known, handed_over_by=self.handed_over[0], handed_over_taken=self.handed_over[1])

    def in_letters(self) -> Dossier:
        """The same for what follows by e-mail and webhook."""
        return self.dossier()

    def told(self) -> set[int]:
        """Membership ids that the alert was sent to."""
        return {int(m) for m in self.row.state.get("told", ())}

    def name(self, membership_id: int) -> str:
        """First and last name of whoever holds a membership."""
        return self.book.member_name(membership_id)

    def notify(self, people: tuple[int, ...], repeat: bool, exhausted: bool) -> None:
        """The alert itself, to `people`, through every channel."""
        people = tuple(person for person in people if not self.hidden_from(person))
        self._noticed = dossier = self.dossier()
        shown = talk.notice(dossier, repeat=repeat, exhausted=exhausted)
        linked = self.linked(people)
        new = set(linked) - self.told()
        late = new if repeat else set()
        self.row.state = {**self.row.state, "told": sorted(self.told() | set(linked))}
        for person in linked:
            self.book.note_told(self.row.id, person)
        self.tell(set(linked) - late, shown, Kind.ALERT)
        if late:  # who hears of it late, for they were off duty or had no chat, needs all of it
            self.tell(late, talk.notice(dossier, repeat=False, exhausted=exhausted), Kind.ALERT)
        self.show_place(new, dossier)
        before = self.mailed()
        self.elsewhere(dossier, shown, people, repeat, exhausted)
        if self.row.confided and repeat and (more := self.mailed() - before - set(people)):
            # Whoever looks after safeguarding and has no chat: as was promised, and the learner reads it.
            self.tell_learner(words.News.TOLD, tuple(sorted(more)), promised=True)
        if self.row.confided and repeat and self.row.acknowledged_by is None and not self.lapsed:
            self.tell_learner(words.News.NOBODY_YET, people)

    def linked(self, people: Iterable[int]) -> tuple[int, ...]:
        """Those of them who have a chat to write to."""
        return tuple(p for p in people if self.book.chat_of(self.book.member_person(p)) is not None)

    def mailed(self) -> set[int]:
        """Membership ids that it went to by e-mail."""
        return {int(m) for m in self.row.state.get("mailed", ())} | self.mailed_for_all

    def reached(self, people: Iterable[int]) -> tuple[int, ...]:
        """Those of them to whom something really goes: a chat that has not blocked the bot, or an e-mail."""
        mailed = self.mailed()
        return tuple(p for p in people if p in mailed or self.book.writes_to(self.book.member_person(p)))

    def remember_reach(self, people: tuple[int, ...]) -> None:
        """Does the alert reach anybody at all? Where it reaches nobody, the desk must hear it at once."""
        if self.row.reason == Reason.DRILL.value:
            return
        reached, before = bool(self.reached(people)), self.row.state.get("unreached")
        if reached and before:
            self.row.state = {key: value for key, value in self.row.state.items() if key != "unreached"}
            self.note("reached")
        elif not reached and not before:
            self.row.state = {**self.row.state, "unreached": self.now.isoformat()}
            self.note("unreached")
            log.error("Alert %s reaches nobody: see `compagnon doctor`, and call the learner", self.row.id)
            if not people:  # nobody is on the ladder: the webhook has not been told of anything
                self.elsewhere(
                    self.dossier(), talk.notice(self.dossier(), repeat=False, exhausted=True), (), False, True
                )

    def show_place(self, people: Iterable[int], dossier: Dossier) -> None:
        """Where the learner is, where they shared it: the alert names the time, the pin is a message of its own."""
        if not self.row.confided:
            for shown in talk.place(dossier):
                self.tell(people, shown, ref=PLACE)

    def hidden_from(self, membership_id: int) -> bool:
        """Does an open case name them? Then they hear nothing about this learner."""
        hidden = self.book.hidden(self.placement.id)
        return bool(hidden) and self.book.member_person(membership_id) in hidden

    def elsewhere(
        self, dossier: Dossier, shown: Screen, people: tuple[int, ...], repeat: bool, exhausted: bool
    ) -> None:
        """The same through the other channels, where there are any."""
        second_channel.spread(
            self.core, self.book, self.row, dossier, shown,
            people=people, skipped=self.skipped, repeat=repeat, exhausted=exhausted,
        )  # fmt: skip

    def come_back(self, by: int) -> None:
        """To who took it, two hours later."""
        self.tell({by}, talk.still_open(self.dossier()), Kind.ALERT)

    def all_clear(self) -> None:
        """It is over: to all who were told, except who closed it and has just read so."""
        who = self.name(self.row.resolved_by) if self.row.resolved_by else None
        shown = talk.all_clear(self.dossier(), who, self.row.outcome or "other")
        self.tell(self.told() - {self.row.resolved_by}, shown)
        self.second(shown, "alert_resolved", self.row.resolved_by, who)

    def second(self, shown: Screen, event: str, by: int | None, name: str | None) -> None:
        """What follows an alert, through the other channels."""
        if self.core.channels:
            second_channel.follow(
                self.core, self.book, self.row, self.in_letters(), shown, event=event, by=by, name=name
            )

    def tell(
        self, people: Iterable[int | None], shown: Screen, kind: Kind = Kind.SAFETY, ref: str | None = None
    ) -> None:
        """A message to memberships."""
        for membership_id in sorted(m for m in people if m is not None and not self.hidden_from(m)):
            known = ref or self.ref(membership_id)
            self.to_person(self.book.member_person(membership_id), shown, kind, known)

    def ref(self, membership_id: int) -> str:
        """What messages to this person are about."""
        return f"alert:{self.row.id}:{membership_id}"

    def tell_learner(self, what: words.News, people: tuple[int, ...], *, promised: bool = False) -> None:
        """News about their own alert; `promised`: what the answer to their own words said would come."""
        # The answer to their own call named who is told; when it is opened again, that is news.
        asked = self.row.reason in ASKED and not self.row.state.get("reopened")
        asked = asked and not (self.row.confided and self.row.level > 0)  # nobody of whom they chose has answered
        if self.row.reason == Reason.DRILL.value or (
            asked and what is words.News.TOLD and not promised and self._named_before(self._noticed or self.dossier())
        ):
            return
        # Who has answered meanwhile, or took it back, needs no news of who is looked for next.
        if what is not words.News.TAKEN and (
            self.row.state.get("said") in ("fine", "arrived") or self.row.state.get("taken_back")
        ):
            return
        reached, known = self.reached(people), self._noticed or self.dossier()
        if not reached and what in _LOOKED_FOR:
            self._to_learner(learner_news.unreached(known), "unreached", known)
        elif what is words.News.NOBODY_YET:
            self._to_learner(learner_news.nobody_yet(known, still=waiting.is_long(self._turn())), what.value, known)
        else:
            named = reached if what in _LOOKED_FOR else people
            shown = learner_news.news(what, [self.name(p) for p in named], known)
            self.to_person(self.placement.person_id, shown, Kind.SAFETY, f"news:{self.row.id}")

    def _named_before(self, known: Dossier) -> bool:
        """Could the answer to their own call name anybody? Coordinators are among nobody's contacts."""
        return self.row.confided or any(c.linked and not c.blocked and c.role in NAMED for c in known.contacts)

    def _to_learner(self, shown: Screen, what: str, known: Dossier) -> None:
        """That nobody answers or is reached: again and again, less and less often; at night, if it says nothing new,
        without a sound."""
        turn = self._turn()
        since = f":{self._since().isoformat()}" if self._asked() else ""
        key = f"news:{self.row.id}:{self.row.state.get('reopened', 0)}:{what}:{turn}{since}"
        quiet = parse_quiet_hours(self.book.staff.cohorts[self.placement.cohort_id].quiet_hours)
        asleep = not waiting.is_news(turn) and next_allowed(self.now, known.zone, quiet) != self.now
        kind = Kind.RELAY if asleep else Kind.SAFETY
        self.to_person(self.placement.person_id, shown, kind, f"news:{self.row.id}", key)

    def _asked(self) -> bool:
        """Who asked for help hears more than once that nobody answers; who merely missed a check-in does not."""
        return self.row.reason in ASKED and not self.row.confided

    def _since(self) -> datetime:
        """When it was last told for the first time: at a new call, or when it is open again, waiting begins anew."""
        sounded = self.row.state.get("sounded_at")
        return datetime.fromisoformat(sounded) if sounded else self.row.raised_at

    def _turn(self) -> int:
        return waiting.turn(self.now - self._since()) if self._asked() else 0

    def to_person(self, person_id: int, shown: Screen, kind: Kind, ref: str | None, key: str | None = None) -> None:
        """A message to somebody, if they have a chat."""
        chat_id = self.book.chat_of(person_id)
        if chat_id is not None:
            self.book.send(Draft(chat_id, shown, kind, person_id, key=key, ref=ref))
