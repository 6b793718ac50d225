// The scrolling list of one chat. Only a window of messages is in the page; older ones come when scrolled to.

import { bubble } from "./bubble.js";
import { h } from "./dom.js";
import { dayKey, longDay } from "./format.js";

const WINDOW = 80;       // messages drawn at first
const STEP = 80;         // added at the top, each time it is reached
const LONGEST = 400;     // trimmed back to WINDOW when following the newest
const NEAR = 60;         // px from the bottom that still count as "at the bottom"
const NEWEST = 6;        // messages whose buttons Tab reaches
const TOGETHER = 300;    // seconds within which messages of one sender stand close

export class ChatView {
  /** `zone()` is the zone to show times in; `onRead()` runs when the newest message has been seen. */
  constructor({ chat, zone, actions, label, onRead }) {
    Object.assign(this, { chat, zone, actions, onRead });
    this.first = 0;
    this.following = true;
    this.lastTop = 0;
    this.stops = new Set();  // the messages that Tab reaches
    this.list = h("ol", { class: "messages", "aria-label": label });
    this.scroller = h("div", { class: "log", tabindex: "-1", on: { scroll: () => this.scrolled(), keydown: (event) => this.key(event) } }, this.list);
    this.jump = h("button", { type: "button", class: "jump", hidden: true, on: { click: () => this.toNewest(true) } });
    this.el = h("div", { class: "chat" }, this.scroller, this.jump);
    this.observer = new ResizeObserver(() => this.resized());
    this.observer.observe(this.scroller);
    this.observer.observe(this.list);
  }

  destroy() {
    this.observer.disconnect();
  }

  get visible() {
    return this.scroller.clientHeight > 0;
  }

  /** Draws the newest messages afresh. */
  redraw() {
    this.first = Math.max(0, this.chat.messages.length - WINDOW);
    this.draw();
    this.toNewest(false);
  }

  draw() {
    const items = [];
    for (let at = this.first; at < this.chat.messages.length; at += 1) items.push(...this.itemsAt(at));
    this.list.replaceChildren(...items);
    this.tabStops();
  }

  itemsAt(at) {
    const message = this.chat.messages[at];
    const before = at > this.first ? this.chat.messages[at - 1] : null;
    const zone = this.zone();
    const date = new Date(message.date * 1000);
    const newDay = !before || dayKey(new Date(before.date * 1000), zone) !== dayKey(date, zone);
    const continued = !newDay && before.from?.id === message.from?.id && message.date - before.date < TOGETHER;
    const item = bubble(message, { own: this.chat.isOwn(message), zone, continued, actions: this.actions });
    return newDay ? [h("li", { class: "day", "aria-label": longDay(date, zone) }, h("span", { text: longDay(date, zone) })), item] : [item];
  }

  /** A message was added, edited or deleted. */
  changed(kind, message) {
    if (kind === "message" && this.chat.messages.at(-1) === message) this.append(message);
    else if (kind === "edit") this.replace(message);
    else {
      this.draw();
      if (this.following) this.toNewest(false);
    }
    this.showJump();
  }

  append(message) {
    this.list.append(...this.itemsAt(this.chat.messages.length - 1));
    this.list.lastElementChild.classList.add("fresh");
    if (this.following || this.chat.isOwn(message)) this.toNewest(false);
    this.tabStops();
  }

  replace(message) {
    const old = this.item(message.message_id);
    if (!old) return;
    const fresh = this.itemsAt(this.chat.indexOf(message.message_id)).at(-1);
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    old.replaceWith(fresh);
    this.tabStops();
    if (focused) refocus(fresh, focused);
    if (this.following) this.toNewest(false);
  }

  item(messageId) {
    return this.list.querySelector(`[data-id="${Number(messageId)}"]`);
  }

  // ---- scrolling

  scrolled() {
    if (!this.visible) return;
    const { scrollTop } = this.scroller;
    if (this.distance() < NEAR) this.following = true;
    else if (scrollTop < this.lastTop - 1) this.following = false;  // only the reader scrolls up; growing content does not
    this.lastTop = scrollTop;
    if (this.scroller.scrollTop < 200 && this.first > 0) this.older();
    this.seen();
    this.showJump();
  }

