"""The city kit without a chat: the same flow, rendered as text, for authors and for the command line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from bot.content.loader import Library
from bot.content.markup import visible
from bot.flows import kit
from bot.flows.scene import Scene, Stay
from bot.flows.vocabulary import Outcome, Replace, Say
from bot.i18n import Text
from bot.rules.kit_answer import topic_texts
from bot.rules.kit_search import KitSearch
from bot.rules.towns import Town

_NO_DAY = datetime(2000, 1, 1, tzinfo=UTC)  # before everything in a calendar


@dataclass(frozen=True, slots=True)
class KitDesk:
    """Asks the kit of one town as a learner from `home_country` (ISO 3166) would; `today` is the day there."""

    content: Library
    search: KitSearch
    town: Town
    home_country: str
    today: date | None = None

    def ask(self, question: str, language: str) -> dict[str, Any]:
        """Outcome, topic, text, alternatives and language of an answer, as the bot would give it."""
        asked = self.search.ask(question, language)
        scene = self._scene(asked.language)
        outcome = kit.ask(scene, scene.stays[0], question)
        return {
            "outcome": asked.outcome.value,
            "topic": asked.topic if asked.outcome.value in ("answer", "unsure", "disclosure") else None,
            "text": self._words(outcome, asked.language), "alternatives": list(asked.alternatives),
            "language": asked.language,
        }  # fmt: skip

    def topic(self, topic: str, language: str) -> dict[str, str]:
        """Title and text of a topic. Raises NotFound."""
        texts = topic_texts(self.content, topic, self.town.kit, self.town.country, self.home_country, today=self.today)
        return {"title": self._text(Text(f"topics/{topic}/title"), language), "text": self._joined(texts, language)}

    def _scene(self, language: str) -> Scene:
        stay = Stay(
            placement_id=0, code="", cohort_id=0, cohort="", journey="", person_id=0, learner="", itinerary=None,
            zone=self.town.zone, stage="during", home_country=self.home_country, host_country=self.town.country,
            host_city=self.town.city, kit=self.town.kit, host_organisation=None, accommodation=None,
            check_in_at="19:00", minor=False,
        )  # fmt: skip
        return Scene(
            now=self._now, content=self.content, search=self.search, chat_id=0, language=language, zone=self.town.zone,
            stays=(stay,),
        )  # fmt: skip

    @property
    def _now(self) -> datetime:
        return datetime.combine(self.today, time(12), UTC) if self.today else _NO_DAY

    def _words(self, outcome: Outcome, language: str) -> str:
        screens = [shown.screen for shown in outcome.shown if isinstance(shown, Say | Replace)]
        return "\n\n".join(self._joined(screen.body, language) for screen in screens)

    def _joined(self, texts: tuple[Text, ...], language: str) -> str:
        return "\n\n".join(self._text(text, language) for text in texts)

    def _text(self, text: Text, language: str) -> str:
        return visible(self.content.catalogues.html(text, language, self.town.zone))
