"""Degrees of a place by its name, from OpenStreetMap's Nominatim through geopy, politely.

One request per question, with a user agent that says who asks, and what was found is kept in a file: the usage policy
of the public server asks for both. An organisation with a server of its own names it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

from geopy.adapters import URLLibAdapter
from geopy.exc import GeocoderRateLimited, GeocoderTimedOut, GeopyError
from geopy.geocoders import Nominatim

from bot.errors import BadInput, NotFound, TooManyRequests, Unreachable

CACHE = "located.json"  # in the data folder: what was asked before
PUBLIC = "https://nominatim.openstreetmap.org"
TIME_OUT = 10.0  # seconds
WAIT_AFTER_429 = 60.0  # seconds, where the server does not say
SHOWN = 120  # characters of what a server says


@dataclass(frozen=True, slots=True)
class Found:
    """A place as the map knows it, in degrees; `cached` where it was known from before."""

    latitude: float
    longitude: float
    address: str
    cached: bool = False


class Geocoder:
    """Asks one server; `cache` is a JSON file that may be deleted at any time."""

    def __init__(self, cache: Path, server: str = PUBLIC, time_out: float = TIME_OUT) -> None:
        self._cache = cache
        self._server = server.rstrip("/")
        self._time_out = time_out
        address = urlsplit(self._server)
        if address.scheme not in ("http", "https") or not address.netloc:
            raise BadInput(f"“{server}” is no address of a server: write it like {PUBLIC}.")
        self._nominatim = Nominatim(
            user_agent=f"compagnon/{version('compagnon')} (city kits and host companies; one question at a time)",
            timeout=time_out, scheme=address.scheme, domain=address.netloc + address.path,
            adapter_factory=URLLibAdapter,  # the same whatever else is installed; others try again by themselves
        )  # fmt: skip

    def find(self, words: str, country: str) -> Found:
        """The best match for the words in a country (ISO 3166). Raises NotFound, Unreachable or TooManyRequests."""
        key = f"{self._server} {country} {' '.join(words.casefold().split())}"
        known = self._known().get(key)
        if known is not None:
            return Found(*known, cached=True)
        found = self._ask(words, country)
        self._keep(key, found)
        return found

    def _ask(self, words: str, country: str) -> Found:
        try:
            # Kosovo has no code of its own there that all servers know.
            answer = self._nominatim.geocode(words, country_codes=None if country == "XK" else country.lower())
        except GeocoderTimedOut:
            raise Unreachable(
                f"{self._server} did not answer within {self._time_out:g} seconds: try again later."
            ) from None
        except GeocoderRateLimited as error:
            wait = error.retry_after or WAIT_AFTER_429
            said = f"{self._server} gave no answer (it asks to wait {wait:.0f} seconds): try again then."
            raise TooManyRequests(wait, said) from None
        except (GeopyError, ValueError, TypeError, AttributeError, KeyError, IndexError) as error:
            # The latter are what geopy makes of an answer that is JSON, but no list of places.
            why = " ".join(str(error).split())[:SHOWN] if isinstance(error, GeopyError) else "it is no list of places"
            raise Unreachable(
                f"{self._server} gave no answer ({why}): check the network, or write latitude and longitude by hand."
            ) from None
        if answer is None:
            raise NotFound(f"The map knows no “{words}” there: try its official name, or a street with its number.")
        return Found(round(answer.latitude, 6), round(answer.longitude, 6), answer.address)

    def _known(self) -> dict[str, tuple[float, float, str]]:
        try:
            kept = json.loads(self._cache.read_text("utf-8"))
            return {str(key): (float(lat), float(lon), str(words)) for key, (lat, lon, words) in kept.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return {}  # none yet, or unreadable: it is only a cache

    def _keep(self, key: str, found: Found) -> None:
        kept = {**self._known(), key: (found.latitude, found.longitude, found.address)}
        part = self._cache.with_name(f".{self._cache.name}.part")
        try:
            self._cache.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps(kept, ensure_ascii=False, indent=1), "utf-8")
            part.replace(self._cache)
        except OSError:
            part.unlink(missing_ok=True)  # the answer is worth more than the cache
