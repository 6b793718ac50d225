"""Any sequence of updates of any shape from anybody: everybody is answered, the state stays valid, and nobody reaches
what is not theirs. Updates go in as raw JSON through the transport's parser."""

from __future__ import annotations

import os
import string
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings, strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.clock import VirtualClock
from bot.content.loader import Library
from bot.flows import router
from bot.rules.kit_search import KitSearch
from bot.service.core import Core
from bot.transport.client import Telegram
from bot.transport.convert import incoming
from tests.support.cohort import (
    BACKUP,
    GUARDIAN,
    LEARNER,
    REFERENT,
    SECOND_LEARNER,
    Small,
    add_learner,
    add_staff,
    small_cohort,
)
from tests.support.databases import Databases
from tests.support.looking import SEVENTEEN, add_guardian, march
from tests.support.validity import faults, rows_of_people
from tests.support.world import World

MINOR, LOCAL, STRANGER, GROUP = 12, 13, 99, -5
PEOPLE = {
    LEARNER: "lea", SECOND_LEARNER: "ben", MINOR: "mia", REFERENT: "claire", BACKUP: "marco", LOCAL: "ines",
    GUARDIAN: "Paul",
}  # fmt: skip
LEARNERS = (LEARNER, SECOND_LEARNER, MINOR)
SURNAMES = {LEARNER: "Beispiel", SECOND_LEARNER: "Exemplo", MINOR: "Muster"}
DESK = (REFERENT, BACKUP, LOCAL)
CONSENT = {"consent", "placement", "due_step"}  # what a guardian's yes or no changes
# What nobody but the learner changes, whoever looks after them.
PRIVATE = {"step_run", "point", "journal_entry", "mood", "conversation", "due_step"}

chats = st.sampled_from((*PEOPLE, STRANGER))
argument = st.one_of(st.just(""), st.text(max_size=30), st.integers().map(str), st.just("2026-03-05"), st.just("off"))
commands = st.one_of(
    st.builds("/{} {}".format, st.sampled_from([*router.COMMANDS, "start", "map", "etc"]), argument),
    st.builds("/{}@compagnon_demo_bot".format, st.sampled_from([*router.COMMANDS])),
    st.text(string.ascii_letters + "/_@ ", max_size=12).map("/{}".format),
)
SAID = (
    "help", "ok", "non", "19:30", "25:99", "/", "I want to die", "je veux mourir", "mort de rire", "where can I wash?",
    "my boss touches me", "я хочу умереть", "أين المستشفى", "我想回家", "ขอความช่วยเหลือ", "\u202etxet", "e\u0301" * 40,
    "😀" * 300, "a" * 4096, "<b>&amp;</b><script>", "{name} %s {0}", "\n\n\n", " ", "' OR 1=1; --", "\ud83d", "nu\0ll",
)  # fmt: skip
words = st.one_of(st.sampled_from(SAID), st.text(min_size=1, max_size=200), st.text(min_size=3000, max_size=4096))
ids = st.one_of(st.integers(-2, 40), st.sampled_from([2**31, 2**63, 10**30]))
prefixes = st.sampled_from([*router.BUTTONS, "", "x"])
ACTIONS = (
    "ack", "spoke", "open", "write", "resolve", "help", "fine", "talk", "one", "unlink", "really", "to", "yes", "no",
    "child", "agree", "erase", "export", "hour", "tick", "answer", "next", "skip", "share", "cancel", "consent", "all",
    "give", "left", "delayed", "arrived", "mistake", "who", "keep",
)  # fmt: skip
forged = st.one_of(
    st.builds("{}:{}:{}".format, prefixes, st.sampled_from(ACTIONS), ids),
    st.builds("{}:{}:{}:{}".format, prefixes, st.sampled_from(ACTIONS), ids, ids),
    st.builds("{}:{}".format, prefixes, st.sampled_from(ACTIONS)),
    st.builds("{}:{}".format, prefixes, st.text(max_size=20)),
    st.builds("{}{}".format, prefixes, st.sampled_from([":", "::", ":::::", ":\0", ":é"])),
    st.text(max_size=64),
)
FILE = {"file_id": "F", "file_unique_id": "U"}
PLACE = {"latitude": 37.4, "longitude": -5.9}
things = st.sampled_from([
    {"photo": [FILE | {"width": 1, "height": 1}], "caption": "my bus"},
    {"voice": FILE | {"duration": 3}},
    {"document": FILE | {"file_name": "cv\0.pdf"}},
    {"document": FILE},
    {"sticker": FILE | {"type": "regular", "width": 1, "height": 1, "is_animated": False, "is_video": False}},
    {"location": PLACE},
    {"location": PLACE | {"live_period": 60}},
    {"location": {"latitude": -90.0, "longitude": 180.0}},
    {"contact": {"phone_number": "1", "first_name": "X"}},
    {"dice": {"emoji": "🎲", "value": 3}},
    {"poll": {"id": "1", "question": "?", "options": [], "total_voter_count": 0, "is_closed": False,
              "is_anonymous": True, "type": "regular", "allows_multiple_answers": False}},
    {"something_of_next_year": {"deep": [1, {"er": None}]}},
])  # fmt: skip
anything = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=5)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=5,
)


