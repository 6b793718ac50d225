// Wires the page together.

import { api } from "./api.js";
import { ClockBar } from "./clock_bar.js";
import { h } from "./dom.js";
import { listen } from "./events.js";
import { localZone } from "./format.js";
import { Guide } from "./guide.js";
import { icon } from "./icons.js";
import { JourneyLine } from "./journey_line.js";
import { Layout } from "./layout.js";
import { World } from "./world.js";

const $ = (id) => document.getElementById(id);
const THEMES = { auto: "light", light: "dark", dark: "auto" };

const app = {
  world: new World(),
  api,
  zone: () => app.world.clock?.zone || localZone(),
  fail: (error) => showStatus(error?.message ?? String(error), "error"),
  calm: () => hideFailure(),
  announce,
  startToken,
  relabel: () => { if (app.layout) skipLinks(); },
};

// ---- one line for what goes wrong

let statusTimer;

function showStatus(text, kind) {
  clearTimeout(statusTimer);
  const bar = $("status");
  bar.className = `status ${kind}`;
  bar.replaceChildren(h("span", { text }), h("button", { type: "button", class: "round small", "aria-label": "Dismiss", on: { click: hideStatus } }, icon("close")));
  bar.hidden = false;
  if (kind === "error") statusTimer = setTimeout(hideStatus, 12000);
}

function hideStatus() {
  $("status").hidden = true;
}

/** What went wrong before is no news once the next thing is tried; a lost connection stays on show. */
function hideFailure() {
  if ($("status").classList.contains("error")) hideStatus();
}

function announce(text) {
  const log = $("announcer");
  log.append(h("p", { text }));
  while (log.childElementCount > 20) log.firstElementChild.remove();
}

/** The token of a t.me link to this bot ("" without one), or null for any other link. */
function startToken(url) {
  let link;
  try {
    link = new URL(url);
  } catch {
    return null;
  }
  const { username } = app.world.bot;
  const web = link.hostname === "t.me" && link.pathname.slice(1).toLowerCase() === username.toLowerCase();
  const own = link.protocol === "tg:" && link.searchParams.get("domain")?.toLowerCase() === username.toLowerCase();
  return username && (web || own) ? link.searchParams.get("start") ?? "" : null;
}

// ---- keyboard: skip links, and F6 from region to region

function skipLinks() {
  const links = [["Skip to the clock", () => $("clock").querySelector("button")?.focus()],
    ...app.layout.phones.map((phone) => [`Skip to ${phone.name}'s phone`, () => goTo(phone)])];
  $("skips").replaceChildren(...links.map(([text, run]) => h("button", { type: "button", text, on: { click: run } })));
}

function goTo(phone) {
  app.layout.bring(phone);
  phone.focus();
}

function jump(backwards) {
  const phones = app.layout.phones.map((phone) => ({ el: phone.el, go: () => goTo(phone) }));
  const guide = app.guide.isOpen ? [{ el: $("guide"), go: () => $("guide").focus() }] : [];
  const top = { el: $("top"), go: () => $("top").querySelector("button:not([hidden])")?.focus() };
  const regions = [top, ...guide, ...phones];
  const at = regions.findIndex(({ el }) => el.contains(document.activeElement));
  const step = backwards ? -1 : 1;
  regions[(Math.max(at, backwards ? 0 : -1) + step + regions.length) % regions.length].go();
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "F6" || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  jump(event.shiftKey);
});

// ---- tools

function tools() {
  const theme = window.compagnonTheme;
  const themeText = h("span");
  const themeButton = h("button", { type: "button", class: "tool", on: { click: () => { theme.set(THEMES[theme.get()]); label(); } } }, icon("theme"), themeText);
  const label = () => {
    themeText.textContent = { auto: "Auto", light: "Light", dark: "Dark" }[theme.get()];
    themeButton.setAttribute("aria-label", `Colours: ${theme.get()}. Change`);
  };
  label();
  const guideButton = h("button", { type: "button", class: "tool guide-toggle", "aria-controls": "guide" }, icon("guide"), h("span", { text: "What to try" }));
  $("tools").replaceChildren(guideButton, themeButton);
  return guideButton;
}

// ---- start

app.layout = new Layout(app, { phones: $("phones"), tabs: $("tabs") });
app.clockBar = new ClockBar(app, $("clock"));
app.journey = new JourneyLine(app, $("journey"));
app.guide = new Guide(app, $("guide"), tools());

let opened = false;

async function up(again) {
  try {
    if (opened) await app.world.resync();
    else await app.world.refresh();
    if (again || !opened) hideStatus();
    if (!opened) app.layout.open();
    opened = true;
    document.title = `${app.world.bot.first_name} · demo`;
  } catch (error) {
    app.fail(error);
  }
}

listen({
  onEvent: (event) => app.world.apply(event),
  onUp: up,
  onDown: () => showStatus("The line to the sandbox broke. Trying again; nothing is lost.", "warning"),
});
