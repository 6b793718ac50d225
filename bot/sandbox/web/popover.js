// Small menus next to a button: Esc and a click elsewhere close them (the browser's own popovers).

import { h, roving } from "./dom.js";
import { icon } from "./icons.js";

let current = null;

/** A menu next to `anchor`. `entries`: {icon, label, run, danger} or null for none. */
export function openMenu(anchor, label, entries) {
  const items = entries.filter(Boolean).map((entry) =>
    h("button", { type: "button", role: "menuitem", class: entry.danger ? "danger" : null,
      on: { click: () => { close(); anchor.focus(); entry.run(); } } },
    entry.icon ? icon(entry.icon) : null, h("span", { dir: "auto", text: entry.label })));
  const menu = h("div", { class: "menu", role: "menu", "aria-label": label }, items);
  roving(menu, "[role=menuitem]");
  show(anchor, menu);
  items[0].focus();
}

/** Any content next to `anchor`; the first focusable thing in it gets the focus. */
export function openPanel(anchor, panel) {
  show(anchor, panel);
  panel.querySelector("button, input, [tabindex='0']")?.focus();
}

function show(anchor, panel) {
  close();
  panel.setAttribute("popover", "auto");
  panel.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    const inside = panel.contains(document.activeElement) || document.activeElement === document.body;
    panel.remove();
    anchor.setAttribute("aria-expanded", "false");
    if (inside && anchor.isConnected) anchor.focus();
  });
  document.body.append(panel);
  panel.showPopover();
  anchor.setAttribute("aria-expanded", "true");
  place(anchor, panel);
  current = panel;
}

function place(anchor, panel) {
  const spot = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = panel;
  const below = spot.bottom + 6 + height < innerHeight;
  panel.style.top = `${Math.max(8, below ? spot.bottom + 6 : spot.top - height - 6)}px`;
  panel.style.left = `${Math.max(8, Math.min(spot.left, innerWidth - width - 8))}px`;
}

export function close() {
  if (current?.isConnected && current.matches(":popover-open")) current.hidePopover();
  current = null;
}
