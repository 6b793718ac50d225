// One phone: whose it is, the chat with the bot, and what the person can do there.

import { ownContact } from "./attach.js";
import { fileUrl } from "./api.js";
import { ChatView } from "./chat_view.js";
import { Composer } from "./composer.js";
import { askLocation, showAlert, showPhoto } from "./dialogs.js";
import { h } from "./dom.js";
import { fullName, hhmm, hue, initials, roleName } from "./format.js";
import { icon } from "./icons.js";
import { replyKeyboard } from "./keyboards.js";
import { openMenu } from "./popover.js";
import { summary } from "./bubble.js";

export class Phone {
  /** `app`: {world, api, zone(), fail(), announce(), openLink()}; `layout` changes and closes phones. */
  constructor(app, layout, slot) {
    Object.assign(this, { app, layout, slot });
    this.replyHidden = false;
    this.el = h("section", { class: "phone", tabindex: "-1" });
    this.render();
  }

  get user() {
    return this.app.world.users.get(this.slot.user) ?? null;
  }

  get invite() {
    return this.app.world.invites.find((invite) => invite.token === this.slot.invite) ?? null;
  }

  get name() {
    if (this.user) return fullName(this.user);
    return this.invite?.name || "Somebody";
  }

  get role() {
    return this.user?.label || this.invite?.role || "";
  }

  // ---- drawing

  /** Builds the phone for the person in its slot. */
  render() {
    this.view?.destroy();
    this.view = null;
    this.composer = null;
    this.chat = this.user ? this.app.world.chat(this.user.id) : null;
    this.knownAs = this.name;
    this.owner = h("div", { class: "owner" });
    this.time = h("span", { class: "phone-time" });
    this.subtitle = h("span", { class: "bot-subtitle" });
    this.screen = h("div", { class: "screen" });
    this.foot = h("div", { class: "foot" });
    this.toasts = h("div", { class: "toasts", role: "status" });
    this.el.setAttribute("aria-label", `${this.name}'s phone`);
    this.el.replaceChildren(this.owner, h("div", { class: "device" }, this.botHeader(), this.screen, this.toasts, this.foot));
    this.renderOwner();
    this.renderScreen();
    this.tick();
    if (this.chat && !this.chat.loaded) this.app.world.load(this.chat.id).catch((error) => this.app.fail(error));
  }

  renderOwner() {
    const select = this.layout.personSelect(this);
    const role = this.role ? h("span", { class: `role role-${roleClass(this.role)}`, text: roleName(this.role) }) : null;
    this.owner.replaceChildren(avatar(this.name, this.slot.user), h("div", { class: "owner-what" }, select, role),
      h("button", { type: "button", class: "round", "aria-label": `Close ${this.name}'s phone`, on: { click: () => this.layout.close(this) } }, icon("close")));
    this.el.setAttribute("aria-label", `${this.name}'s phone`);
  }

  botHeader() {
    const { bot } = this.app.world;
    const more = h("button", { type: "button", class: "round", "aria-label": "Chat options", "aria-haspopup": "menu",
      on: { click: () => this.options(more) } }, icon("more"));
    return h("header", { class: "bot-header" }, h("span", { class: "avatar bot-avatar", "aria-hidden": "true" }, icon("guide")),
      h("div", { class: "bot-what" }, h("h2", { dir: "auto", text: bot.first_name }), this.subtitle), this.time, more);
  }

  renderScreen() {
    if (!this.chat) return this.screen.replaceChildren(this.welcome()), this.renderFoot();
    this.view = new ChatView({ chat: this.chat, zone: this.app.zone, actions: this.actions(), label: `Messages on ${this.name}'s phone`,
      onRead: () => this.app.world.markRead(this.chat) });
    this.composer = new Composer({ name: this.name, chat: this.chat, user: () => this.user, send: (payload) => this.send(payload),
      fail: this.app.fail, editLast: () => this.editLast() });
    this.reload();
  }

  reload() {
    const empty = this.chat.loaded && this.chat.messages.length === 0;
    this.screen.replaceChildren(empty ? this.welcome() : this.view.el);
    this.empty = empty;
    this.renderFoot();
    this.composer.refresh();
    this.view.redraw();
  }

