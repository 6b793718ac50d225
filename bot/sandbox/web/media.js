// Photos, documents, voice notes, places, contacts and stickers as little cards.

import { fileUrl } from "./api.js";
import { h } from "./dom.js";
import { clip, coordinates, fileSize } from "./format.js";
import { icon, svg } from "./icons.js";

/** The cards of a message, in the order to show them. `openPhoto(url, alt)` enlarges a photo. */
export function mediaOf(message, { openPhoto }) {
  const cards = [];
  if (message.photo?.length) cards.push(photo(message, openPhoto));
  if (message.document) cards.push(documentCard(message.document));
  if (message.voice) cards.push(voice(message.voice, message.from?.is_bot));
  if (message.venue) cards.push(place(message.venue.location, message.venue.title, message.venue.address));
  else if (message.location) cards.push(place(message.location, liveTitle(message.location)));
  if (message.contact) cards.push(contact(message.contact));
  if (message.sticker) cards.push(h("span", { class: "sticker", text: message.sticker.emoji ?? "🙂" }));
  return cards;
}

function photo(message, openPhoto) {
  const best = message.photo.reduce((a, b) => ((b.width ?? 0) > (a.width ?? 0) ? b : a));
  const alt = message.caption ? `Photo: ${message.caption}` : "Photo";
  const url = fileUrl(best.file_id);
  const image = h("img", { src: url, alt, width: best.width || null, height: best.height || null, decoding: "async" });
  return h("button", { type: "button", class: "photo", "aria-label": `${alt}. Enlarge`, on: { click: () => openPhoto(url, alt) } }, image);
}

function documentCard(file) {
  const name = file.file_name ?? "file";
  return h("a", { class: "file", href: fileUrl(file.file_id), download: name, "aria-label": `Download ${name}` },
    h("span", { class: "file-icon" }, icon("document")),
    h("span", { class: "file-what" }, h("bdi", { class: "file-name", text: name }),
      h("span", { class: "file-size", text: fileSize(file.file_size) })),
    icon("download"));
}

function voice(note, playable) {
  const wave = svg("svg", { class: "wave", viewBox: "0 0 120 24", "aria-hidden": "true", preserveAspectRatio: "none" });
  for (let bar = 0; bar < 30; bar += 1) {
    const height = 4 + Math.abs(Math.sin(bar * 1.7 + note.duration) * 9 + Math.sin(bar * 0.6) * 7);
    wave.append(svg("rect", { x: bar * 4, y: 12 - height / 2, width: 2.2, height, rx: 1.1 }));
  }
  const label = `Voice note, ${clip(note.duration ?? 0)}`;
  return h("span", { class: "voice", role: "group", "aria-label": label }, playable ? player(note) : icon("voice"), wave,
    h("span", { class: "voice-time", text: clip(note.duration ?? 0) }));
}

function player(note) {
  const play = () => new Audio(fileUrl(note.file_id)).play().catch(() => { button.disabled = true; });
  const button = h("button", { type: "button", class: "round small", "aria-label": "Play", on: { click: play } }, icon("play"));
  return button;
}

function liveTitle(location) {
  return location.live_period ? `Live location, ${Math.round(location.live_period / 60)} min` : "Location";
}

function place(location, title, address) {
  return h("span", { class: "place", role: "group", "aria-label": `${title}, ${coordinates(location)}` }, sketch(location),
    h("span", { class: "place-what" }, h("b", { dir: "auto", text: title }),
      address ? h("span", { dir: "auto", text: address }) : null,
      h("span", { class: "coordinates", text: coordinates(location) })));
}

/** A made-up street plan, the same for the same place: a picture, not a map; real tiles would ask another host. */
function sketch({ latitude, longitude }) {
  const turn = ((latitude * 7919 + longitude * 104729) % 60 + 60) % 60 - 30;
  const streets = svg("g", { transform: `rotate(${turn.toFixed(1)} 120 55)`, class: "streets" });
  [[-40, 14], [0, 5], [34, 9], [75, 4]].forEach(([y, width]) =>
    streets.append(svg("line", { x1: -60, y1: 55 + y, x2: 300, y2: 55 + y + 8, "stroke-width": width })));
  [[-70, 5], [-18, 10], [38, 4], [92, 8]].forEach(([x, width]) =>
    streets.append(svg("line", { x1: 120 + x, y1: -80, x2: 120 + x - 10, y2: 200, "stroke-width": width })));
  return svg("svg", { class: "sketch", viewBox: "0 0 240 110", "aria-hidden": "true", preserveAspectRatio: "xMidYMid slice" },
    svg("path", { class: "water", d: `M0 ${70 + turn / 3} Q60 ${50 + turn} 120 88 T240 ${80 - turn / 2} V110 H0z` }), streets,
    svg("path", { class: "pin", d: "M120 68c12-13 17-21 17-29a17 17 0 0 0-34 0c0 8 5 16 17 29z" }),
    svg("circle", { class: "pin-hole", cx: 120, cy: 39, r: 6 }));
}

function contact(person) {
  const name = [person.first_name, person.last_name].filter(Boolean).join(" ");
  return h("span", { class: "file" }, h("span", { class: "file-icon" }, icon("contact")),
    h("span", { class: "file-what" }, h("bdi", { class: "file-name", text: name }), h("bdi", { class: "file-size", text: person.phone_number })));
}
