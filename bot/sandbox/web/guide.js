// "What to try": the whole stay in six steps. A step ticks itself off when it has happened.

import { h, memory } from "./dom.js";
import { icon } from "./icons.js";

const LEARNER = /learner/i;
const STAFF = /referent|coordinator|contact/i;
const AMBER = "🟠";
const QUESTION = "How do I get from the airport into town?";

export class Guide {
  /** `app`: {world, layout, clockBar}; `toggleButton` shows and hides the guide. */
  constructor(app, el, toggleButton) {
    Object.assign(this, { app, el, toggleButton });
    this.done = new Set();
    this.joined = new Set();
    this.steps = this.describe();
    toggleButton.addEventListener("click", () => (this.isOpen ? this.hide() : this.open(true)));
    app.world.addEventListener("chat", (event) => this.watch(event.detail));
    app.world.addEventListener("clock", () => this.watchClock());
    el.addEventListener("keydown", (event) => { if (event.key === "Escape") this.hide(); });
    this.render();
    app.world.addEventListener("users", () => { this.map.hidden = !app.world.map; });
    const last = memory.get("guide", "new");
    if (last === "new" && app.layout.small.matches) app.layout.active = -1;  // on a small screen the guide is a tab
    if (last === "closed") this.reflect(false);
    else this.open();
  }

  describe() {
    const learner = () => this.app.layout.byRole(LEARNER);
    return [
      { id: "start", title: "Join", text: "Tap Start on both phones and choose a language. The learner then says yes, checks the dates and keeps the hour.",
        button: "Go to the phone", run: () => this.show(learner()) },
      { id: "ask", title: "Ask the city kit", text: `Ask in your own words: “${QUESTION}”`, button: "Ask it", run: () => this.say(learner(), QUESTION) },
      { id: "arrival", title: "Travel to the arrival", text: "Everything that is due on the way happens: watch the learner's phone fill up. Tap Start on a lesson or a quiz if you like.", button: "To arrival", run: () => this.app.clockBar.travel("arrival") },
      { id: "alert", title: "Miss a check-in", text: "Tap “I've arrived” on the learner's phone. Then press Next event a few times and answer nothing: first comes the question, then a reminder, then the alert on the contact person's phone.", button: "Next event", run: () => this.app.clockBar.travel("next") },
      { id: "ack", title: "Take the alert", text: "On the contact person's phone, tap “I'm on it”. Look what the learner is told." },
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
    this.map = h("p", { class: "guide-foot", hidden: !this.app.world.map },
      h("a", { href: "/map", target: "_blank", rel: "noopener", text: "The map in a browser" }), ": host companies and partners, as anybody sees them. In a chat, send /map.");
    this.el.replaceChildren(
      h("header", {}, h("div", {}, h("h2", { id: "guide-title", text: "What to try" }), this.count),
        h("button", { type: "button", class: "round", "aria-label": "Close the guide", on: { click: () => this.hide() } }, icon("close"))),
      h("p", { class: "guide-lead", text: "A whole stay abroad in five minutes. You hold every phone, and the clock." }),
      h("ol", { class: "guide-steps" }, [...this.items.values()]),
      this.map,
      h("p", { class: "guide-foot", text: "On the way to the return, learners answer their check-ins. Everything runs on this computer; nobody outside gets a message. F6 jumps between the phones." }));
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
    if (chat.isOwn(message)) return LEARNER.test(label) ? this.judgeLearner(message.text ?? "") : undefined;
    this.judgeJoined(label, message);
    return STAFF.test(label) ? this.judgeAlert(message) : undefined;
  }

  judgeLearner(text) {
    if (text.startsWith("/sos")) this.tick("sos");
    else if (!text.startsWith("/") && (text.includes("?") || /wash|laund|linge|lav/i.test(text))) this.tick("ask");
  }

  /** Both are in when the bot offers them their menus; buttons say so in every language. */
  judgeJoined(label, message) {
    if (LEARNER.test(label) && offers(message, "menu:")) this.joined.add("learner");
    if (STAFF.test(label) && offers(message, "learners:")) this.joined.add("staff");
    if (this.joined.size === 2) this.tick("start");
  }

  /** A missed check-in is an amber alert. Whoever took an alert is offered to close it, not to take it. */
  judgeAlert(message) {
    if (offers(message, "alerts:ack:") && message.text?.startsWith(AMBER)) this.tick("alert");
    else if (offers(message, "alerts:res:") && !offers(message, "alerts:ack:")) this.tick("ack");
  }
}

/** Whether a message has a button of this kind. */
function offers(message, prefix) {
  return (message.reply_markup?.inline_keyboard ?? []).flat().some((button) => button.callback_data?.startsWith(prefix));
}
