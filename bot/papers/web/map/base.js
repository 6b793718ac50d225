// The map under the places: outlines of countries and their names, towns; drawn on a canvas, so that moving it costs little.

const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
const dark = matchMedia("(prefers-color-scheme: dark)");
const WORLD = L.latLngBounds([-60, -180], [84, 180]);
const EUROPE = L.latLngBounds([35.5, -11], [61, 31]);
const OUTLINES_ZOOM = 10; // nearer than this the outlines are too coarse to say anything
const TILES_ZOOM = 18;

const map = L.map("map", {
  preferCanvas: true, zoomControl: false, attributionControl: false, minZoom: 2, zoomSnap: 0.5, maxZoom: data.tiles ? TILES_ZOOM : OUTLINES_ZOOM,
  maxBounds: WORLD, maxBoundsViscosity: 0.7, zoomAnimation: !calm, fadeAnimation: !calm, markerZoomAnimation: !calm, inertia: !calm,
  keyboardPanDelta: 90,
});
// A card moves the map to be seen whole, and arrow keys move it: Leaflet glides there unless told not to, each time.
if (calm) map.panBy = (offset, options) => L.Map.prototype.panBy.call(map, offset, { ...options, animate: false });
map.fitBounds(EUROPE, { animate: false });
for (const [name, level] of [["land", 150], ["tiles", 200], ["names", 350]]) map.createPane(name).style.zIndex = level;
map.getPane("land").style.pointerEvents = map.getPane("names").style.pointerEvents = "none";

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

function arcsOf(base) {
  return base.arcs.map((arc) => {
    const points = [];
    for (let at = 0, x = 0, y = 0; at < arc.length; at += 2) {
      x += arc[at];
      y += arc[at + 1];
      points.push(L.latLng(Math.max(-84, Math.min(84, y * base.step)), x * base.step));
    }
    return points;
  });
}

function drawLand() {
  const arcs = arcsOf(data.base);
  const look = { renderer: L.canvas({ padding: 0.5, pane: "land" }), pane: "land", interactive: false, smoothFactor: 0.8 };
  const ring = (numbers) => numbers.reduce((points, number) => joined(points, number >= 0 ? arcs[number] : [...arcs[~number]].reverse()), []);
  const polygons = data.base.countries.flatMap(([, shapes]) => shapes.map((shape) => shape.map(ring)));
  const land = L.polygon(polygons, { ...look, fillOpacity: 1, stroke: false }).addTo(map);
  // Each border once, and none within a country: the arcs that are an odd number of times in one.
  const borders = L.polyline(bordersOf(data.base).map((number) => arcs[number]), { ...look, weight: 1 }).addTo(map);
  const paint = () => {
    land.setStyle({ fillColor: colour("land") });
    borders.setStyle({ color: colour("border") });
  };
  paint();
  dark.addEventListener("change", paint);
}

// An arc goes on where the last one ended, also beyond the date line.
function joined(points, arc) {
  const turns = points.length ? 360 * Math.round((points.at(-1).lng - arc[0].lng) / 360) : 0;
  for (const point of arc) points.push(turns ? L.latLng(point.lat, point.lng + turns) : point);
  return points;
}

function bordersOf(base) {
  const kept = new Set();
  for (const [, shapes] of base.countries) {
    const own = new Set();
    for (const number of shapes.flat(2)) {
      const arc = number >= 0 ? number : ~number;
      own.has(arc) ? own.delete(arc) : own.add(arc);
    }
    for (const arc of own) kept.add(arc);
  }
  return [...kept];
}

// Names: each a marker without a function, hidden from screen readers, there from a certain zoom on.
let names = [];
let namesLanguage = "";

function makeNames() {
  if (namesLanguage === language) return;
  for (const name of names) name.marker.remove();
  namesLanguage = language;
  const sized = (size) => (size > 25 ? 3 : size > 4 ? 4 : size > 0.5 ? 5 : 6);
  const countries = data.base.countries.filter(([code]) => code);
  names = [
    ...countries.map(([code, , north, east, size]) => nameAt([north, east], countryName(code), "country", sized(size))),
    ...towns.map((town) => nameAt([town.latitude, town.longitude], capitalName(town), "town", town.zoom)),
  ].sort((a, b) => a.zoom - b.zoom);
}

function nameAt(at, label, kind, zoom) {
  const span = make("span", "", label);
  span.setAttribute("aria-hidden", "true");
  const icon = L.divIcon({ className: `name ${kind}`, html: span, iconSize: null });
  const width = label.length * (kind === "country" ? 8.6 : 6.6) + 4;
  return { zoom, kind, width, span, at: L.latLng(at), marker: L.marker(at, { icon, pane: "names", interactive: false, keyboard: false }) };
}

// Where a name may stand, from the point it belongs to: side, and the box's left upper corner. `aside`: under a sign.
const SIDES = {
  country: [["middle", (w) => [-w / 2, -8]]],
  town: [["right", () => [6, -9]], ["left", (w) => [-w - 6, -9]], ["below", (w) => [-w / 2, 5]], ["above", (w) => [-w / 2, -22]]],
  aside: [["far-below", (w) => [-w / 2, 21]], ["far-above", (w) => [-w / 2, -38]]],
};

// Shows the names that have room between the places' signs (`taken`: boxes in pixels) and each other.
function showNames(taken) {
  const zoom = map.getZoom();
  const seen = map.getBounds().pad(0.25);
  const boxes = [...taken];
  for (const name of names) {
    const wanted = !data.tiles && zoom >= name.zoom && seen.contains(name.at) && !(name.kind === "country" && zoom > name.zoom + 4);
    const side = wanted && sideFor(name, boxes);
    if (side) name.span.className = side;
    if (Boolean(side) !== map.hasLayer(name.marker)) side ? name.marker.addTo(map) : name.marker.remove();
  }
}

function sideFor(name, boxes) {
  const point = map.latLngToLayerPoint(name.at);
  const covered = name.kind === "town" && boxes.some((other) => other.contains(point));
  for (const [side, corner] of SIDES[covered ? "aside" : name.kind]) {
    const [x, y] = corner(name.width);
    const box = L.bounds(point.add([x, y]), point.add([x + name.width, y + 17]));
    if (boxes.some((other) => other.overlaps(box))) continue;
    boxes.push(box);
    return side;
  }
  return null;
}

function drawBase() {
  drawLand();
  if (data.tiles) {
    L.tileLayer(data.tiles.url, { pane: "tiles", maxZoom: TILES_ZOOM }).addTo(map);
  }
}

// Whose work the map is, in its corner.
let credits = null;
function showCredits() {
  credits?.remove();
  credits = L.control.attribution({ prefix: false }).addAttribution(escapeText(words("credits"))).addTo(map);
  if (data.tiles) credits.addAttribution(escapeText(data.tiles.attribution));
}

const escapeText = (text) => make("p", "", text).innerHTML;
