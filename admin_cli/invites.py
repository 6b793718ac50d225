"""`compagnon cohort invites`: who has not joined, and their way in: as links, on paper, as pictures, by e-mail."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from email.message import EmailMessage
from pathlib import Path
from typing import Annotated, Any

import typer

from admin_cli.asking import agreed
from admin_cli.context import Desk, desk
from admin_cli.files import write_bytes
from admin_cli.output import Json, counted, print_json, say, some, table, warn
from admin_cli.progress import progress
from admin_cli.telegram import know_bot, tell_placeholder
from bot.errors import BadInput
from bot.i18n import say as text
from bot.papers.fonts import undrawable
from bot.papers.invite_sheet import invite_sheets
from bot.papers.qr import qr_png
from bot.service import guest_list, invite_papers, list_looks
from bot.service.delivery import Fate
from bot.service.invite_papers import Letter
from bot.transport.mail import Mailer, server_of

Code = Annotated[str, typer.Argument(metavar="CODE", help="The cohort's code.")]


def invites(
    code: Code,
    json: Json = False,
    reissue: Annotated[str | None, typer.Option(metavar="P", help="A fresh invite for this code.")] = None,
    revoke: Annotated[str | None, typer.Option(metavar="P", help="Make the invite of this code useless.")] = None,
    everybody: Annotated[bool, typer.Option("--all", help="Also those who joined, expired and revoked.")] = False,
    person: Annotated[
        list[str] | None, typer.Option("--person", metavar="P", help="Only for this code; repeat it.")
    ] = None,
    pdf: Annotated[Path | None, typer.Option(metavar="F", help="Printable sheets, one a person, with card.")] = None,
    cards: Annotated[Path | None, typer.Option(metavar="F", help="Only the wallet cards, two a page.")] = None,
    png: Annotated[Path | None, typer.Option(metavar="DIR", help="QR codes as pictures, one a person.")] = None,
    mail: Annotated[bool, typer.Option("--mail", help="Send them by e-mail where an address is known.")] = False,
    again: Annotated[bool, typer.Option("--again", help="With --mail: also who was mailed before.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before mailing.")] = False,
) -> None:
    """Who has not joined yet, and their way in.

    Examples:

      compagnon cohort invites SPRING27

      compagnon cohort invites SPRING27 --pdf invites.pdf

      compagnon cohort invites SPRING27 --reissue L07 --pdf lena.pdf

      compagnon cohort invites SPRING27 --mail
    """
    if reissue and revoke:
        raise typer.BadParameter("Choose one of --reissue and --revoke.")
    papers = pdf or cards or png or mail
    with desk() as d:
        unknown = know_bot(d)
        if revoke:
            guest_list.revoke(d.core, code, revoke, d.now)
            rows = []
        elif reissue:
            rows = [guest_list.reissue(d.core, code, reissue, d.now)]
        else:
            rows = guest_list.listing(d.core, code, d.now, everybody=everybody)
            rows = [row for row in rows if not person or row["code"].casefold() in {p.casefold() for p in person}]
            list_looks.some(d.core, "invites", ((code, row["code"]) for row in rows), d.now)
        if papers and not revoke:
            _refuse_without_name(unknown)
            wanted = [reissue] if reissue else person or ()
            _papers(d, invite_papers.letters(d.core, code, d.now, wanted), code, pdf, cards, png)
            if mail:
                _mail_all(d, code, wanted, again, yes)
    if not papers:
        tell_placeholder(unknown, *(row["url"] for row in rows))
    _show(rows, code, revoke, json, bool(papers))


def _show(rows: Sequence[dict[str, Any]], code: str, revoke: str | None, json: bool, papers: bool) -> None:
    if json:
        print_json(rows)
    elif revoke:
        say(f"The invite of {revoke} is revoked. A new one: compagnon cohort invites {code} --reissue {revoke}")
    elif not papers:
        table(
            ("CODE", "ROLE", "NAME", "STATE", "MAILED", "LINK"),
            [(r["code"], r["role"], r["name"], r["state"], (r["mailed_at"] or "")[:10], r["url"]) for r in rows],
            "Nobody has an open invite: everybody joined, or there is nobody yet.",
        )


def _refuse_without_name(unknown: str | None) -> None:
    if unknown is not None:
        raise BadInput(f"The bot's name is not known yet, and a printed link without it leads nowhere: {unknown}")


# --- on paper -----------------------------------------------------------------------------------


def _papers(d: Desk, letters: list[Letter], code: str, pdf: Path | None, cards: Path | None, png: Path | None) -> None:
    if not letters:
        raise BadInput(f"Nobody in {code} has an open invite: everybody joined, or there is nobody yet.")
    sheets = [letter.sheet for letter in letters]
    for sheet in sheets:
        lost = undrawable(sheet.name)
        if lost:
            warn(f"{sheet.code}: no font here has {' '.join(sorted(lost))}; the name is printed with □ in that place.")

    def words(what: Any, language: str) -> str:
        return d.core.content.catalogues.plain(what, language, "UTC")

    if pdf is not None:
        with progress("sheets") as tell:
            write_bytes(pdf, invite_sheets(sheets, words, title=f"Compagnon {code}", tell=tell))
        say(f"{pdf}: {counted(len(sheets), 'sheet')}, one a person. Each code is for one person; print them one-sided.")
        if called := [sheet.code for sheet in sheets if sheet.by_phone]:
            say(f"Without a code, for a contact person calls them: {', '.join(called)}.")
    if cards is not None:
        travelling = [sheet for sheet in sheets if sheet.card is not None]
        write_bytes(cards, invite_sheets(travelling, words, title=f"Compagnon {code}", cards_only=True))
        say(f"{cards}: {counted(len(travelling), 'wallet card')}, two a page.")
    if png is not None:
        _pictures([letter for letter in letters if not letter.sheet.by_phone], png)


def _pictures(letters: list[Letter], folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"The folder {folder} cannot be made ({error.strerror}): choose another place.") from None
    with progress("pictures") as tell:
        for done, letter in enumerate(letters, start=1):
            name = re.sub(r"[^\w.-]", "_", f"{letter.sheet.code}-{letter.sheet.role}.png")
            write_bytes(folder / name, qr_png(letter.sheet.url))
            tell("drawn", done, len(letters))
    say(f"{folder}: {counted(len(letters), 'picture')}.")


# --- by e-mail ----------------------------------------------------------------------------------


def _mail_all(d: Desk, code: str, wanted: Sequence[str], again: bool, yes: bool) -> None:
    if d.settings.smtp_url is None:
        raise BadInput("No mail server is set: COMPAGNON_SMTP_URL, COMPAGNON_MAIL_FROM; see docs/second-channels.md.")
    letters = invite_papers.letters(d.core, code, d.now, wanted)
    without = [letter.sheet.code for letter in letters if not letter.email]
    before = [letter.sheet.code for letter in letters if letter.email and letter.mailed_at and not again]
    going = [le for le in letters if le.email and not le.sheet.by_phone and (again or not le.mailed_at)]
    if without:
        say(f"No address known: {some(without)}")
    if before:
        say(f"Mailed before: {some(before)}; --again sends them once more.")
    if not going:
        say("Nobody is left to be mailed.")
        return
    for letter in going:
        say(f"  {letter.sheet.code}  {letter.sheet.name}  {letter.email}")
    agreed(f"Send {counted(len(going), 'e-mail')}?", yes, "Nobody is here to confirm: add --yes to send them.")
    failed = asyncio.run(_hand_over(d, going))
    say(f"{counted(len(going) - len(failed), 'e-mail')} handed over to the mail server, {len(failed)} not.")
    for name, why in failed:
        warn(f"{name}: {why}")
    if failed:
        raise typer.Exit(1)


async def _hand_over(d: Desk, letters: list[Letter]) -> list[tuple[str, str]]:
    assert d.settings.smtp_url is not None
    mailer = Mailer(server_of(d.settings.smtp_url.get_secret_value(), d.settings.mail_from or ""))
    failed = []
    with progress("e-mails") as tell:
        for done, letter in enumerate(letters, start=1):
            fate, why = await mailer.send(_message(d, letter))
            if fate is Fate.SENT:
                invite_papers.mailed(d.core, letter.invite_id, d.now)
            else:
                failed.append((f"{letter.sheet.code} {letter.sheet.name}", why or "not taken"))
            tell("sent", done, len(letters))
    return failed


def _message(d: Desk, letter: Letter) -> EmailMessage:
    sheet = letter.sheet

    def words(what: Any, language: str = sheet.language) -> str:
        return d.core.content.catalogues.plain(what, language, "UTC")

    kind = {"learner": "learner", "staff": "learner", "family": "family", "host-tutor": "tutor"}.get(sheet.role, "desk")
    lines = [words(text("papers/mail/body", name=sheet.name)), ""]
    lines += [words(text(f"papers/what/{kind}/{number}")) for number in (1, 2, 3)]
    lines += ["", words(text("papers/mail/open", url=sheet.url)), "", words(text("papers/mail/card"))]
    found = EmailMessage()
    found["Subject"] = " ".join(words(text("papers/mail/subject", cohort=sheet.cohort)).split())
    found["From"], found["To"] = d.settings.mail_from or "", letter.email
    found.set_content("\n".join(lines))
    pdf = invite_sheets([sheet], words, title=sheet.code)
    found.add_attachment(pdf, maintype="application", subtype="pdf", filename=f"{sheet.code}.pdf")
    return found
