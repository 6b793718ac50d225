// Modal dialogs: native <dialog>, so Esc, focus and the backdrop are the browser's.

import { roleName } from "./format.js";
import { h, uniqueId } from "./dom.js";
import { icon } from "./icons.js";

/** Opens a dialog with a title and content; removed when closed. Returns it. */
export function openDialog(title, content, { className = "" } = {}) {
  const id = uniqueId("dialog");
  const opener = document.activeElement;
  const dialog = h("dialog", { class: `dialog ${className}`, "aria-labelledby": id },
    h("header", {}, h("h2", { id, text: title }),
      h("button", { type: "button", class: "round", "aria-label": "Close", on: { click: () => dialog.close() } }, icon("close"))),
    content);
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (opener?.isConnected) opener.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** The alert that a bot shows by answerCallbackQuery(show_alert=True). */
export function showAlert(botName, text) {
  const ok = h("button", { type: "button", class: "primary", text: "OK", on: { click: () => dialog.close() } });
  const dialog = openDialog(botName, h("div", { class: "alert-body" }, h("p", { dir: "auto", text }), ok), { className: "alert" });
  ok.focus();
}

export function showPhoto(url, alt) {
  openDialog(alt, h("img", { src: url, alt, class: "lightbox" }), { className: "wide" });
}

// Places a learner might be at; any other by its coordinates.
const PLACES = [["Nantes", 47.2184, -1.5536], ["Barcelona", 41.3874, 2.1686], ["Como", 45.8081, 9.0852],
  ["Flensburg", 54.7937, 9.4469], ["Faro", 37.0194, -7.9304], ["Sarajevo", 43.8563, 18.4131]];

/** Asks for a place; `done({latitude, longitude, live_period?})`. */
export function askLocation(done) {
  const latitude = h("input", { type: "number", step: "any", min: "-90", max: "90", required: true, value: PLACES[0][1], name: "latitude" });
  const longitude = h("input", { type: "number", step: "any", min: "-180", max: "180", required: true, value: PLACES[0][2], name: "longitude" });
  const live = h("input", { type: "checkbox", name: "live" });
  const presets = PLACES.map(([name, lat, lon]) => h("button", { type: "button", class: "chip", text: name,
    on: { click: () => { latitude.value = lat; longitude.value = lon; } } }));
  const form = h("form", { class: "form", method: "dialog" },
    h("div", { class: "chips", role: "group", "aria-label": "Places" }, presets),
    h("div", { class: "pair" }, h("label", {}, "Latitude", latitude), h("label", {}, "Longitude", longitude)),
    h("label", { class: "check" }, live, "Live location for one hour"),
    h("button", { type: "submit", class: "primary", text: "Send location" }));
  form.addEventListener("submit", () => done({ latitude: Number(latitude.value), longitude: Number(longitude.value),
    ...(live.checked ? { live_period: 3600 } : {}) }));
  openDialog("Send a location", form);
}

/**
 * Asks who gets a phone: somebody with an open invite (`join(invite)`), somebody who is in the chat already
 * (`others`: [{slot, name, role}], `choose(slot)`), or a stranger (`stranger(person)`).
 */
export function askPerson(invites, { join, others, choose, stranger }) {
  const pick = (name, detail, run) => h("li", {}, h("button", { type: "button", class: "invite", on: { click: () => { dialog.close(); run(); } } },
    h("b", { dir: "auto", text: name }), h("span", { text: detail })));
  const section = (title, hint, items) => (items.length ? h("section", {}, h("h3", { text: title }),
    h("p", { class: "hint", text: hint }), h("ul", { class: "invites" }, items)) : null);
  const dialog = openDialog("Add a phone", h("div", { class: "columns" },
    section("Somebody who was invited", "Opens the invite link, as on their own phone.", invites.map((invite) =>
      pick(invite.name || invite.code, [roleName(invite.role ?? ""), invite.code].filter(Boolean).join(" · "), () => join(invite)))),
    section("Somebody who is here", "Their chat goes on where it was.", others.map(({ slot, name, role }) => pick(name, roleName(role), () => choose(slot)))),
    strangerForm(stranger)));
}

function strangerForm(stranger) {
  const first = h("input", { name: "first_name", required: true, maxlength: "64", autocomplete: "off" });
  const last = h("input", { name: "last_name", maxlength: "64", autocomplete: "off" });
  const language = h("select", { name: "language_code" },
    [["en", "English"], ["fr", "French"], ["es", "Spanish"], ["it", "Italian"], ["de", "German"], ["nl", "Dutch"], ["ar", "Arabic"]]
      .map(([value, text]) => h("option", { value, text })));
  const form = h("form", { class: "form", method: "dialog" },
    h("div", {}, h("h3", { text: "A stranger" }), h("p", { class: "hint", text: "Somebody who found the bot without an invite." })),
    h("div", { class: "pair" }, h("label", {}, "First name", first), h("label", {}, "Last name", last)),
    h("label", {}, "Language of the phone", language),
    h("button", { type: "submit", class: "primary", text: "Add this person" }));
  form.addEventListener("submit", () => stranger({ first_name: first.value.trim() || "Somebody",
    ...(last.value.trim() ? { last_name: last.value.trim() } : {}), language_code: language.value, label: "stranger" }));
  return form;
}
