// What a person can send besides text.

import { askLocation } from "./dialogs.js";
import { h, roving } from "./dom.js";
import { fullName } from "./format.js";
import { openMenu, openPanel, close } from "./popover.js";

const STICKERS = ["😀", "😂", "🥰", "🤔", "😴", "😢", "👍", "👋", "🎉", "🧺", "✈️", "🏠"];
const LARGEST = 20 * 1024 * 1024;  // what the Bot API lets a bot download

/** Opens the attachment menu. `send(payload)` sends, `fail(sentence)` says what went wrong, `user` is the sender. */
export function attachMenu(anchor, { send, fail, user }) {
  const pick = (accept, key) => pickFile(accept, async (file) => {
    if (file.size > LARGEST) return fail(`${file.name} is too big: a bot can fetch files up to 20 MB.`);
    const data = await base64(file);
    return send(key === "photo" ? { photo: data } : { document: data, file_name: file.name });
  });
  openMenu(anchor, "Attach", [
    { icon: "photo", label: "Photo", run: () => pick("image/*", "photo") },
    { icon: "document", label: "Document", run: () => pick("", "document") },
    { icon: "location", label: "Location", run: () => askLocation((location) => send({ location })) },
    { icon: "voice", label: "Voice note", run: () => send({ voice: 7 }) },
    { icon: "sticker", label: "Sticker", run: () => stickers(anchor, send) },
    { icon: "contact", label: "My contact", run: () => send(ownContact(user)) },
  ]);
}

/** The person's own contact; the number is from the range kept free for fiction. */
export function ownContact(user) {
  return { contact: { phone_number: "+33 1 99 00 12 34", first_name: fullName(user) } };
}

function stickers(anchor, send) {
  const panel = h("div", { class: "stickers", role: "group", "aria-label": "Stickers" }, STICKERS.map((emoji) =>
    h("button", { type: "button", text: emoji, "aria-label": `Sticker ${emoji}`, on: { click: () => { close(); send({ sticker: emoji }); } } })));
  roving(panel, "button");
  openPanel(anchor, panel);
}

function pickFile(accept, done) {
  const input = h("input", { type: "file", accept, on: { change: () => { if (input.files[0]) done(input.files[0]); } } });
  input.click();
}

function base64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}
