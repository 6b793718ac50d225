// The places, what they are looked for by, and which of them the filters leave.

const KINDS = ["host", "ambassador", "partner"];
const EARTH_KM = 6371.009;

const places = data.places.map((place) => ({ trades: [], languages: [], ...place, at: L.latLng(place.latitude, place.longitude) }));
for (const place of places) {
  const countries = data.languages.map(([tag]) => data.countries[tag][place.country] || "");
  const trades = place.trades.flatMap((trade) => [trade, ...data.languages.map(([tag]) => (data.trades[tag] || {})[trade] || "")]);
  const towns_ = data.languages.map(([tag]) => townName(place, tag));
  place.text = plain([place.name, place.town, ...towns_, ...countries, ...trades, place.tasks || "", place.about || ""].join(" "));
}
const placeById = new Map(places.map((place) => [place.id, place]));
const towns = data.base.towns.map(([name, country, latitude, longitude, zoom, zone]) => ({ name, country, latitude, longitude, zoom, zone }));

const radians = (degrees) => (degrees * Math.PI) / 180;

// As the crow flies, on a sphere: within half a percent.
function kilometres(a, b) {
  const north = Math.sin(radians(b.lat - a.lat) / 2) ** 2;
  const east = Math.sin(radians(b.lng - a.lng) / 2) ** 2;
  const chord = north + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * east;
  return 2 * EARTH_KM * Math.asin(Math.min(1, Math.sqrt(chord)));
}

// Towns that distances can be measured from: every town with a place, and those on the map that are none of these.
const SAME_TOWN_KM = 12;
function origins() {
  const found = new Map();
  for (const place of places) found.set(`${place.town}|${place.country}`, { label: townName(place), country: place.country, at: place.at });
  const ours = [...found.values()];
  for (const town of towns) {
    const at = L.latLng(town.latitude, town.longitude);
    if (ours.some((other) => kilometres(other.at, at) < SAME_TOWN_KM)) continue;
    found.set(`${town.name}|${town.country}`, { label: capitalName(town), country: town.country, at });
  }
  return found;
}

// What is asked for right now.
function asked() {
  return {
    words: plain(byId("text").value).split(/\s+/).filter(Boolean),
    kinds: new Set([...document.querySelectorAll("#kinds input:checked")].map((box) => box.value)),
    country: byId("country").value,
    trade: byId("trade").value,
    tongue: byId("tongue").value,
  };
}

function fits(place, wanted) {
  return (
    wanted.kinds.has(place.kind) &&
    (!wanted.country || place.country === wanted.country) &&
    (!wanted.trade || place.trades.some((trade) => tradeKey(trade) === wanted.trade)) &&
    (!wanted.tongue || place.languages.includes(wanted.tongue)) &&
    wanted.words.every((word) => place.text.includes(word))
  );
}

// Trades are written by people: "Bakery" and "bakery " are one.
const tradeKey = (trade) => plain(tradeName(trade)).trim();

function sorted(found, from) {
  if (from) {
    for (const place of found) place.km = kilometres(from, place.at);
    return found.sort((a, b) => a.km - b.km || collator.compare(a.name, b.name));
  }
  for (const place of found) delete place.km;
  const by = [(place) => countryName(place.country), townName, (place) => place.name];
  return found.sort((a, b) => by.reduce((order, key) => order || collator.compare(key(a), key(b)), 0));
}
