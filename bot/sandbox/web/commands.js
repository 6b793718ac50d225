// The list of commands that opens with "/" or the menu button: a listbox steered from the text field.

import { h, uniqueId } from "./dom.js";

export class CommandList {
  constructor(field, choose) {
    this.field = field;
    this.choose = choose;
    this.all = [];
    this.shown = [];
    this.at = 0;
    this.prefix = "";
    this.el = h("ul", { class: "command-list", role: "listbox", id: uniqueId("commands"), "aria-label": "Commands", hidden: true });
    field.setAttribute("aria-controls", this.el.id);
    field.setAttribute("aria-autocomplete", "list");
  }

  set(commands) {
    if (JSON.stringify(commands) === JSON.stringify(this.all)) return;  // an open list stays as it is
    this.all = commands;
    if (!this.el.hidden) this.show(this.prefix);
  }

  toggle(prefix) {
    if (this.el.hidden) this.show(prefix);
    else this.hide();
  }

  /** Shows the commands that start with `prefix` (without the slash). */
  show(prefix) {
    clearTimeout(this.timer);
    this.prefix = prefix;
    this.shown = this.all.filter(({ command }) => command.startsWith(prefix.toLowerCase()));
    if (!this.shown.length) return this.hide();
    this.el.replaceChildren(...this.shown.map((one) => this.option(one)));
    this.el.hidden = false;
    return this.mark(0);
  }

  option({ command, description }) {
    return h("li", { role: "option", id: uniqueId("command"), on: { mousedown: (event) => event.preventDefault(), click: () => this.pick(command) } },
      h("b", { text: `/${command}` }), h("span", { dir: "auto", text: description }));
  }

  hide() {
    clearTimeout(this.timer);
    this.el.hidden = true;
    this.field.removeAttribute("aria-activedescendant");
  }

  /** A tap on an option takes the focus first; the list must still be there for it. */
  hideSoon() {
    this.timer = setTimeout(() => this.hide(), 150);
  }

  mark(at) {
    this.at = (at + this.shown.length) % this.shown.length;
    [...this.el.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === this.at)));
    const chosen = this.el.children[this.at];
    chosen.scrollIntoView({ block: "nearest" });
    this.field.setAttribute("aria-activedescendant", chosen.id);
  }

  pick(command) {
    this.hide();
    this.choose(`/${command}`);
  }

  /** True when the key was for the list. */
  key(event) {
    if (this.el.hidden) return false;
    if (event.key === "ArrowDown") this.mark(this.at + 1);
    else if (event.key === "ArrowUp") this.mark(this.at - 1);
    else if (event.key === "Escape") this.hide();
    else if (event.key === "Tab" && !event.shiftKey) this.complete();
    else if (event.key === "Enter" && !event.shiftKey) this.pick(this.shown[this.at].command);
    else return false;
    event.preventDefault();
    return true;
  }

  /** Tab completes the command and leaves it open for an argument, as in "/kit laundry". */
  complete() {
    this.field.value = `/${this.shown[this.at].command} `;
    this.hide();
  }
}
