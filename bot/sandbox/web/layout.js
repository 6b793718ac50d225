// Which phones stand side by side, whose they are, and the tabs that replace them on a small screen.

import { askPerson } from "./dialogs.js";
import { focusOnly, h, memory, roving } from "./dom.js";
import { fullName, roleName } from "./format.js";
import { icon } from "./icons.js";
import { Phone, avatar } from "./phone.js";

const ADD = "add";
const MOST = 6;

export class Layout {
  constructor(app, { phones, tabs }) {
    Object.assign(this, { app, root: phones, tabBar: tabs });
    this.phones = [];
    this.active = 0;
    this.small = matchMedia("(max-width: 719px)");
    this.small.addEventListener("change", () => this.renderTabs());
    this.addButton = h("button", { type: "button", class: "add-phone", on: { click: () => this.add() } }, icon("plus"), h("span", { text: "Add a phone" }));
    app.world.addEventListener("users", () => this.peopleChanged());
    app.world.addEventListener("clock", () => this.clockChanged());
    app.world.addEventListener("chat", (event) => this.onChat(event.detail));
  }

  // ---- which phones

  /** The first phones: as they stood last time, else a learner and a referent. */
  open() {
    const { users, invites } = this.app.world;
    const known = (slot) => users.has(slot.user) || invites.some((invite) => invite.token === slot.invite);
    const remembered = memory.get("phones", []).filter(known);
    const slots = remembered.length ? remembered : this.firstSlots();
    this.phones = slots.map((slot) => new Phone(this.app, this, slot));
    this.place();
  }

  firstSlots() {
    const people = this.people();
    const learner = people.find(({ role }) => /learner/i.test(role));
    const referent = people.find(({ role }) => /referent/i.test(role));
    const chosen = [learner, referent].filter(Boolean);
    for (const person of people) if (chosen.length < 2 && !chosen.includes(person)) chosen.push(person);
    return chosen.map(({ slot }) => slot);
  }

  /** Everybody a phone can show: who is here, then who is invited. */
  people() {
    const { users, invites } = this.app.world;
    const here = [...users.values()].map((user) => ({ key: `u${user.id}`, slot: { user: user.id }, name: fullName(user), role: user.label ?? "" }));
    const names = new Set(here.map(({ name }) => name));
    const invited = invites.filter((invite) => !names.has(invite.name))
      .map((invite) => ({ key: `i${invite.token}`, slot: { invite: invite.token }, name: invite.name || invite.code, role: invite.role ?? "" }));
    return [...here, ...invited];
  }

  remember() {
    memory.set("phones", this.phones.map(({ slot }) => slot));
  }

  place() {
    this.root.replaceChildren(...this.phones.map(({ el }) => el), this.phones.length ? this.addButton : this.emptyState());
    this.active = Math.min(this.active, Math.max(0, this.phones.length - 1));
    this.phones.forEach((phone) => phone.view?.toNewest(false));
    this.remember();
    this.renderTabs();
    this.app.relabel();
  }

  emptyState() {
    return h("div", { class: "nobody" }, icon("phone"), h("p", { text: "No phone is open." }),
      h("button", { type: "button", class: "primary", text: "Add a phone", on: { click: () => this.add() } }));
  }

  close(phone) {
    const at = this.phones.indexOf(phone);
    phone.view?.destroy();
    this.phones.splice(at, 1);
    this.place();
    (this.phones[Math.max(0, at - 1)] ?? { focus: () => this.root.querySelector("button").focus() }).focus();
  }

  /** Shows `slot` in `phone`; somebody who is on another phone changes places. */
  show(phone, slot) {
    const other = this.phones.find((one) => one !== phone && same(one.slot, slot));
    if (other) {
      other.slot = phone.slot;
      other.render();
    }
    phone.slot = slot;
    phone.render();
    this.place();
  }

  // ---- adding people

  add(into = null) {
    const here = new Set(this.phones.map(({ slot }) => slot.user));
    askPerson(this.app.world.invites, {
      join: (invite) => this.join(invite, into ?? this.waitingPhone(invite)),
      stranger: (person) => this.newPerson(person, into),
      others: this.people().filter(({ slot }) => slot.user && !here.has(slot.user)),
      choose: (slot) => (into ? this.show(into, slot) : this.addPhone(slot)),
    });
  }

  waitingPhone(invite) {
    return this.phones.find(({ slot }) => slot.invite === invite.token) ?? null;
  }

  /** Somebody follows their invite link: they get a phone and send "/start TOKEN". */
  async join(invite, into) {
    const here = this.people().find(({ slot, name }) => slot.user && name === invite.name);
    if (here) return this.follow(this.phoneOf(here.slot, into), invite);
    const [first, ...rest] = (invite.name || invite.code).split(" ");
    const person = { first_name: first, ...(rest.length ? { last_name: rest.join(" ") } : {}), label: invite.role };
    return this.follow(await this.newPerson(person, into), invite);
  }

  async follow(phone, invite) {
    if (phone && (await phone.send({ text: `/start ${invite.token}` }))) phone.focus();
  }

  /** The phone that shows `slot`; opened (or `into` changed to it) when there is none. */
  phoneOf(slot, into) {
    const open = this.phones.find((phone) => same(phone.slot, slot));
    if (open) return open;
    if (into) this.show(into, slot);
    else this.addPhone(slot);
    return this.phones.find((phone) => same(phone.slot, slot));
  }

  async newPerson(person, into) {
    try {
      const user = await this.app.api.addUser(person);
      this.app.world.users.set(user.id, { label: person.label, ...user });
      if (into) this.show(into, { user: user.id });
      else this.addPhone({ user: user.id });
      this.app.world.emit("users");
      return this.phones.find(({ slot }) => slot.user === user.id);
    } catch (error) {
      this.app.fail(error);
      return null;
    }
  }

