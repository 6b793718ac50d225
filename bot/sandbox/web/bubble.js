// One message as a list item.

import { h } from "./dom.js";
import { fullName, hhmm } from "./format.js";
import { icon } from "./icons.js";
import { inlineKeyboard } from "./keyboards.js";
import { mediaOf } from "./media.js";
import { safeFragment, safeText } from "./safe_html.js";

/**
 * `context`: {own, zone, continued, actions}. `actions` are the phone's: command, link, click, openPhoto, menu, jump.
 */
export function bubble(message, context) {
  const service = serviceText(message);
  if (service) return h("li", { class: "service", dataset: { id: message.message_id } }, h("span", { dir: "auto", text: service }));
  const { own, continued, actions } = context;
  const box = h("div", { class: bubbleClass(message) }, forwarded(message), quoted(message, actions),
    mediaOf(message, actions), body(message, actions), meta(message, context));
  const more = h("button", { type: "button", class: "more", tabindex: "-1", "aria-label": "Message actions",
    "aria-haspopup": "menu", on: { click: (event) => actions.menu(message, event.currentTarget) } }, icon("more"));
  const keyboard = message.reply_markup?.inline_keyboard?.length ? inlineKeyboard(message, actions) : null;
  return h("li", { class: `message ${own ? "own" : "bot"}${continued ? " continued" : ""}`, tabindex: "-1",
    "aria-label": labelOf(message, context), dataset: { id: message.message_id } },
  h("div", { class: "line" }, box, more), keyboard);
}

function bubbleClass(message) {
  const bare = message.sticker ? " bare" : "";
  return `bubble${message.photo ? " with-photo" : ""}${message.venue || message.location ? " with-place" : ""}${bare}`;
}

function body(message, actions) {
  const text = message.text ?? message.caption;
  if (text === undefined || text === null || text === "") return null;
  const handlers = { onCommand: actions.command, onLink: actions.link };
  const content = typeof message.html === "string" ? safeFragment(message.html, handlers) : safeText(text, handlers);
  return h("div", { class: "text", dir: "auto" }, content);
}

function meta(message, { zone }) {
  const date = new Date(message.date * 1000);
  return h("span", { class: "meta" }, message.edit_date ? "edited " : null,
    h("time", { datetime: date.toISOString(), text: hhmm(date, zone) }));
}

function forwarded(message) {
  const origin = message.forward_origin;
  if (!origin) return null;
  const name = origin.sender_user ? fullName(origin.sender_user) : origin.sender_user_name ?? origin.chat?.title;
  return h("div", { class: "forwarded", dir: "auto", text: name ? `Forwarded from ${name}` : "Forwarded" });
}

function quoted(message, actions) {
  const to = message.reply_to_message;
  if (!to) return null;
  return h("button", { type: "button", class: "quote", on: { click: () => actions.jump(to.message_id) } },
    h("b", { dir: "auto", text: to.from ? fullName(to.from) : "Message" }), h("span", { dir: "auto", text: summary(to) }));
}

function labelOf(message, { own, zone }) {
  const who = own ? "You" : fullName(message.from ?? { id: 0 });
  return `${who}, ${hhmm(new Date(message.date * 1000), zone)}: ${summary(message)}`;
}

function serviceText(message) {
  if (message.new_chat_members) return `${message.new_chat_members.map(fullName).join(", ")} joined`;
  if (message.left_chat_member) return `${fullName(message.left_chat_member)} left`;
  if (message.group_chat_created) return "Group created";
  return null;
}

/** A message in a few plain words: for labels, quotes and announcements. */
export function summary(message) {
  const text = message.text ?? message.caption;
  if (text) return text.length > 400 ? `${text.slice(0, 400)}…` : text;
  if (message.photo) return "Photo";
  if (message.document) return `Document ${message.document.file_name ?? ""}`.trim();
  if (message.voice) return "Voice note";
  if (message.venue) return message.venue.title;
  if (message.location) return "Location";
  if (message.sticker) return `Sticker ${message.sticker.emoji ?? ""}`.trim();
  if (message.contact) return `Contact ${message.contact.first_name}`;
  return "Message";
}