  welcome() {
    const { bot } = this.app.world;
    const invited = this.startToken();
    return h("div", { class: "welcome" }, h("span", { class: "avatar bot-avatar big", "aria-hidden": "true" }, icon("guide")),
      h("h3", { dir: "auto", text: bot.first_name }),
      h("p", { text: invited ? `${this.name} has opened the invite link. Tap Start, as on a real phone.`
        : `${this.name} hasn't written to this bot yet.` }));
  }

  /** Under the chat: Start, Unblock, or keyboard and composer. */
  renderFoot() {
    const focused = this.foot.contains(document.activeElement);
    this.fillFoot();
    if (focused && !this.foot.contains(document.activeElement)) this.focus();
  }

  fillFoot() {
    if (!this.chat || this.empty) return this.foot.replaceChildren(this.wide("Start", () => this.start()));
    if (this.user?.blocked) return this.foot.replaceChildren(this.wide("Unblock the bot", () => this.block(false)));
    this.board = this.replyHidden ? null : replyKeyboard(this.chat.replyKeyboard, this.actions());
    const toggle = this.chat.replyKeyboard && this.replyHidden
      ? h("button", { type: "button", class: "show-board", text: "Show suggested answers", on: { click: () => this.hideBoard(false) } }) : null;
    if (this.composer.el.parentElement !== this.foot) return this.foot.replaceChildren(...[this.board, toggle, this.composer.el].filter(Boolean));
    while (this.foot.firstElementChild !== this.composer.el) this.foot.firstElementChild.remove();  // the field keeps its focus
    return this.composer.el.before(...[this.board, toggle].filter(Boolean));
  }

  wide(text, run) {
    const button = h("button", { type: "button", class: "wide primary", text, on: { click: async () => {
      button.setAttribute("aria-busy", "true");
      await run();
      button.removeAttribute("aria-busy");
    } } });
    return button;
  }

  /** The clock moved, or "typing" may have ended. */
  tick() {
    const now = this.app.world.clock ? new Date(this.app.world.clock.step ?? this.app.world.clock.now) : new Date();
    this.time.textContent = hhmm(now, this.app.zone());
    const typing = this.chat && this.chat.typingUntil > Date.now();
    this.subtitle.replaceChildren(typing ? h("span", { class: "typing" }, "typing", h("i"), h("i"), h("i")) : "bot");
    clearTimeout(this.typingTimer);
    if (typing) this.typingTimer = setTimeout(() => this.tick(), this.chat.typingUntil - Date.now() + 20);
  }

  /** Something happened in this phone's chat. */
  onChat(kind, message) {
    if (kind === "reload") return this.reload(), this.tick();
    if (kind === "read") return undefined;
    if (kind === "commands") return this.composer.refresh();
    if (kind === "keyboard") return this.hideBoard(false, { focus: false });
    if (kind === "typing") return this.tick();
    if (this.empty || (kind !== "message" && !this.chat.messages.length)) return this.reload();
    this.view.changed(kind, message);
    if (kind === "message") this.arrived(message);
    return undefined;
  }

  arrived(message) {
    this.tick();
    if (this.chat.isOwn(message)) return;
    this.app.announce(`${this.name}'s phone: ${fullName(message.from ?? this.app.world.bot)}: ${summary(message)}`);
  }

  // ---- what the person does

  actions() {
    return {
      send: (payload) => this.send(payload),
      click: (message, data) => this.click(message, data),
      command: (text) => this.send({ text }),
      link: (url) => this.openLink(url),
      copy: (text) => this.copy(text),
      unsupported: (text) => this.toast(`The sandbox can't do what "${text}" asks for.`),
      openPhoto: (url, alt) => showPhoto(url, alt),
      menu: (message, anchor) => this.messageMenu(message, anchor),
      jump: (messageId) => this.view.toMessage(messageId),
      askLocation: () => askLocation((location) => this.send({ location })),
      sendContact: () => this.send(ownContact(this.user)),
      hideReplyKeyboard: () => this.hideBoard(true),
    };
  }

  /** True when the sandbox took it. */
  async send(payload) {
    try {
      const message = await this.app.api.send(this.user.id, payload);
      const known = this.chat.messages[this.chat.indexOf(message?.message_id)]?.message_id === message?.message_id;
      if (message?.message_id && !known) this.app.world.applyToChat({ type: "message", chat_id: this.user.id, message });
      return true;
    } catch (error) {
      this.app.fail(error);
      return false;
    }
  }

