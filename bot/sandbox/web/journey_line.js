// The stay as one line: home, the way there, the time abroad, home again, and where we are on it.

import { h } from "./dom.js";
import { dayMonth, daysBetween } from "./format.js";

const MARGIN = 14 * 86400e3;  // shown before arrival and after return

export class JourneyLine {
  constructor(app, el) {
    Object.assign(this, { app, el });
    this.start = null;
    this.words = h("p", { class: "journey-words" });
    this.fill = h("span", { class: "journey-fill" });
    this.abroad = h("span", { class: "journey-abroad" });
    this.arrival = this.mark("Arrival", "before");
    this.back = this.mark("Return");
    this.next = h("span", { class: "journey-next", "aria-hidden": "true" });
    this.here = h("span", { class: "journey-here", "aria-hidden": "true" });
    el.replaceChildren(this.words, h("div", { class: "journey-track" }, this.abroad, this.fill, this.arrival.el, this.back.el, this.next, this.here));
    app.world.addEventListener("clock", () => this.render());
  }

  /** `side`: the arrival's words end at its mark, the return's begin there, so that a short stay keeps them apart. */
  mark(name, side = "") {
    const label = h("span", { class: `journey-label ${side}` });
    return { name, label, el: h("span", { class: "journey-mark" }, label) };
  }

  render() {
    const { clock } = this.app.world;
    const { arrival, return: back } = clock?.marks ?? {};
    this.el.hidden = !(arrival && back);
    if (this.el.hidden) return;
    const now = Date.parse(clock.step ?? clock.now);
    const dates = { arrival: Date.parse(arrival), back: Date.parse(back) };
    this.start = Math.min(this.start ?? now, now, dates.arrival - MARGIN);
    const end = Math.max(dates.back + MARGIN, now);
    const at = (time) => `${Math.min(100, Math.max(0, ((time - this.start) / (end - this.start)) * 100))}%`;
    this.put(this.arrival, dates.arrival, at, clock.zone);
    this.put(this.back, dates.back, at, clock.zone);
    this.abroad.style.left = at(dates.arrival);
    this.abroad.style.right = `calc(100% - ${at(dates.back)})`;
    this.fill.style.width = at(now);
    this.here.style.left = at(now);
    this.next.hidden = !clock.next_at || Boolean(clock.busy);
    if (clock.next_at) this.next.style.left = at(Date.parse(clock.next_at));
    this.words.textContent = where(new Date(now), new Date(dates.arrival), new Date(dates.back), clock.zone);
  }

  put(mark, time, at, zone) {
    mark.el.style.left = at(time);
    mark.label.textContent = `${mark.name} ${dayMonth(new Date(time), zone)}`;
  }
}

function where(now, arrival, back, zone) {
  const days = (count) => `${count} ${count === 1 ? "day" : "days"}`;
  if (now < arrival) {
    const left = daysBetween(now, arrival, zone);
    return left ? `Before the stay · ${days(left)} to arrival` : "Before the stay · arrival is today";
  }
  if (now < back) return `During the stay · day ${daysBetween(arrival, now, zone) + 1} of ${daysBetween(arrival, back, zone) + 1}`;
  const since = daysBetween(back, now, zone);
  return since ? `After the stay · back for ${days(since)}` : "After the stay · back home today";
}
