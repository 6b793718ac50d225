// Inline keyboards under a message, and the reply keyboard above the composer.

import { h, roving } from "./dom.js";
import { icon } from "./icons.js";

/** The buttons under `message`. A tap shows its loading state until the bot has answered it. */
export function inlineKeyboard(message, actions) {
  const rows = message.reply_markup.inline_keyboard.map((row) =>
    h("div", { class: "row" }, row.map((button) => inlineButton(message, button, actions))));
  const board = h("div", { class: "inline-keyboard", role: "group", "aria-label": "Buttons" }, rows);
  roving(board, ".key", { columns: true });
  board.querySelectorAll(".key").forEach((key) => { key.tabIndex = -1; });  // the chat decides which keyboards Tab reaches
  return board;
}

function inlineButton(message, button, actions) {
  const label = h("span", { class: "key-label", dir: "auto", text: button.text });
  if (button.url) return urlButton(button, label, actions);
  const key = h("button", { type: "button", class: "key" }, label);
  key.addEventListener("click", () => tap(key, () => press(message, button, actions)));
  return key;
}

function urlButton(button, label, actions) {
  const safe = /^(https?|tg|mailto|tel):/i.test(button.url);
  return h("a", { class: "key link", href: safe ? button.url : null, target: "_blank", rel: "noopener noreferrer", title: button.url,
    on: { click: (event) => { if (actions.link(button.url)) event.preventDefault(); } } }, label, icon("link"));
}

function press(message, button, actions) {
  if (button.copy_text) return actions.copy(button.copy_text.text);
  if (button.callback_data !== undefined) return actions.click(message, button.callback_data);
  return actions.unsupported(button.text);
}

async function tap(key, work) {
  if (key.getAttribute("aria-busy") === "true") return;  // a double tap is for the bot's tests, not for a slow line
  key.setAttribute("aria-busy", "true");
  try {
    await work();
  } finally {
    key.removeAttribute("aria-busy");
  }
}

/** The reply keyboard, or null. A tap sends the button's text, or what the button asks for. */
export function replyKeyboard(markup, actions) {
  if (!markup?.keyboard?.length) return null;
  const rows = markup.keyboard.map((row) => h("div", { class: "row" }, row.map((button) => replyButton(button, markup, actions))));
  const board = h("div", { class: "reply-keyboard", role: "group", "aria-label": "Suggested answers" }, rows);
  roving(board, ".key", { columns: true });
  return board;
}

function replyButton(button, markup, actions) {
  const what = typeof button === "string" ? { text: button } : button;
  const asks = what.request_location ? "location" : what.request_contact ? "contact" : null;
  const press = () => {
    if (asks === "location") actions.askLocation();
    else if (asks === "contact") actions.sendContact();
    else actions.send({ text: what.text });
    if (markup.one_time_keyboard) actions.hideReplyKeyboard();
  };
  return h("button", { type: "button", class: "key", on: { click: press } }, asks ? icon(asks) : null,
    h("span", { class: "key-label", dir: "auto", text: what.text }));
}
