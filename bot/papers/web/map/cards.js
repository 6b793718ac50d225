// What is said of one place: the same in the list and beside its sign on the map.

const heart = (place) => {
  const parts = [make("bdi", "", townName(place)), ", ", countryName(place.country)];
  if (place.km !== undefined) parts.push(" · ", make("strong", "", farName(place.km)));
  return make("p", "where", ...parts);
};

function badge(place) {
  const line = make("p", `badge ${place.kind}`, signOf(place.kind), words(`one/${place.kind}`));
  if (place.sample) line.append(make("span", "sample", words("sample")));
  return line;
}

function fact(list, key, value) {
  if (!value) return;
  const said = make("dd", "", value);
  said.dir = "auto";
  list.append(make("dt", "", words(key)), said);
}

// As the reader calls it, and as it was written where that says more.
function tradeInFull(trade) {
  const name = tradeName(trade);
  return plain(name) === plain(trade) ? name : `${name} (${trade})`;
}

function factsOf(place) {
  const facts = make("dl");
  fact(facts, "trades", place.trades.map(tradeInFull).join(", "));
  fact(facts, "tongues", place.languages.map(tongueName).join(", "));
  fact(facts, "tasks", place.tasks);
  fact(facts, "size", place.size);
  fact(facts, "capacity", place.capacity && numbers.format(place.capacity));
  fact(facts, "when", place.when);
  if (place.website) {
    const link = make("a", "", place.website.replace(/^https?:\/\//, "").replace(/\/$/, ""));
    Object.assign(link, { href: place.website, rel: "noopener noreferrer nofollow", target: "_blank" });
    facts.append(make("dt", "", words("website")), make("dd", "", link));
  }
  fact(facts, "agreed", place.agreed_on && dayName(place.agreed_on));
  fact(facts, "source", place.source);
  return facts;
}

function details(place) {
  const box = make("div", "details");
  if (place.sample) box.append(make("p", "hint sample-hint", words("sample_hint")));
  if (place.about) {
    const about = make("p", "about", place.about);
    about.dir = "auto";
    box.append(about);
  }
  box.append(factsOf(place));
  if (place.kind !== "partner") box.append(make("p", "ask", words(`ask_${place.kind}`)));
  if (!place.exact) box.append(make("p", "hint", words("about_town")));
  return box;
}

let openedFrom = null; // the marker that had the focus when its card was opened

function popup(at, content, marker) {
  openedFrom = marker;
  const room = byId("map").getBoundingClientRect();
  const window_ = L.popup({ maxWidth: Math.min(340, room.width - 70), minWidth: Math.min(240, room.width - 70), maxHeight: Math.max(150, room.height - 110),
    autoPanPadding: [12, 12], offset: [0, -10], className: "card" });
  window_.setLatLng(at).setContent(content).openOn(map);
  const close = window_.getElement().querySelector(".leaflet-popup-close-button");
  close.setAttribute("aria-label", words("close"));
  content.tabIndex = -1;
  content.focus({ preventScroll: true });
}

function openCard(place, marker) {
  const title = make("h3", "", make("bdi", "", place.name));
  const card = make("article", "", badge(place), title, heart(place), details(place));
  card.setAttribute("aria-label", place.name);
  popup(place.at, card, marker);
  mark(place);
}

function openSeveral(members, marker) {
  const rows = members.slice(0, 200).map((place) => {
    const button = make("button", `row ${place.kind}`, signOf(place.kind), make("bdi", "", place.name));
    button.type = "button";
    button.addEventListener("click", () => openCard(place, marker));
    return make("li", "", button);
  });
  const box = make("div", "several", make("h3", "", make("bdi", "", commonTown(members))), make("ul", "", ...rows));
  popup(marker.getLatLng(), box, marker);
}

map.on("popupclose", () => {
  const element = openedFrom && openedFrom.getElement();
  openedFrom = null;
  if (document.activeElement === document.body || byId("map").contains(document.activeElement)) (element || byId("map")).focus({ preventScroll: true });
});
