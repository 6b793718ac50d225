"""A portfolio as JSON in the words of the European Learning Model (ELM 3), the vocabulary of Europass.

It is what a person says of themselves, so it is a `Person` with claims, in JSON-LD under ELM's own context, and no
credential: nobody has signed it. What ELM has no word for stands in `additionalNote`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import Any

from bot.content.markup import visible
from bot.i18n import Country, say
from bot.papers.plain_files import json_file
from bot.rules.points import COMPETENCES

CONTEXT = "http://data.europa.eu/snb/model/context/edc-ap"
COUNTRIES = "http://publications.europa.eu/resource/authority/country"
# The authority's own codes of three signs for host and home countries.
THREE = {
    "AL": "ALB", "AT": "AUT", "BA": "BIH", "BE": "BEL", "BG": "BGR", "CH": "CHE", "CY": "CYP", "CZ": "CZE",
    "DE": "DEU", "DK": "DNK", "EE": "EST", "ES": "ESP", "FI": "FIN", "FR": "FRA", "GB": "GBR", "GR": "GRC",
    "HR": "HRV", "HU": "HUN", "IE": "IRL", "IS": "ISL", "IT": "ITA", "LI": "LIE", "LT": "LTU", "LU": "LUX",
    "LV": "LVA", "ME": "MNE", "MK": "MKD", "MT": "MLT", "NL": "NLD", "NO": "NOR", "PL": "POL", "PT": "PRT",
    "RO": "ROU", "RS": "SRB", "SE": "SWE", "SI": "SVN", "SK": "SVK", "TR": "TUR", "UA": "UKR", "XK": "1A0",
}  # fmt: skip
_MARKS = dict.fromkeys(map(ord, "\u2068\u2069"))  # of direction, which a chat needs and data do not
Words = Callable[[Any], str]
Json = dict[str, Any]


def document(facts: Mapping[str, Any], words: Words, language: str) -> bytes:
    """The file: `facts` as `bot.papers.portfolio` has them."""
    made = _Model(words, language).person(facts)
    return json_file(made)


class _Model:
    def __init__(self, words: Words, language: str) -> None:
        self._words, self._language, self._numbers = words, language, count(1)

    def person(self, facts: Mapping[str, Any]) -> Json:
        """The person with everything that was chosen as claims."""
        items: list[Mapping[str, Any]] = facts["items"]
        stay = self._stay(items)
        claims = [stay] if stay else []
        activity = {"id": stay["id"], "type": "LearningActivity"} if stay else None
        claims += [claim for item in items for claim in self._claims(item, activity)]
        return {
            "@context": CONTEXT, **self._new("Person"), "fullName": self._said(facts["name"]),
            "additionalNote": [self._note(say("portfolio/is_own"))],
            "hasClaim": claims,
        }  # fmt: skip

    def _stay(self, items: list[Mapping[str, Any]]) -> Json | None:
        found = {item["data"]["kind"]: item for item in items if item["section"] == "stay"}
        if not found:
            return None
        made = {**self._new("LearningActivity"), "title": self._said(say("portfolio/subtitle"))}
        if "stay" in found:
            data = found["stay"]["data"]
            made["temporal"] = {
                **self._new("PeriodOfTime"), "startDate": _instant(data["arrival"]), "endDate": _instant(data["return"])
            }  # fmt: skip
            made["location"] = self._place(data)
        if "host" in found:
            made["directedBy"] = self._organisation(found["host"]["data"]["name"])
        if "school" in found:
            body = self._organisation(found["school"]["data"]["name"])
            made["awardedBy"] = {**self._new("AwardingProcess"), "awardingBody": body}
        if "trade" in found:
            made["description"] = self._said(found["trade"]["data"]["name"])
        return made

    def _place(self, data: Mapping[str, Any]) -> Json:
        address = self._new("Address")
        if data["country"]:
            address["countryCode"] = {
                "id": f"{COUNTRIES}/{THREE.get(data['country'], data['country'])}", "type": "Concept",
                "inScheme": {"id": COUNTRIES, "type": "ConceptScheme"}, "notation": "country",
                "prefLabel": self._said(Country(data["country"])),
            }  # fmt: skip
        place = {**self._new("Location"), "address": address}
        if data["place"] is not None:
            place["geographicName"] = self._said(data["place"])
        return place

    def _claims(self, item: Mapping[str, Any], activity: Json | None) -> Iterator[Json]:
        data = item["data"]
        match data["kind"]:
            case "certificate":
                yield self._certificate(item)
            case "outcome":
                yield {**self._outcome(item), **({"influencedBy": activity} if activity else {})}
            case "language" | "skill" | "badge":
                yield self._achievement(item)
            case "challenge" | "reflection" | "log" | "comment":
                yield self._activity(item)

    def _certificate(self, item: Mapping[str, Any]) -> Json:
        data = item["data"]
        return {
            **self._new("LearningAchievement"), "title": self._said(item["title"]),
            "identifier": {**self._new("Identifier"), "notation": data["code"], "schemeName": "compagnon"},
            "awardedBy": {
                **self._new("AwardingProcess"), "awardingBody": self._organisation(data["issuer"]),
                "awardingDate": _instant(data["day"]),
            },
        }  # fmt: skip

    def _outcome(self, item: Mapping[str, Any]) -> Json:
        data = item["data"]
        made = {
            **self._new("LearningAchievement"), "title": self._said(item["title"]),
            "specifiedBy": {
                **self._new("LearningAchievementSpecification"), "title": self._said(item["title"]),
                "learningOutcome": {**self._new("LearningOutcome"), "title": self._said(item["title"])},
            },
        }  # fmt: skip
        proofs = []
        if "grade" in data:
            proofs.append(self._assessment(item["title"], data["grade"], data["by"], data["on"]))
        if "verdict" in data:
            proofs.append(self._assessment(item["title"], data["verdict"], data["validator"], None))
        return {**made, **({"provenBy": proofs} if proofs else {})}

    def _achievement(self, item: Mapping[str, Any]) -> Json:
        """A competence or a language, with what was said of it as an assessment of their own."""
        made = {**self._new("LearningAchievement"), "title": self._said(item["title"])}
        if item["competences"]:
            skill = {**self._new("LearningOutcome"), "title": self._said(say(f"competences/{item['competences'][0]}"))}
            skill["relatedSkill"] = [self._skill(name) for name in item["competences"]]
            made["specifiedBy"] = {
                **self._new("LearningAchievementSpecification"), "title": self._said(item["title"]),
                "learningOutcome": skill,
            }  # fmt: skip
        made["additionalNote"] = [self._note(line) for line in item["lines"]]
        return made

    def _activity(self, item: Mapping[str, Any]) -> Json:
        made = {**self._new("LearningActivity"), "title": self._said(item["title"])}
        if item["words"]:
            made["description"] = self._said(item["words"])
        notes = [self._note(line) for line in item["lines"]]
        notes += [self._note(say(f"competences/{name}")) for name in COMPETENCES if name in item["competences"]]
        return {**made, **({"additionalNote": notes} if notes else {})}

    def _assessment(self, title: Any, grade: Any, by: str, on: str | None) -> Json:
        return {
            **self._new("LearningAssessment"), "title": self._said(title), "grade": self._note(grade),
            "assessedBy": {**self._new("Agent"), "prefLabel": self._said(by)},
            **({"dateIssued": _instant(on)} if on else {}),
        }  # fmt: skip

    def _skill(self, competence: str) -> Json:
        return {**self._new("Concept"), "prefLabel": self._said(say(f"competences/{competence}"))}

    def _organisation(self, name: str) -> Json:
        return {**self._new("Organisation"), "legalName": self._said(name)}

    def _note(self, text: Any) -> Json:
        return {**self._new("Note"), "noteLiteral": self._said(text)}

    def _said(self, text: Any) -> dict[str, str]:
        words = text if isinstance(text, str) else visible(self._words(text))
        return {self._language: words.translate(_MARKS)}

    def _new(self, kind: str) -> Json:
        """Every node has an id of its own in the file, as Europass writes them."""
        return {"id": f"urn:epass:{kind[0].lower()}{kind[1:]}:{next(self._numbers)}", "type": kind}


def _instant(day: str) -> str:
    return f"{day}T00:00:00Z"
