"""`compagnon kit …`"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from admin_cli import kit_authors
from admin_cli.context import content
from admin_cli.files import read_text, write_bytes
from admin_cli.output import Json, facts, heading, print_json, print_json_line, say, table
from bot.clock import SystemClock, local_date
from bot.content.loader import Library
from bot.errors import BadInput
from bot.papers.kit_booklet import kit_booklet
from bot.rules.kit_search import KitSearch
from bot.rules.towns import Misplaced, Town, Towns, kit_name
from bot.rules.typed import parse_country, parse_language, parse_name, shown, slug
from bot.service.kit_desk import KitDesk
from bot.service.kit_paper import Order, booklet
from bot.settings import load_settings

app = typer.Typer(name="kit", help="City kits: what the bot answers about a host city.", no_args_is_help=True)

City = Annotated[str, typer.Argument(metavar="CITY", help="A kit's id or name, or a town with --host-country.")]
Lang = Annotated[str, typer.Option("--lang", metavar="L", help="The reader's language.")]
HostCountry = Annotated[str | None, typer.Option(help="Two letters; for a town without a kit.")]
HomeCountry = Annotated[str, typer.Option(help="Two letters: answers depend on where somebody comes from.")]


@app.command("list")
def list_(json: Json = False) -> None:
    """All city kits."""
    library = content(load_settings())
    rows = [
        {
            "id": kit.id, "name": kit_name(library, kit.id), "country": kit.country, "timezone": kit.zone,
            "facts": len(kit.facts), "places": len(kit.places), "notes": len(kit.notes),
        }
        for kit in library.kits.values()
    ]  # fmt: skip
    if json:
        print_json(rows)
        return
    table(
        ("ID", "NAME", "COUNTRY", "TIME ZONE", "FACTS", "PLACES"),
        [(r["id"], r["name"], r["country"], r["timezone"], r["facts"], r["places"]) for r in rows],
        "No kits.",
    )


@app.command()
def show(
    city: City,
    topic: Annotated[str | None, typer.Option(metavar="T", help="Only this topic.")] = None,
    lang: Lang = "en",
    home_country: HomeCountry = "FR",
    host_country: HostCountry = None,
    json: Json = False,
) -> None:
    """What a kit says, topic by topic."""
    library = content(load_settings())
    desk, language = _desk(library, city, home_country, host_country), _spoken(library, lang)
    topics = {name: desk.topic(name, language) for name in ([topic] if topic else library.topics)}
    if json:
        town = desk.town
        print_json({
            "kit": town.kit, "city": _name(library, town), "country": town.country, "timezone": town.zone,
            "language": language, "topics": topics,
        })  # fmt: skip
        return
    heading(f"{_name(library, desk.town)} ({desk.town.country}, {desk.town.zone})")
    for name, found in topics.items():
        heading(f"\n{found['title']}  [{name}]")
        say(found["text"])


@app.command()
def ask(
    city: City,
    question: Annotated[str | None, typer.Argument(metavar="QUESTION", help="In quotation marks.")] = None,
    file: Annotated[
        Path | None,
        typer.Option(
            metavar="F", help="One question per line, or language<TAB>question; one JSON line each, blank ones too."
        ),
    ] = None,
    lang: Lang = "en",
    home_country: HomeCountry = "FR",
    host_country: HostCountry = None,
    json: Json = False,
) -> None:
    """Ask as a learner would."""
    if (question is None) == (file is None):
        raise typer.BadParameter("Ask either one QUESTION or those of a --file.")
    library = content(load_settings())
    desk = _desk(library, city, home_country, host_country)
    language = parse_language(lang)
    if file is not None:
        for spoken, words in list(_questions(read_text(file), language)):
            print_json_line(desk.ask(words, spoken))
        return
    found = desk.ask(question or "", language)
    if json:
        print_json(found)
        return
    facts({"Outcome": found["outcome"], "Topic": found["topic"], "Or": found["alternatives"]})
    say("")
    say(found["text"])


@app.command()
def pdf(
    city: City,
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="By default CITY-LANGUAGE.pdf here.")] = None,
    lang: Annotated[str, typer.Option("--language", "--lang", metavar="L", help="The reader's language.")] = "en",
    home_country: HomeCountry = "FR",
    host_country: HostCountry = None,
) -> None:
    """The whole kit as one PDF to keep offline."""
    settings = load_settings()
    library = content(settings)
    town, language = _desk(library, city, home_country, host_country).town, _spoken(library, lang)
    order = Order(town.kit or "", town.country, parse_country(home_country))
    drawn = kit_booklet(booklet(library, order, language, SystemClock().now()))
    target = file or Path(f"{order.kit or slug(town.city, town.country.lower())}-{language}.pdf")
    write_bytes(target, drawn)
    say(f"{target}: {len(drawn) // 1024 + 1} KB.")


app.command()(kit_authors.check)
app.command()(kit_authors.locate)
app.command()(kit_authors.new)


def _questions(text: str, language: str) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(text.splitlines(), start=1):
        tag, tab, words = line.partition("\t")
        try:
            yield (parse_language(tag), words.strip()) if tab else (language, line.strip())
        except BadInput as error:
            raise BadInput(f"Line {number}: {error}") from None


def _desk(library: Library, city: str, home_country: str, host_country: str | None) -> KitDesk:
    country = parse_country(host_country) if host_country else None
    try:
        town = Towns(library).find(parse_name(city), country)
    except Misplaced:
        if country is not None:
            raise
        kits = ", ".join(library.kits)
        raise BadInput(
            f"There is no kit for “{shown(city)}”: choose one of {kits}, or add --host-country for another town."
        ) from None
    today = local_date(SystemClock().now(), town.zone)
    return KitDesk(library, KitSearch.of(library), town, parse_country(home_country), today)


def _name(library: Library, town: Town) -> str:
    return kit_name(library, town.kit) if town.kit else town.city


def _spoken(library: Library, lang: str) -> str:
    return library.catalogues.closest(parse_language(lang))
