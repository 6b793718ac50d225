"""The way in: tokens that expire, are deleted on use, and can be re-issued and revoked."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.service.audit import note
from bot.store.tables import (
    BotState,
    Consent,
    Conversation,
    Invite,
    Membership,
    Outbox,
    Person,
    Placement,
    TelegramAccount,
)

LASTS = timedelta(days=60)


def issue(session: Session, person_id: int, cohort_id: int, role: str, code: str, now: datetime) -> Invite:
    """A fresh invite; an older one of the same person and role is revoked."""
    revoke(session, person_id, role, now)
    invite = Invite(
        token=secrets.token_urlsafe(18), person_id=person_id, cohort_id=cohort_id, role=role, code=code,
        created_at=now, expires_at=now + LASTS,
    )  # fmt: skip
    session.add(invite)
    session.flush()
    return invite


def revoke(session: Session, person_id: int, role: str, now: datetime) -> int:
    """Make open invites of a person useless. Returns how many there were."""
    gone = session.execute(
        update(Invite)
        .where(Invite.person_id == person_id, Invite.role == role, Invite.token.is_not(None))
        .values(token=None, revoked_at=now)
        .returning(Invite.id)
    ).all()
    return len(gone)


def bot_address(session: Session) -> str | None:
    """The bot's user name, known since it first talked to Telegram."""
    state = session.get(BotState, "username")
    return state.value if state else None


def link(invite: Invite, username: str | None) -> str:
    """The address that opens the bot with this invite."""
    return f"https://t.me/{username or 'YOUR_BOT'}?start={invite.token}"


def accept(session: Session, invite_id: int, chat_id: int, now: datetime) -> int | None:
    """Link a chat to the invited person. Returns the person's id, None when the invite was used in the meantime.

    An account that is somebody already keeps its person: the invited roles and stays are added to it. A person who
    moves to another account leaves the old chat behind, revoked.
    """
    invite = session.scalars(select(Invite).where(Invite.id == invite_id).with_for_update()).first()
    if invite is None or invite.token is None or invite.expires_at <= now:
        return None
    invite.token, invite.used_at = None, now
    known = session.scalars(
        select(TelegramAccount).where(TelegramAccount.chat_id == chat_id, TelegramAccount.revoked_at.is_(None))
    ).first()
    if known is not None and known.person_id != invite.person_id:
        _leave_chats(session, invite.person_id, now)
        _merge(session, invite.person_id, known.person_id, now)
        person_id = known.person_id
    else:
        person_id = invite.person_id
        if known is None:
            _move_in(session, person_id, chat_id, now)
    note(session, None, "joined", person_id, now, role=invite.role)
    session.flush()
    return person_id


def _leave_chats(session: Session, person_id: int, now: datetime) -> None:
    session.execute(
        update(TelegramAccount)
        .where(TelegramAccount.person_id == person_id, TelegramAccount.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    session.flush()


def _move_in(session: Session, person_id: int, chat_id: int, now: datetime) -> None:
    _leave_chats(session, person_id, now)
    session.add(TelegramAccount(person_id=person_id, chat_id=chat_id, linked_at=now, last_active_at=now))
    # What still waits follows the person to the new chat, and what is about to go to the old one is taken back.
    session.execute(
        update(Outbox)
        .where(Outbox.person_id == person_id, Outbox.state.in_(("queued", "leased")))
        .values(chat_id=chat_id, edits=None, state="queued", lease_owner=None, lease_until=None)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(Placement).where(Placement.person_id == person_id, Placement.joined_at.is_not(None)).values(plan_at=now)
    )


def _merge(session: Session, invited: int, known: int, now: datetime) -> None:
    """The invited person turns out to be one we know: roles, stays and consents move over."""
    for table in (Membership, Placement, Consent):
        session.execute(
            update(table).where(table.person_id == invited).values(person_id=known)
            .execution_options(synchronize_session=False)
        )  # fmt: skip
    session.execute(update(Placement).where(Placement.guardian_id == invited).values(guardian_id=known))
    session.execute(update(Invite).where(Invite.person_id == invited).values(person_id=known))
    old, new = session.get_one(Person, known), session.get_one(Person, invited)
    for name in ("phone", "email", "birth_date"):
        if getattr(old, name) is None:
            setattr(old, name, getattr(new, name))
    # An empty shell: nobody is behind it any more.
    new.first_name, new.last_name, new.phone, new.email, new.birth_date = "", "", None, None, None
    new.erased_at = now


def unlink(session: Session, person_id: int, now: datetime) -> list[int]:
    """Revoke the chat of a person; what waited for it is cancelled. Returns the chats left behind."""
    chats = session.scalars(
        update(TelegramAccount)
        .where(TelegramAccount.person_id == person_id, TelegramAccount.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(TelegramAccount.chat_id)
    ).all()
    session.execute(
        update(Outbox)
        .where(Outbox.chat_id.in_(chats), Outbox.state.in_(("queued", "leased")))
        .values(state="cancelled", finished_at=now, lease_owner=None, lease_until=None)
        .execution_options(synchronize_session=False)
    )
    conversation = session.get(Conversation, person_id)
    if conversation is not None:
        session.delete(conversation)
    note(session, None, "unlinked", person_id, now)
    return list(chats)
