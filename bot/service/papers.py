"""What is drawn with more than words: a drawing that needs kits, forms or a place to be kept in."""

from __future__ import annotations

from datetime import datetime

from bot.flows.vocabulary import Drawing
from bot.i18n import Catalogues
from bot.papers import drawings
from bot.service.core import Core
from bot.service.document_desk import drawn
from bot.service.kit_paper import Order, kit_pdf


def draw(core: Core, now: datetime, drawing: Drawing, catalogues: Catalogues, language: str, zone: str) -> bytes:
    """The file of any drawing. Takes up to a second or two, so not in an event loop. Raises NotFound for a kit that is
    gone, OSError where the data folder cannot be used."""
    if drawing.what == "kit":
        return kit_pdf(core.content, core.data_dir, Order(**drawing.facts), language, now)
    if drawing.what == "document":
        return drawn(core, drawing.facts, now)
    return drawings.draw(drawing, catalogues, language, zone)