class Chats(RuleBasedStateMachine):
    """People do anything in any order; what must hold is asked after every step."""

    def __init__(self, core: Core, telegram: Telegram) -> None:
        super().__init__()
        self.core, self.telegram = core, telegram
        self.update_id = 10_000
        self.rows: dict[tuple[str, int], str] = {}  # as they were after the last update; empty when that is not known
        self.taken = 0  # the last update that was taken in
        self.small: Small

    @property
    def world(self) -> World:
        return self.small.world

    @initialize()
    def abroad(self) -> None:
        """Three learners, their contact persons and a father, on the second day abroad."""
        self.small = small_cohort(self.core, start=march(2, 11))
        add_learner(self.core, self.small, "ben", "Ben", "Exemplo", "L02")
        add_learner(self.core, self.small, "mia", "Mia", "Muster", "L03", birth_date=SEVENTEEN)
        add_staff(self.core, self.small, "ines", "Inés", "Ejemplo", "local_contact", "R03")
        add_guardian(self.core, self.small, "mia", "Paul", "Muster")
        self.small.join_staff()
        for chat, name in ((LOCAL, "ines"), (GUARDIAN, "Paul"), (MINOR, "mia")):
            self.world.say(chat, f"/start {self.small.tokens[name]}")
            self.world.tap(chat, "English")
        self.small.join("lea", LEARNER)
        self.small.join("ben", SECOND_LEARNER)
        self.world.turn()

    # --- what people do ---

    @rule(chat=chats, text=st.one_of(commands, words), reply=st.integers(0, 60))
    def writes(self, chat: int, text: str, reply: int) -> None:
        answered = {"reply_to_message": _message(chat, reply)} if reply % 5 == 0 else {}
        self._acts(chat, {"message": _message(chat, text=text, **answered)})

    @rule(chat=chats, thing=things)
    def sends(self, chat: int, thing: dict[str, Any]) -> None:
        self._acts(chat, {"message": _message(chat, **thing)})

    @rule(chat=st.sampled_from([*PEOPLE]), which=st.integers(0, 200))
    def taps(self, chat: int, which: int) -> None:
        """A button that is there, the newest most often."""
        buttons = self._buttons(chat)
        if buttons:
            message, data = buttons[-1 - which % len(buttons) if which > 60 else -1 - which % min(8, len(buttons))]
            self._tap(chat, data, message)

    @rule(chat=chats, other=st.sampled_from([*PEOPLE]), which=st.integers(0, 200))
    def taps_what_somebody_else_sees(self, chat: int, other: int, which: int) -> None:
        buttons = self._buttons(other)
        if buttons:
            self._tap(chat, buttons[-1 - which % len(buttons)][1], 1)

    @rule(chat=chats, data=forged, message=st.integers(0, 80))
    def forges(self, chat: int, data: str, message: int) -> None:
        self._tap(chat, data, message)

    @rule(chat=chats, text=words, edited=st.booleans())
    def edits_or_forwards(self, chat: int, text: str, edited: bool) -> None:
        if edited:
            self._acts(chat, {"edited_message": _message(chat, text=text, edit_date=1)})
        else:
            origin = {"type": "hidden_user", "date": 1, "sender_user_name": "X"}
            self._acts(chat, {"message": _message(chat, text=text, forward_origin=origin)})

    @rule(chat=chats)
    def walks_with_a_live_location(self, chat: int) -> None:
        self._acts(
            chat, {"edited_message": _message(chat, location=PLACE | {"live_period": 60}, edit_date=1)}, mute=True
        )

    @rule(chat=st.sampled_from([*PEOPLE]), status=st.sampled_from(["kicked", "member", "left"]))
    def blocks_or_comes_back(self, chat: int, status: str) -> None:
        self.world.phone(chat).blocked = status == "kicked"
        self._acts(chat, {"my_chat_member": _change(chat, "private", status)}, mute=True)

    @rule(chat=chats, kind=st.sampled_from(["group", "supergroup", "channel"]), text=words)
    def takes_it_to_a_group(self, chat: int, kind: str, text: str) -> None:
        self._acts(chat, {"message": _message(chat, where={"id": GROUP, "type": kind, "title": "Class"}, text=text)},
                   mute=True)  # fmt: skip
        assert not any(SURNAMES[one] in self.world.phone(GROUP).text() for one in LEARNERS)

    @rule(chat=chats, field=st.sampled_from(["text", "from", "chat", "photo", "location", "date", "message_id"]),
          value=anything)  # fmt: skip
    def garbles(self, chat: int, field: str, value: Any) -> None:
        """Wrong types: it may be left out, but never half taken in."""
        raw = {"message": {**_message(chat, text="hello"), field: value}}
        before = rows_of_people(self.core)
        try:
            said = incoming(self.telegram.parse(self._numbered(raw)))
        except Exception:  # as the dispatcher does: what cannot be read is left out
            return
        if said is None or not isinstance(said.chat_id, int) or isinstance(said.chat_id, bool):
            return
        self.rows = {}
        try:
            self.world.take(said)
        except Exception:
            assert rows_of_people(self.core) == before

    @rule(minutes=st.sampled_from([1, 10, 61, 130, 400, 1000]))
    def time_passes(self, minutes: int) -> None:
        self.world.wait(minutes=minutes)
        self.rows = {}

    @rule()
    @precondition(lambda self: self.taken)
    def the_same_update_again(self) -> None:
        before = rows_of_people(self.core)
        raw = {"message": _message(LEARNER, text="/sos"), "update_id": self.taken}
        said = incoming(self.telegram.parse(raw))
        assert said is not None
        handled = self.world.take(said)
        assert handled.deliveries == ()
        assert rows_of_people(self.core) == before

    # --- what must hold ---

    @invariant()
    def nothing_is_wrong_in_the_tables(self) -> None:
        assert faults(self.core) == []

    @invariant()
    def nobody_reads_what_is_somebody_elses(self) -> None:
        for one in LEARNERS:
            others = [chat for chat in (*LEARNERS, STRANGER) if chat != one]
            if one != MINOR:
                others.append(GUARDIAN)
            for chat in others:
                shown = [m.text for m in self.world.phone(chat).messages]
                assert not any(SURNAMES[one] in text for text in shown), (chat, one, shown)

    # --- how ---

    def _numbered(self, raw: dict[str, Any]) -> dict[str, Any]:
        self.update_id += 1
        return {"update_id": self.update_id, **raw}

    def _buttons(self, chat: int) -> list[tuple[int, str]]:
        return [(m.id, data) for m in self.world.phone(chat).messages for _, data in m.buttons if "://" not in data]

    def _tap(self, chat: int, data: str, message: int) -> None:
        origin = _message(chat) | {"message_id": message, "from": BOT}
        query = {"id": "1", "from": _user(chat), "chat_instance": "1", "data": data, "message": origin}
        self._acts(chat, {"callback_query": query}, mute=True)

    def _acts(self, chat: int, raw: dict[str, Any], mute: bool = False) -> None:
        """One update: read, taken in, answered; `mute`: need not be answered in the chat."""
        said = incoming(self.telegram.parse(self._numbered(raw)))
        assert said is not None, f"not understood: {raw}"
        before, phone = self.rows or rows_of_people(self.core), self.world.phone(said.chat_id)
        shown = [(m.id, m.text, m.at) for m in phone.messages]
        handled = self.world.take(said)
        self.taken = said.update_id
        after = [(m.id, m.text, m.at) for m in phone.messages]
        assert mute or phone.blocked or handled.toast or after != shown, f"no answer to {raw}"
        self.rows = rows_of_people(self.core)
        self._only_what_is_theirs(chat, before, self.rows, raw)

    def _only_what_is_theirs(
        self, chat: int, before: dict[tuple[str, int], str], after: dict[tuple[str, int], str], raw: dict[str, Any]
    ) -> None:
        mine = self.small.people[PEOPLE[chat]] if chat in PEOPLE else None
        child = self.small.people["mia"]
        for table, who in before.keys() | after.keys():
            if before.get((table, who)) == after.get((table, who)) or who == mine:
                continue
            name = next((name for name, number in self.small.people.items() if number == who), "nobody known")
            allowed = (
                (chat in DESK and table not in PRIVATE)
                or (chat == GUARDIAN and who == child and table in CONSENT)
                or (chat in DESK and table == "conversation" and name in ("claire", "marco", "ines"))
                or (table == "telegram_account" and self._told_while_blocked(who))
            )
            was, is_now = before.get((table, who)), after.get((table, who))
            # Whoever is unlinked as "not them" begins anew on the next phone.
            allowed |= chat in DESK and table == "conversation" and is_now is None
            assert allowed, f"chat {chat} changed {table} of {name} with {raw}:\n{was}\n{is_now}"

    def _told_while_blocked(self, who: int) -> bool:
        """Being written to shows that a chat is blocked."""
        names = {number: name for name, number in self.small.people.items()}
        return any(self.world.phone(chat).blocked for chat, name in PEOPLE.items() if names[who] == name)


