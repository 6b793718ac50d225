// "What to try": the whole stay in six steps. A step ticks itself off when it has happened.

import { h, memory } from "./dom.js";
import { icon } from "./icons.js";

const LEARNER = /learner/i;
const STAFF = /referent|coordinator|contact/i;
const QUESTION = "Where can I wash my clothes?";

export class Guide {
  /** `app`: {world, layout, clockBar}; `toggleButton` shows and hides the guide. */
  constructor(app, el, toggleButton) {
    Object.assign(this, { app, el, toggleButton });
    this.done = new Set();
    this.steps = this.describe();
    toggleButton.addEventListener("click", () => (this.isOpen ? this.hide() : this.open(true)));
    app.world.addEventListener("chat", (event) => this.watch(event.detail));
    app.world.addEventListener("clock", () => this.watchClock());
    el.addEventListener("keydown", (event) => { if (event.key === "Escape") this.hide(); });
    this.render();
    const last = memory.get("guide", "new");
    if (last === "new" && app.layout.small.matches) app.layout.active = -1;  // on a small screen the guide is a tab
    if (last === "closed") this.reflect(false);
    else this.open();
  }

  describe() {
    const learner = () => this.app.layout.byRole(LEARNER);
    return [
      { id: "start", title: "Join", text: "Tap Start on the learner's phone and answer the first questions. If the referent's phone shows Start too, tap it as well.",
        button: "Go to the phone", run: () => this.show(learner()) },
      { id: "ask", title: "Ask the city kit", text: `Ask in your own words: “${QUESTION}”`, button: "Ask it", run: () => this.say(learner(), QUESTION) },
      { id: "arrival", title: "Travel to the arrival", text: "Everything that is due on the way happens: watch the phone.", button: "To arrival", run: () => this.app.clockBar.travel("arrival") },
      { id: "alert", title: "Miss a check-in", text: "Leave the check-in unanswered and press Next event until the referent's phone gets an alert.", button: "Next event", run: () => this.app.clockBar.travel("next") },
      { id: "ack", title: "Take the alert", text: "On the referent's phone, tap “I'm on it”. Look what the learner is told." },
      { id: "sos", title: "Ask for help", text: "Send /sos as the learner: emergency numbers at once, and everyone on duty is alerted.", button: "Send /sos", run: () => this.say(learner(), "/sos") },
    ];
  }

  get isOpen() {
    return !this.el.hidden;
  }

  open(focus = false) {
    this.el.hidden = false;
    this.reflect(true);
    if (focus) this.el.focus();
  }

  hide() {
    const inside = this.el.contains(document.activeElement);
    if (this.app.layout.small.matches) this.app.layout.select(0);
    this.el.hidden = true;
    this.reflect(false);
    if (inside) this.toggleButton.focus();
  }

  reflect(open) {
    memory.set("guide", open ? "open" : "closed");
    this.toggleButton.setAttribute("aria-expanded", String(open));
  }

  render() {
    this.items = new Map(this.steps.map((step) => [step.id, this.item(step)]));
    this.count = h("span", { class: "guide-count" });
    this.el.replaceChildren(
      h("header", {}, h("div", {}, h("h2", { id: "guide-title", text: "What to try" }), this.count),
        h("button", { type: "button", class: "round", "aria-label": "Close the guide", on: { click: () => this.hide() } }, icon("close"))),
      h("p", { class: "guide-lead", text: "A whole stay abroad in five minutes. You hold every phone, and the clock." }),
      h("ol", { class: "guide-steps" }, [...this.items.values()]),
      h("p", { class: "guide-foot", text: "Everything runs on this computer; nobody outside gets a message. F6 jumps between the phones." }));
    this.mark();
  }

  item(step) {
    return h("li", { dataset: { step: step.id } }, h("span", { class: "tick", "aria-hidden": "true" }, icon("check")),
      h("div", {}, h("h3", {}, step.title, h("span", { class: "visually-hidden step-state" })), h("p", { text: step.text }),
        step.button ? h("button", { type: "button", class: "small-button", text: step.button, on: { click: step.run } }) : null));
  }

  mark() {
    const next = this.steps.find((step) => !this.done.has(step.id))?.id;
    for (const [id, item] of this.items) {
      const done = this.done.has(id);
      item.className = done ? "done" : id === next ? "next" : "";
      item.querySelector(".step-state").textContent = done ? " (done)" : "";
    }
    this.count.textContent = `${this.done.size} of ${this.steps.length}`;
  }

  show(phone) {
    if (!phone) return this.app.fail("No learner's phone is open. Choose a learner in the head of a phone.");
    this.app.layout.bring(phone);
    return phone.focus();
  }

  async say(phone, text) {
    this.show(phone);
    if (!phone) return undefined;
    if (!phone.user || phone.empty) return this.app.fail("Tap Start on the learner's phone first.");
    return phone.send({ text });
  }

  tick(id) {
    if (this.done.has(id)) return;
    this.done.add(id);
    this.mark();
  }

  watchClock() {
    const { clock } = this.app.world;
    if (clock?.marks?.arrival && Date.parse(clock.now) >= Date.parse(clock.marks.arrival)) this.tick("arrival");
  }

  watch({ chat, kind, message }) {
    if (kind === "reload") chat.messages.forEach((one) => this.judge(chat, one));
    else if (kind === "message" || kind === "edit") this.judge(chat, message);
  }

  judge(chat, message) {
    const label = this.app.world.users.get(chat.id)?.label ?? "";
    const text = message.text ?? "";
    if (LEARNER.test(label) && chat.isOwn(message)) this.judgeLearner(text);
    else if (STAFF.test(label) && !chat.isOwn(message)) this.judgeAlert(message);
  }

  judgeLearner(text) {
    if (text.startsWith("/start")) this.tick("start");
    else if (text.startsWith("/sos")) this.tick("sos");
    else if (!text.startsWith("/") && (text.includes("?") || /wash|laund|linge|lav/i.test(text))) this.tick("ask");
  }

  /** After the arrival, a message with buttons to a referent is an alert; once it was taken, the bot edits it. */
  judgeAlert(message) {
    if (!this.done.has("arrival")) return;
    if (message.reply_markup?.inline_keyboard) this.tick("alert");
    if (this.done.has("alert") && message.edit_date) this.tick("ack");
  }
}