  async click(message, data) {
    try {
      const answer = await this.app.api.click(this.user.id, message.message_id, data);
      this.app.world.emit("clicked", { chat: this.chat, message });
      if (answer.text && answer.show_alert) showAlert(this.app.world.bot.first_name, answer.text);
      else if (answer.text) this.toast(answer.text);
      else if (!answer.answered) this.toast("The bot didn't answer this tap within 10 seconds.");
      if (answer.url) this.openLink(answer.url) || window.open(answer.url, "_blank", "noopener");
    } catch (error) {
      this.app.fail(error);
    }
  }

  async block(blocked) {
    try {
      await this.app.api.block(this.user.id, blocked);
      this.user.blocked = blocked;
      this.renderFoot();
      this.toast(blocked ? `${this.name} blocked the bot.` : "Unblocked.");
    } catch (error) {
      this.app.fail(error);
    }
  }

  /** Taps Start: with the token of the open invite, when this person has one. */
  async start() {
    const token = this.startToken();
    if (!this.user && !this.invite) return this.app.fail(`The invite of ${this.knownAs} is no longer open. Show another person on this phone.`);
    if (!this.user) return this.layout.join(this.invite, this);
    const sent = await this.send({ text: token ? `/start ${token}` : "/start" });
    if (sent) this.composer.focus();
    return sent;
  }

  startToken() {
    if (this.slot.invite) return this.slot.invite;
    const own = this.app.world.invites.filter((invite) => invite.name === this.name);
    return own.length === 1 ? own[0].token : null;
  }

  /** Opens a link of this very bot as a tap in this chat; true when it was one. */
  openLink(url) {
    const token = this.app.startToken(url);
    if (token === null) return false;
    this.send({ text: token ? `/start ${token}` : "/start" });
    return true;
  }

  editLast() {
    const own = this.chat.messages.findLast((message) => this.chat.isOwn(message) && message.text && !message.forward_origin);
    if (own) this.composer.startEdit(own);
    return Boolean(own);
  }

  hideBoard(hidden, { focus = true } = {}) {
    this.replyHidden = hidden;
    this.renderFoot();
    if (focus) this.composer.focus();
  }

  copy(text) {
    navigator.clipboard?.writeText(text).then(() => this.toast("Copied."), () => this.toast("The browser didn't allow copying."));
  }

  // ---- menus

  messageMenu(message, anchor) {
    const own = this.chat.isOwn(message);
    const file = message.document ?? message.photo?.at(-1);
    openMenu(anchor, "Message actions", [
      { icon: "reply", label: "Reply", run: () => this.composer.startReply(message) },
      own && message.text && !message.forward_origin && { icon: "edit", label: "Edit", run: () => this.composer.startEdit(message) },
      message.text && { icon: "forward", label: "Forward to the bot", run: () => this.send({ text: message.text, forward: true }) },
      message.text && { icon: "copy", label: "Copy text", run: () => this.copy(message.text) },
      file && { icon: "download", label: "Open file", run: () => window.open(fileUrl(file.file_id), "_blank", "noopener") },
    ]);
  }

  options(anchor) {
    const blocked = this.user?.blocked;
    const writes = this.chat && !this.empty && !blocked;
    openMenu(anchor, "Chat options", [
      writes && { icon: "send", label: "Send /start", run: () => this.send({ text: "/start" }) },
      writes && { icon: "edit", label: "Edit my last message", run: () => this.editLast() },
      { icon: "contact", label: "Show another person", run: () => this.layout.add(this) },
      this.chat && { icon: "block", label: blocked ? "Unblock the bot" : "Block the bot", danger: !blocked, run: () => this.block(!blocked) },
      { icon: "close", label: "Close this phone", run: () => this.layout.close(this) },
    ]);
  }

  toast(text) {
    const note = h("div", { class: "toast", dir: "auto", text });
    this.toasts.append(note);
    setTimeout(() => note.remove(), Math.max(3500, text.length * 60));
  }

  focus() {
    (this.foot.querySelector("textarea") ?? this.foot.querySelector("button") ?? this.el).focus();
  }
}

export function avatar(name, id) {
  return h("span", { class: "avatar", "aria-hidden": "true", dataset: { hue: hue(id) }, text: initials(name) });
}

function roleClass(role) {
  if (/learner/i.test(role)) return "learner";
  return /stranger/i.test(role) ? "stranger" : "staff";
}
