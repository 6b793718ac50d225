// Where a person writes: text, commands, attachments, an edit or a reply.

import { attachMenu } from "./attach.js";
import { CommandList } from "./commands.js";
import { h, uniqueId } from "./dom.js";
import { icon } from "./icons.js";
import { summary } from "./bubble.js";

const TALLEST = 132;  // px; longer texts scroll

export class Composer {
  /** `send(payload)` resolves to true when the sandbox took it; `editLast()` is asked for by ↑ in an empty field. */
  constructor({ name, chat, user, send, fail, editLast }) {
    Object.assign(this, { chat, user, send, fail, editLast });
    this.editing = null;
    this.replying = null;
    const hint = uniqueId("hint");
    this.field = h("textarea", { rows: "1", placeholder: "Message", "aria-label": `Message from ${name}`, dir: "auto",
      "aria-describedby": hint, maxlength: "20000", enterkeyhint: "send",
      on: { input: () => this.typed(), keydown: (event) => this.key(event), blur: () => this.commands.hideSoon() } });
    this.commands = new CommandList(this.field, (command) => this.run(command));
    this.menuButton = h("button", { type: "button", class: "commands-button", "aria-haspopup": "listbox",
      on: { mousedown: (event) => event.preventDefault(), click: () => this.toggleMenu() } }, icon("menu"), h("span", { text: "Menu" }));
    this.mode = h("div", { class: "mode", hidden: true });
    this.attach = h("button", { type: "button", class: "round", "aria-label": "Attach", "aria-haspopup": "menu",
      on: { click: () => attachMenu(this.attach, { send: this.send, fail: this.fail, user: this.user() }) } }, icon("attach"));
    this.submit = h("button", { type: "submit", class: "round send", "aria-label": "Send" }, icon("send"));
    this.el = h("form", { class: "composer", on: { submit: (event) => { event.preventDefault(); this.commit(); } } },
      this.commands.el, this.mode, h("div", { class: "fields" }, this.menuButton, this.attach, this.field, this.submit),
      h("span", { class: "visually-hidden", id: hint, text: "Enter sends, Shift and Enter starts a new line, slash lists the commands, arrow up edits your last message." }));
    this.refresh();
  }

  /** The chat's commands or the person changed. */
  refresh() {
    this.menuButton.hidden = this.chat.commands.length === 0;
    this.commands.set(this.chat.commands);
  }

  focus() {
    this.field.focus();
  }

  insert(text) {
    this.field.value = text;
    this.typed();
    this.field.focus();
  }

  toggleMenu() {
    this.field.focus();
    this.commands.toggle("");
  }

  typed() {
    this.grow();
    const value = this.field.value;
    if (/^\/\w*$/.test(value)) this.commands.show(value.slice(1));
    else this.commands.hide();
    this.submit.classList.toggle("ready", value.trim() !== "");
  }

  grow() {
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight, TALLEST)}px`;
  }

  key(event) {
    if (this.commands.key(event)) return;
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.commit();
    } else if (event.key === "ArrowUp" && this.field.value === "") {
      if (this.editLast()) event.preventDefault();
    } else if (event.key === "Escape" && (this.editing || this.replying)) {
      event.preventDefault();
      this.leaveMode();
    }
  }

  async run(command) {
    this.clear();
    await this.send({ text: command });
  }

  async commit() {
    const text = this.field.value;
    if (!text.trim()) return;
    const payload = { text };
    if (this.editing) payload.edit = this.editing.message_id;
    else if (this.replying) payload.reply_to = this.replying.message_id;
    this.clear();
    if (!(await this.send(payload))) this.insert(text);  // nothing typed is lost
  }

  clear() {
    this.field.value = "";
    this.leaveMode();
    this.typed();
  }

  startEdit(message) {
    this.leaveMode();
    this.editing = message;
    this.showMode("edit", "Edit message", message);
    this.insert(message.text ?? "");
  }

  startReply(message) {
    this.leaveMode();
    this.replying = message;
    this.showMode("reply", "Reply", message);
    this.field.focus();
  }

  showMode(iconName, title, message) {
    this.mode.replaceChildren(icon(iconName), h("span", { class: "mode-what" }, h("b", { text: title }),
      h("span", { dir: "auto", text: summary(message) })),
    h("button", { type: "button", class: "round small", "aria-label": "Cancel", on: { click: () => { this.leaveMode(); this.field.focus(); } } }, icon("close")));
    this.mode.hidden = false;
  }

  leaveMode() {
    if (this.editing) this.field.value = "";
    this.editing = null;
    this.replying = null;
    this.mode.hidden = true;
    this.grow();
  }
}