  distance() {
    return this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight;
  }

  older() {
    const anchor = this.list.querySelector("[data-id]");
    const top = anchor.getBoundingClientRect().top;
    const oldFirst = this.first;
    this.first = Math.max(0, this.first - STEP);
    while (this.list.firstElementChild !== anchor) this.list.firstElementChild.remove();  // the day above it may be wrong now
    const items = [];
    for (let at = this.first; at <= oldFirst; at += 1) items.push(...this.itemsAt(at));
    const focused = anchor.contains(document.activeElement);
    anchor.replaceWith(...items);
    if (focused) items.at(-1).focus({ preventScroll: true });
    const moved = this.item(anchor.dataset.id).getBoundingClientRect().top - top;
    this.scroller.scrollTop += moved;
  }

  resized() {
    if (this.following && this.visible) this.toNewest(false);
  }

  toNewest(smooth) {
    this.following = true;
    if (this.list.childElementCount > LONGEST) {
      this.first = this.chat.messages.length - WINDOW;
      this.draw();
    }
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.scroller.scrollTo({ top: this.scroller.scrollHeight, behavior: smooth && !calm ? "smooth" : "instant" });
    this.seen();
    this.showJump();
  }

  /** Scrolls to a message that is quoted somewhere, and marks it for a moment. */
  toMessage(messageId) {
    const at = this.chat.indexOf(messageId);
    if (this.chat.messages[at]?.message_id !== messageId) return;
    if (at < this.first) {
      this.first = Math.max(0, at - 10);
      this.draw();
    }
    this.following = false;
    const item = this.item(messageId);
    item.scrollIntoView({ block: "center" });
    item.classList.add("marked");
    setTimeout(() => item.classList.remove("marked"), 1600);
  }

  seen() {
    if (this.following && this.visible) this.onRead();
  }

  showJump() {
    const hidden = this.following || !this.visible;
    this.jump.hidden = hidden;
    if (hidden) return;
    const count = this.chat.unread;
    this.jump.textContent = count ? `${count} new ${count === 1 ? "message" : "messages"} ↓` : "Newest ↓";
  }

  // ---- keyboard: one message is the tab stop; arrows walk through the messages

  tabStops() {
    const items = [...this.list.children].filter((item) => item.classList.contains("message")).slice(-NEWEST);
    const focused = this.list.contains(document.activeElement) ? document.activeElement.closest(".message") : null;
    const active = focused ?? items.at(-1);
    const stops = new Set([...items, active].filter(Boolean));
    for (const item of [...this.stops, ...stops]) {  // only those that were or will be stops: a long chat has thousands of others
      item.tabIndex = item === active ? 0 : -1;
      item.querySelectorAll(".key").forEach((key, index) => { key.tabIndex = stops.has(item) && index === 0 ? 0 : -1; });
    }
    this.stops = stops;
  }

  key(event) {
    const item = event.target.closest(".message");
    if (!item || event.target !== item) return;
    if (event.key === "Enter" || event.key === "ContextMenu") item.querySelector(".more")?.click();
    else if (!this.walk(item, event.key)) return;
    event.preventDefault();
  }

  walk(item, key) {
    if ((key === "ArrowUp" || key === "Home") && this.first > 0 && this.list.querySelector(".message") === item) this.older();
    const items = [...this.list.querySelectorAll(".message")];
    const at = items.findIndex((one) => one.dataset.id === item.dataset.id);
    const next = { ArrowUp: items[at - 1], ArrowDown: items[at + 1], Home: items[0], End: items.at(-1) }[key];
    if (!next) return false;
    next.focus();
    this.tabStops();
    return true;
  }
}

/** After an edit under the reader's finger: the same button again, or the message itself. */
function refocus(item, old) {
  const same = [...item.querySelectorAll(".key")].find((key) => key.textContent === old.textContent);
  (same ?? item.querySelector(".key") ?? item).focus({ preventScroll: true });
}
