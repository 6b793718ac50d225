// The server sends messages as safe HTML. This page trusts nobody: it parses that HTML into an inert document and
// copies over only the tags and attributes named here; everything else becomes its text.

import { h, uniqueId } from "./dom.js";

const TAGS = { b: "b", strong: "b", i: "i", em: "i", u: "u", ins: "u", s: "s", del: "s", strike: "s", code: "code",
  pre: "pre", blockquote: "blockquote", br: "br" };
const DROPPED = new Set(["script", "style", "template", "iframe", "object", "noscript", "svg", "math"]);
const LINK = /^(https?|mailto|tel|tg):/i;
const SPOILER = new Set(["tg-spoiler", "spoiler"]);

// Addresses, phone numbers and commands that Telegram itself would make tappable.
const AUTOLINK = /(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]])|((?<![\w/])\/[a-z][a-z0-9_]{0,31}(?![\w/]))|((?<![\w+])\+\d[\d \u00a0().-]{6,}\d)/gi;

/**
 * The message's HTML as a safe fragment. `onCommand(text)` runs when somebody taps a "/command",
 * `onLink(url)` may return true to take a link over.
 */
export function safeFragment(html, handlers) {
  const inert = new DOMParser().parseFromString(html, "text/html");
  const out = document.createDocumentFragment();
  copyChildren(inert.body, out, { ...handlers, plain: false });
  return out;
}

/** Plain text with tappable links. */
export function safeText(text, handlers) {
  const out = document.createDocumentFragment();
  appendText(out, text, { ...handlers, plain: false });
  return out;
}

function copyChildren(from, to, context) {
  for (const node of from.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) appendText(to, node.data, context);
    else if (node.nodeType === Node.ELEMENT_NODE) copyElement(node, to, context);
  }
}

function copyElement(node, to, context) {
  const name = node.localName;
  if (DROPPED.has(name)) return appendText(to, node.textContent, { ...context, plain: true });
  const [made, inside] = safeElement(node, name, context);
  if (!made) return copyChildren(node, to, context);
  copyChildren(node, inside ?? made, name === "a" || name === "code" || name === "pre" ? { ...context, plain: true } : context);
  return to.append(made);
}

/** The element to show for `node`, and the one its children go into when that is another; or [null]. */
function safeElement(node, name, context) {
  if (name === "a") return [safeLink(node.getAttribute("href") ?? "", context)];
  if (name === "tg-spoiler" || (name === "span" && [...node.classList].some((one) => SPOILER.has(one)))) return spoiler();
  if (name === "blockquote") return [h("blockquote", { class: node.hasAttribute("expandable") || node.classList.contains("expandable") ? "expandable" : null })];
  if (name === "pre" || name === "code") return [h(name, { dir: "ltr" })];
  return [TAGS[name] ? h(TAGS[name]) : null];
}

function safeLink(href, { onLink }) {
  if (!LINK.test(href.trim())) return h("span");
  return h("a", {
    href: href.trim(), target: "_blank", rel: "noopener noreferrer",
    on: { click: (event) => { if (onLink?.(href.trim())) event.preventDefault(); } },
  });
}

function spoiler() {
  const inside = h("span", { class: "spoiler-text", id: uniqueId("spoiler"), "aria-hidden": "true" });
  const button = h("span", { class: "spoiler", role: "button", tabindex: "0", "aria-label": "Hidden text, press to reveal" }, inside);
  const reveal = (event) => {
    if (event.type === "keydown" && event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    button.classList.add("open");
    for (const name of ["role", "tabindex", "aria-label"]) button.removeAttribute(name);
    inside.removeAttribute("aria-hidden");
  };
  button.addEventListener("click", reveal, { once: true });
  button.addEventListener("keydown", reveal);
  return [button, inside];
}

function appendText(to, text, context) {
  if (context.plain) return to.append(text);
  let at = 0;
  for (const match of text.matchAll(AUTOLINK)) {
    to.append(text.slice(at, match.index), autolink(match, context));
    at = match.index + match[0].length;
  }
  return to.append(text.slice(at));
}

function autolink([text, url, command], context) {
  if (command) {
    return h("button", { type: "button", class: "command", text, tabindex: "-1", on: { click: () => context.onCommand?.(text) } });
  }
  const link = safeLink(url ?? `tel:${text.replace(/[^\d+]/g, "")}`, context);
  link.textContent = text;
  return link;
}