  addPhone(slot) {
    if (this.phones.length >= MOST) this.phones.pop().view?.destroy();
    this.phones.push(new Phone(this.app, this, slot));
    this.active = this.phones.length - 1;
    this.place();
    this.phones.at(-1).el.scrollIntoView({ inline: "nearest", block: "nearest" });
    this.phones.at(-1).focus();
  }

  /** The list in a phone's head: who it belongs to. */
  personSelect(phone) {
    const people = this.people();
    const option = (person) => h("option", { value: person.key, text: `${person.name}${unread(this.app.world, person.slot)}`, selected: same(person.slot, phone.slot) });
    const group = (label, list) => (list.length ? h("optgroup", { label }, list.map(option)) : null);
    const select = h("select", { class: "person", "aria-label": "Whose phone this is", on: { change: () => choose() } },
      group("In the chat", people.filter(({ slot }) => slot.user)), group("Invited", people.filter(({ slot }) => slot.invite)),
      h("option", { value: ADD, text: "Add a person…" }));
    const before = select.value;
    const choose = () => {
      const chosen = people.find(({ key }) => key === select.value);
      select.value = before;
      if (chosen) this.show(phone, chosen.slot);
      else this.add(phone);
    };
    return select;
  }

  // ---- what happens around

  peopleChanged() {
    for (const phone of this.phones) {
      const gone = phone.slot.invite && !phone.invite;  // used on another page, or issued anew
      const now = gone && this.people().find(({ name }) => name === phone.knownAs);
      if (now) this.show(phone, now.slot);
      if (!phone.owner.contains(document.activeElement)) phone.renderOwner();
      if (phone.chat) phone.renderFoot();
    }
    this.renderTabs();
  }

  clockChanged() {
    const zone = this.app.zone();
    if (this.zone !== undefined && zone !== this.zone) this.phones.forEach((phone) => phone.view?.draw());
    this.zone = zone;
    this.phones.forEach((phone) => phone.tick());
  }

  onChat({ chat, kind, message }) {
    this.phones.find((one) => one.chat === chat)?.onChat(kind, message);
    if (kind === "message" || kind === "read") this.badgesSoon();
  }

  badgesSoon() {
    this.badgeFrame ??= requestAnimationFrame(() => {
      this.badgeFrame = undefined;
      this.renderTabs();
      for (const phone of this.phones) if (!phone.owner.contains(document.activeElement)) phone.renderOwner();
    });
  }

  // ---- tabs

  renderTabs() {
    const focused = this.tabBar.contains(document.activeElement);
    const scrolled = this.tabBar.querySelector("[role=tablist]")?.scrollLeft ?? 0;
    const tabs = [this.guideTab(), ...this.phones.map((phone, at) => this.tab(phone, at))];
    const list = h("div", { role: "tablist", "aria-label": "Phones" }, tabs);
    this.tabBar.replaceChildren(list, h("button", { type: "button", class: "tab add", "aria-label": "Add a phone", on: { click: () => this.add() } }, icon("plus")));
    roving(list, "[role=tab]");
    const chosen = tabs.find((tab) => tab.getAttribute("aria-selected") === "true") ?? tabs[0];
    tabs.forEach((tab) => { tab.tabIndex = tab === chosen ? 0 : -1; });
    list.scrollLeft = scrolled;
    if (focused) focusOnly(tabs, chosen);
    this.panelRole(this.app.guide?.el);
    document.body.dataset.tab = this.active < 0 ? "guide" : "phone";
    this.phones.forEach((phone, at) => this.asPanel(phone, at));
  }

  asPanel(phone, at) {
    phone.el.id = `phone-${at + 1}`;
    phone.el.classList.toggle("active", at === this.active);
    this.panelRole(phone.el);
  }

  /** With tabs on screen, what they show is a panel; side by side, a region. */
  panelRole(el) {
    if (this.small.matches) el?.setAttribute("role", "tabpanel");
    else el?.removeAttribute("role");
  }

  guideTab() {
    return h("button", { type: "button", class: "tab", role: "tab", "aria-selected": String(this.active < 0), "aria-controls": "guide",
      "aria-label": "What to try", on: { click: () => this.select(-1) } }, icon("guide"));
  }

  tab(phone, at) {
    const count = at === this.active ? 0 : phone.chat?.unread ?? 0;
    return h("button", { type: "button", class: "tab", role: "tab", "aria-selected": String(at === this.active), "aria-controls": `phone-${at + 1}`,
      on: { click: () => this.select(at) } }, avatar(phone.name, phone.slot.user), h("span", { class: "tab-what" },
      h("span", { class: "tab-name", dir: "auto", text: phone.name.split(" ")[0] }), phone.role ? h("span", { class: "tab-role", text: roleName(phone.role) }) : null),
    count ? h("span", { class: "badge", text: String(count),  role: "img", "aria-label": `${count} unread` }) : null);
  }

  /** Shows one phone (or, with -1, the guide) on a small screen. */
  select(at) {
    this.active = at;
    this.renderTabs();
    if (at < 0) this.app.guide.open();
    else this.phones[at]?.view?.toNewest(false);
  }

  /** The first phone of a learner, or of a referent. */
  byRole(pattern) {
    return this.phones.find((phone) => pattern.test(phone.role)) ?? null;
  }

  /** Brings a phone to the front on a small screen. */
  bring(phone) {
    if (this.small.matches) this.select(this.phones.indexOf(phone));
  }
}

const same = (a, b) => (a.user !== undefined ? a.user === b.user : a.invite === b.invite && b.user === undefined);

function unread(world, slot) {
  const count = slot.user ? world.chats.get(slot.user)?.unread ?? 0 : 0;
  return count ? ` (${count} new)` : "";
}
