// The list: the equal of the map for whoever cannot see or use it. Parts of it are made when they are needed.

const PAGE = 40;
let listed = [];
let openId = null;

function row(place) {
  const button = make("button", "", make("bdi", "", place.name));
  button.type = "button";
  button.setAttribute("aria-expanded", "false");
  const item = make("li", `place ${place.kind}`, badge(place), make("h3", "", button), heart(place));
  if (place.trades.length) item.append(make("p", "trades", [...new Set(place.trades.map(tradeName))].join(", ")));
  item.id = `place-${place.id}`;
  button.addEventListener("click", () => (openId === place.id ? fold() : unfold(place, true)));
  return item;
}

function list(found) {
  listed = found;
  byId("places").replaceChildren();
  byId("list").scrollTop = 0;
  showMore(false);
  const known = openId && found.findIndex((place) => place.id === openId);
  if (openId && known >= 0 && known < PAGE) unfold(found[known], false);
}

function showMore(follow) {
  const list_ = byId("places");
  const next = listed.slice(list_.children.length, list_.children.length + PAGE).map(row);
  list_.append(...next);
  byId("show-more").hidden = list_.children.length >= listed.length;
  if (follow && next.length) next[0].querySelector("button").focus();
}

function fold() {
  const item = openId && byId(`place-${openId}`);
  openId = null;
  if (!item) return;
  item.classList.remove("open");
  item.querySelector("h3 button").setAttribute("aria-expanded", "false");
  item.querySelector(".details")?.remove();
}

function unfold(place, show) {
  fold();
  const item = byId(`place-${place.id}`);
  if (!item) return;
  openId = place.id;
  item.classList.add("open");
  item.querySelector("h3 button").setAttribute("aria-expanded", "true");
  const box = details(place);
  const button = make("button", "to-map", words("show_on_map"));
  button.type = "button";
  button.addEventListener("click", () => showOnMap(place));
  box.append(button);
  item.append(box);
  if (show) pointTo(place);
}

// The place's card was opened on the map: the list shows which one it is.
function mark(place) {
  for (const item of document.querySelectorAll(".place.marked")) item.classList.remove("marked");
  while (!byId(`place-${place.id}`) && !byId("show-more").hidden) showMore(false);
  const item = byId(`place-${place.id}`);
  item?.classList.add("marked");
  if (item && matchMedia("(min-width: 800px)").matches) item.scrollIntoView({ block: "nearest" });
}

const finger = L.marker([0, 0], { icon: L.divIcon({ className: "finger", iconSize: [58, 58] }), interactive: false, keyboard: false, zIndexOffset: -500 });

function pointTo(place, near = false) {
  map.closePopup();
  finger.setLatLng(place.at).addTo(map);
  if (near || !map.getBounds().contains(place.at)) map.setView(place.at, Math.max(map.getZoom(), near ? 9 : 6), { animate: !calm });
}

function showOnMap(place) {
  pointTo(place, true);
  byId("stage").scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
  openCard(place, null);
}