BOT = {"id": 100, "is_bot": True, "first_name": "Compagnon", "username": "compagnon_demo_bot"}


def _user(chat: int) -> dict[str, Any]:
    return {"id": chat, "is_bot": False, "first_name": "Some\0body", "language_code": "en"}


def _message(chat: int, number: int = 7, where: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    private = {"id": chat, "type": "private", "first_name": "Somebody"}
    return {"message_id": number, "date": 1_772_000_000, "chat": where or private, "from": _user(chat), **fields}


def _change(chat: int, kind: str, status: str) -> dict[str, Any]:
    new: dict[str, Any] = {"user": BOT, "status": status}
    if status == "kicked":
        new["until_date"] = 0
    return {
        "chat": {"id": chat, "type": kind, "first_name": "X"}, "from": _user(chat), "date": 1,
        "old_chat_member": {"user": BOT, "status": "member"}, "new_chat_member": new,
    }  # fmt: skip


@contextmanager
def _quietly(core: Core) -> Iterator[Telegram]:
    """The transport's parser; it opens no connection."""
    yield Telegram("1:fuzz", "http://127.0.0.1:9", core.content.catalogues, VirtualClock(march(2, 11)))


def fuzz(databases: Databases, kind: str, library: Library, search: KitSearch, folder: Path, **how: Any) -> None:
    """Run the machine on databases of a kind, each example on an empty one."""
    with _quietly(Core(databases.empty(kind), library, search, folder)) as telegram:

        def machine() -> Chats:
            return Chats(Core(databases.empty(kind), library, search, folder), telegram)

        calm = settings(
            deadline=None, database=None, report_multiple_bugs=False, suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink) if how.pop("shrink", True) else (Phase.generate,), **how,
        )  # fmt: skip
        run_state_machine_as_test(machine, settings=calm)


EXAMPLES = {"sqlite": 12, "postgresql": 4}


@pytest.mark.parametrize("kind", EXAMPLES)
def test_whatever_comes_from_whom_in_which_order_leaves_the_state_valid_and_is_answered(
    databases: Databases, kind: str, library: Library, search: KitSearch, tmp_path: Path
) -> None:
    fuzz(databases, kind, library, search, tmp_path, derandomize=True, max_examples=EXAMPLES[kind],
         stateful_step_count=40)  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("kind", EXAMPLES)
def test_whatever_comes_for_longer_and_drawn_anew(
    databases: Databases, kind: str, library: Library, search: KitSearch, tmp_path: Path
) -> None:
    many = int(os.environ.get("EXAMPLES", "300"))
    fuzz(databases, kind, library, search, tmp_path, max_examples=many, stateful_step_count=80, print_blob=True)
