// Puts it together: languages, filters, what is found, and when what is drawn anew.

let found = places;
let towns_ = new Map();
const home = L.marker([0, 0], { icon: L.divIcon({ className: "home", iconSize: [22, 22] }), interactive: false, keyboard: false });

function option(value, label) {
  const one = make("option", "", label);
  one.value = value;
  return one;
}

function fill(id, first, entries) {
  const select = byId(id);
  const chosen = select.value;
  const sorted_ = [...entries].sort((a, b) => collator.compare(a[1], b[1]));
  select.replaceChildren(...first.map(([value, label]) => option(value, label)), ...sorted_.map(([value, label]) => option(value, label)));
  if ([...select.options].some((one) => one.value === chosen)) select.value = chosen;
}

const distinct = (values, name) => new Map(values.map((value) => [value, name(value)]));

function fillFilters() {
  fill("country", [["", words("all_countries")]], distinct(places.map((place) => place.country), countryName));
  const trades = places.flatMap((place) => place.trades);
  fill("trade", [["", words("all_trades")]], new Map(trades.map((trade) => [tradeKey(trade), tradeName(trade)])));
  fill("tongue", [["", words("all_tongues")]], distinct(places.flatMap((place) => place.languages), tongueName));
  towns_ = origins();
  const labels = new Map([...towns_].map(([key, town]) => [key, `${town.label} (${countryName(town.country)})`]));
  fill("from", [["", words("from_nowhere")], ["middle", words("from_middle")]], labels);
  fillKinds();
}

function fillKinds() {
  const off = new Set([...document.querySelectorAll("#kinds input:not(:checked)")].map((box) => box.value));
  for (const label of document.querySelectorAll("#kinds label")) label.remove();
  for (const kind of KINDS.filter((one) => places.some((place) => place.kind === one))) {
    const box = make("input");
    Object.assign(box, { type: "checkbox", value: kind, checked: !off.has(kind) });
    byId("kinds").append(make("label", `chip ${kind}`, box, signOf(kind), words(`kinds/${kind}`)));
  }
}

function origin() {
  const value = byId("from").value;
  if (value === "middle") return map.getCenter();
  return value && towns_.has(value) ? towns_.get(value).at : null;
}

function filtered() {
  const wanted = asked();
  return places.filter((place) => fits(place, wanted));
}

const touched = () =>
  Boolean(byId("text").value.trim() || document.querySelector("#kinds input:not(:checked)") || byId("in-view").checked ||
    ["country", "trade", "tongue", "from"].some((id) => byId(id).value));

// Something was asked for: look anew, and let the map show all that is left.
function look({ follow = true } = {}) {
  found = filtered();
  drawPlaces(found);
  showList();
  const from = origin();
  from && byId("from").value !== "middle" ? home.setLatLng(from).addTo(map) : home.remove();
  if (follow && !byId("in-view").checked) frame(from);
}

function frame(from) {
  const points = found.map((place) => place.at);
  if (from) points.splice(0, Infinity, from, ...sorted([...found], from).slice(0, 8).map((place) => place.at));
  if (points.length) map.fitBounds(L.latLngBounds(points), { padding: [45, 45], maxZoom: 8, animate: !calm });
}

function showList() {
  const seen = map.getBounds();
  const rest = byId("in-view").checked ? found.filter((place) => seen.contains(place.at)) : found;
  list(sorted([...rest], origin()));
  byId("count").textContent = places.length ? words("count", { shown: numbers.format(rest.length), all: numbers.format(places.length) }) : "";
  byId("nothing").hidden = rest.length > 0;
  byId("nothing").textContent = words(places.length ? "nothing" : "empty");
  byId("clear").hidden = !touched();
}

function moved() {
  drawPlaces(found);
  if (byId("in-view").checked || byId("from").value === "middle") showList();
}

function switchTo(tag, keep) {
  speak(tag, keep);
  fillFilters();
  makeNames();
  byId("map").setAttribute("aria-label", words("map_help"));
  map.closePopup();
  zoomButtons();
  showCredits();
}

let zoomControl = null;
function zoomButtons() {
  zoomControl?.remove();
  const text = { zoomInTitle: words("zoom_in"), zoomOutTitle: words("zoom_out") };
  zoomControl = L.control.zoom({ position: "topright", ...text }).addTo(map);
}

function clear() {
  for (const id of ["text", "country", "trade", "tongue", "from"]) byId(id).value = "";
  for (const box of document.querySelectorAll("#kinds input")) box.checked = true;
  byId("in-view").checked = false;
  look();
  byId("text").focus();
}

function begin() {
  byId("language").replaceChildren(...data.languages.map(([tag, name]) => option(tag, name)));
  byId("more").open = matchMedia("(min-width: 800px) and (min-height: 900px)").matches;
  byId("filters").hidden = !places.length;
  byId("kinds").hidden = new Set(places.map((place) => place.kind)).size < 2;
  byId("offline").hidden = Boolean(data.tiles);
  switchTo(preferredLanguage(), false);
  byId("language").value = language;
  look({ follow: false });
  performance.mark("list");
  drawBase();
  look();
  listen();
  openLinked();
  requestAnimationFrame(() => performance.mark("map"));
}

// An address that ends in #h12 leads to that place.
function openLinked() {
  const wanted = placeById.get(location.hash.slice(1));
  if (wanted) showOnMap(wanted);
}

function listen() {
  let waiting = 0;
  byId("text").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(look, 120);
  });
  byId("filters").addEventListener("change", (event) => event.target.id !== "text" && look());
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  byId("clear").addEventListener("click", clear);
  byId("show-more").addEventListener("click", () => showMore(true));
  byId("language").addEventListener("change", (event) => {
    switchTo(event.target.value, true);
    look({ follow: false });
  });
  // Leaflet hears Escape only while the map itself has the focus, not a sign or a card on it.
  byId("map").addEventListener("keydown", (event) => event.key === "Escape" && map.closePopup());
  addEventListener("hashchange", openLinked);
  map.on("moveend", moved);
  new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(byId("map"));
}

begin();
