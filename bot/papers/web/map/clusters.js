// Places that would lie on each other become one round sign with a number. Worked out anew after each zoom, in a grid.

const REACH = 58; // pixels: nearer than this is together
const SIGNS = { host: "M3 21V9l9-6 9 6v12h-6v-6H9v6z", ambassador: "M12 12a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zm-8 9a8 8 0 0 1 16 0z",
  partner: "M12 2l9 5v10l-9 5-9-5V7z" };

function signOf(kind) {
  const sign = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  sign.setAttribute("viewBox", "0 0 24 24");
  sign.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", SIGNS[kind]);
  sign.append(path);
  return sign;
}

function grouped(found, zoom) {
  const cells = new Map();
  const groups = [];
  for (const place of found) {
    const point = map.project(place.at, zoom);
    const [column, row] = [Math.floor(point.x / REACH), Math.floor(point.y / REACH)];
    let group = null;
    for (let x = column - 1; x <= column + 1 && !group; x++) {
      for (let y = row - 1; y <= row + 1 && !group; y++) {
        group = (cells.get(`${x},${y}`) || []).find((one) => one.first.distanceTo(point) < REACH) || null;
      }
    }
    if (group) {
      group.members.push(place);
      group.sum = group.sum.add(point);
      continue;
    }
    group = { first: point, sum: point, members: [place] };
    groups.push(group);
    const key = `${column},${row}`;
    cells.set(key, [...(cells.get(key) || []), group]);
  }
  for (const group of groups) {
    group.at = group.members.length === 1 ? group.members[0].at : map.unproject(group.sum.divideBy(group.members.length), zoom);
    group.key = `${zoom}/${group.members.length}/${group.members[0].id}/${language}`;
  }
  return groups;
}

const layer = L.layerGroup().addTo(map);
const shown = new Map(); // key of a group → its marker
let groups = [];
let groupsOf = { found: null, zoom: null, language: null };

// Draws what `found` comes to at this zoom, near what is seen.
function drawPlaces(found) {
  const zoom = map.getZoom();
  if (groupsOf.found !== found || groupsOf.zoom !== zoom || groupsOf.language !== language) {
    groups = grouped(found, zoom);
    groupsOf = { found, zoom, language };
  }
  const seen = map.getBounds().pad(0.25);
  const wanted = new Map(groups.filter((group) => seen.contains(group.at)).map((group) => [group.key, group]));
  for (const [key, marker] of shown) {
    if (wanted.has(key)) continue;
    layer.removeLayer(marker);
    shown.delete(key);
  }
  for (const [key, group] of wanted) {
    if (!shown.has(key)) shown.set(key, (group.members.length === 1 ? single : cluster)(group).addTo(layer));
  }
  showNames([...wanted.values()].map(boxOf));
}

const sizeOf = ({ members }) => (members.length === 1 ? 32 : members.length < 10 ? 40 : members.length < 100 ? 46 : 54);

function boxOf(group) {
  const point = map.latLngToLayerPoint(group.at);
  const half = sizeOf(group) / 2 - 2;
  return L.bounds(point.subtract([half, half]), point.add([half, half]));
}

function single(group) {
  const place = group.members[0];
  const label = `${place.name}, ${townName(place)} (${words(`one/${place.kind}`)})`;
  const icon = L.divIcon({ className: `pin ${place.kind}`, html: make("span", "", signOf(place.kind)), iconSize: [40, 40] });
  const marker = named(L.marker(place.at, { icon, title: place.name, riseOnHover: true }), label);
  return usable(marker, () => openCard(place, marker));
}

function cluster(group) {
  const { members } = group;
  const together = closest(group);
  const label = words(together ? "cluster_here" : "cluster", { n: numbers.format(members.length), town: commonTown(members) });
  const size = sizeOf(group);
  const ring = make("span", "", String(members.length));
  ring.style.setProperty("--ring", slices(members));
  const icon = L.divIcon({ className: "pin cluster", html: ring, iconSize: [size, size] });
  const marker = named(L.marker(group.at, { icon, zIndexOffset: 500 }), label);
  return usable(marker, () => (together ? openSeveral(members, marker) : zoomTo(members)));
}

// The shares of the kinds, as a ring around the number.
function slices(members) {
  let from = 0;
  const parts = KINDS.map((kind) => {
    const start = from;
    from += (100 * members.filter((place) => place.kind === kind).length) / members.length;
    return `var(--${kind}) ${start}% ${from}%`;
  });
  return `conic-gradient(${parts.join(",")})`;
}

function commonTown(members) {
  const times = new Map();
  for (const town of members.map((place) => townName(place))) times.set(town, (times.get(town) || 0) + 1);
  return [...times].reduce((best, one) => (one[1] > best[1] ? one : best))[0];
}

// Whether zooming in would not part them.
function closest({ members }) {
  const far = map.getMaxZoom();
  const points = members.map((place) => map.project(place.at, far));
  return map.getZoom() >= far || points.every((point) => point.distanceTo(points[0]) < REACH);
}

function zoomTo(members) {
  map.fitBounds(L.latLngBounds(members.map((place) => place.at)), { padding: [50, 50], maxZoom: map.getMaxZoom(), animate: !calm });
  byId("map").focus({ preventScroll: true });
}

function named(marker, label) {
  return marker.on("add", () => marker.getElement().setAttribute("aria-label", label));
}

// By mouse, finger and keyboard: Leaflet makes a marker a button, but does not press it.
function usable(marker, act) {
  return marker.on("click", act).on("keydown", ({ originalEvent }) => {
    if (originalEvent.key !== "Enter" && originalEvent.key !== " ") return;
    originalEvent.preventDefault();
    act();
  });
}
