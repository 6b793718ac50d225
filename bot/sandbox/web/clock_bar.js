// The virtual clock and the buttons that move it.

import { ApiError } from "./api.js";
import { h } from "./dom.js";
import { distance, hhmm, longDay, shortDay } from "./format.js";
import { icon } from "./icons.js";

const BUTTONS = [["next", "Next event", "next"], ["+1h", "+1 h", "hour"], ["+1d", "+1 day", "day"],
  ["arrival", "To arrival", "arrival"], ["return", "To return", "home"]];
const SPAN = { "+1h": 3600e3, "+1d": 86400e3 };

export class ClockBar {
  constructor(app, el) {
    Object.assign(this, { app, el });
    this.trip = null;  // {to, from, until} while this page travels
    this.time = h("span", { class: "clock-time" });
    this.day = h("span", { class: "clock-day" });
    this.shortDay = h("span", { class: "clock-day short" });
    this.zone = h("span", { class: "clock-zone" });
    this.next = h("div", { class: "clock-next" });
    this.progress = h("progress", { class: "progress", "aria-label": "Time travel", hidden: true, max: "1" });
    this.buttons = BUTTONS.map(([to, label, glyph]) => h("button", { type: "button", dataset: { to }, class: to === "next" ? "primary" : null,
      on: { click: () => this.travel(to) } }, icon(glyph), h("span", { text: label })));
    el.replaceChildren(h("div", { class: "clock-face" }, this.time, h("div", { class: "clock-date" }, this.day, this.shortDay, this.zone)), this.next,
      h("div", { class: "clock-buttons", role: "group", "aria-label": "Travel in time" }, this.buttons), this.progress);
    app.world.addEventListener("clock", () => this.render());
  }

  render() {
    const { clock } = this.app.world;
    this.el.hidden = !clock;
    if (!clock) return;
    const now = new Date(clock.step ?? clock.now);
    this.time.textContent = hhmm(now, clock.zone);
    this.day.textContent = longDay(now, clock.zone);
    this.shortDay.textContent = shortDay(now, clock.zone);
    this.zone.textContent = clock.zone.replaceAll("_", " ");
    this.renderNext(clock, now);
    this.renderButtons(clock, now);
    this.renderProgress(clock, now);
  }

  renderNext(clock, now) {
    const busy = this.trip || clock.busy;
    if (busy) return this.next.replaceChildren(h("b", { text: "Travelling…" }), h("span", { text: "every event on the way happens" }));
    if (!clock.next_at) return this.next.replaceChildren(h("b", { text: "Nothing planned" }), h("span", { text: "write to the bot, or travel on" }));
    const at = new Date(clock.next_at);
    return this.next.replaceChildren(h("b", { dir: "auto", text: clock.next_label || "Next event" }),
      h("span", { text: `${shortDay(at, clock.zone)}, ${hhmm(at, clock.zone)} · ${distance(now, at)}` }));
  }

  renderButtons(clock, now) {
    const busy = Boolean(this.trip || clock.busy);
    for (const button of this.buttons) {
      const { to } = button.dataset;
      const mark = clock.marks?.[to];
      const idle = to === "next" ? !clock.next_at : (to === "arrival" || to === "return") && (!mark || new Date(mark) <= now);
      button.setAttribute("aria-disabled", String(busy || idle));  // not `disabled`: the focus must not get lost
      if (busy && this.trip?.to === to) button.setAttribute("aria-busy", "true");
      else button.removeAttribute("aria-busy");
    }
  }

  renderProgress(clock, now) {
    this.progress.hidden = !(this.trip || clock.busy);
    const span = this.trip ? this.trip.until - this.trip.from : 0;
    if (span > 0) this.progress.value = Math.min(1, Math.max(0.02, (now - this.trip.from) / span));
    else this.progress.removeAttribute("value");
  }

  /** Travels; one journey at a time. */
  async travel(to) {
    const { clock } = this.app.world;
    const button = this.buttons.find((one) => one.dataset.to === to);
    if (!clock || button.getAttribute("aria-disabled") === "true") return;
    const from = new Date(clock.now);
    this.trip = { to, from, until: target(to, clock, from) };
    this.app.calm();
    this.render();
    try {
      const arrived = await this.app.api.travel(to);
      if (arrived) this.app.world.clock = arrived;
    } catch (error) {
      this.app.fail(error.status === 409 ? new ApiError("The clock is already travelling. Wait until it has arrived.", 409) : error);
    } finally {
      this.trip = null;
      this.app.world.emit("clock");
    }
    this.app.announce(`It is now ${this.time.textContent}, ${this.day.textContent}.`);
  }
}

function target(to, clock, from) {
  if (SPAN[to]) return new Date(from.getTime() + SPAN[to]);
  const at = to === "next" ? clock.next_at : clock.marks?.[to];
  return at ? new Date(at) : from;
}
