// What the page knows: people, chats, clock, invites. Everything drawn is drawn from here.

import { api } from "./api.js";

const TYPING_MS = 5000;  // Telegram shows "typing" for five seconds or until the message comes

/** One person's private chat with the bot. */
export class Chat {
  constructor(id) {
    this.id = id;
    this.messages = [];  // by message_id, ascending
    this.replyKeyboard = null;
    this.commands = [];
    this.unread = 0;
    this.typingUntil = 0;
    this.loaded = false;
    this.headTimer = undefined;
    this.waiting = null;  // events that came while the chat was being fetched
  }

  /** Puts a message in its place; true when it is a new one. */
  put(message) {
    const at = this.indexOf(message.message_id);
    const known = this.messages[at]?.message_id === message.message_id;
    this.messages.splice(at, known ? 1 : 0, message);
    return !known;
  }

  remove(messageId) {
    const at = this.indexOf(messageId);
    if (this.messages[at]?.message_id === messageId) this.messages.splice(at, 1);
  }

  /** Where a message with this id stands or would stand. */
  indexOf(messageId) {
    let low = 0;
    let high = this.messages.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.messages[middle].message_id < messageId) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  isOwn(message) {
    return message.from?.id === this.id;
  }
}

/** Dispatches "users", "clock", "invites" and "chat" (detail: {chat, kind, message}). */
export class World extends EventTarget {
  bot = { id: 0, first_name: "Bot", username: "" };
  users = new Map();
  chats = new Map();
  clock = null;
  invites = [];

  emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  chat(id) {
    if (!this.chats.has(id)) this.chats.set(id, new Chat(id));
    return this.chats.get(id);
  }

  /** Reads people, clock and invites. */
  async refresh() {
    const state = await api.state();
    this.bot = state.bot ?? this.bot;
    this.users = new Map((state.users ?? []).map((user) => [user.id, user]));
    this.clock = state.clock ?? null;
    this.invites = state.invites ?? [];
    this.map = Boolean(state.map);
    this.emit("users");
    this.emit("invites");
    this.emit("clock");
  }

  /** Reads a whole chat; what happens to it in the meantime is applied afterwards. */
  async load(id) {
    const chat = this.chat(id);
    if (chat.waiting) return;
    chat.waiting = [];
    try {
      const data = await api.chat(id);
      chat.messages = [...(data.messages ?? [])].sort((a, b) => a.message_id - b.message_id);
      chat.replyKeyboard = data.reply_keyboard ?? null;
      chat.commands = data.commands ?? [];
      chat.typingUntil = data.typing ? Date.now() + TYPING_MS : 0;
      chat.loaded = true;
    } finally {
      const missed = chat.waiting;
      chat.waiting = null;
      missed.forEach((event) => this.apply(event));
    }
    this.emit("chat", { chat, kind: "reload" });
  }

  /** After the line broke: everything that is on screen is read again. */
  async resync() {
    await this.refresh();
    const shown = [...this.chats.values()].filter((chat) => chat.loaded && this.users.has(chat.id));
    await Promise.all(shown.map((chat) => this.load(chat.id)));
  }

  /** Takes one event of the sandbox's stream. */
  apply(event) {
    switch (event.type) {
      case "message":
      case "edit":
      case "delete":
      case "typing": return this.applyToChat(event);
      case "commands": return this.headSoon(this.chat(event.chat_id));
      case "clock": {
        this.clock = event.clock ?? null;
        return this.emit("clock");
      }
      case "users":
      case "invites": return this.refreshSoon();
      default: return undefined;  // a newer sandbox may say more than this page knows
    }
  }

  applyToChat(event) {
    const chat = this.chat(event.chat_id);
    if (chat.waiting) return chat.waiting.push(event);
    const { type: kind, message } = event;
    if (kind === "typing") chat.typingUntil = Date.now() + TYPING_MS;
    else if (kind === "delete") chat.remove(message?.message_id ?? event.message_id);
    else return this.applyMessage(chat, message);
    return this.emit("chat", { chat, kind, message: message ?? { message_id: event.message_id } });
  }

  applyMessage(chat, message) {
    const kind = chat.put(message) ? "message" : "edit";
    if (kind === "message" && !chat.isOwn(message)) {
      chat.typingUntil = 0;
      chat.unread += 1;
    }
    this.emit("chat", { chat, kind, message });
    if (kind === "message") this.headSoon(chat);
  }

  markRead(chat) {
    if (!chat.unread) return;
    chat.unread = 0;
    this.emit("chat", { chat, kind: "read" });
  }

  /** Reply keyboard and commands are no messages: they are read anew when they may have changed. */
  headSoon(chat) {
    if (!chat.loaded) return;
    clearTimeout(chat.headTimer);
    chat.headTimer = setTimeout(() => this.readHead(chat).catch(() => {}), 60);
  }

  async readHead(chat) {
    const head = await api.head(chat.id, chat.messages.at(-1)?.message_id ?? 0);
    const keyboard = head.reply_keyboard ?? null;
    const changed = JSON.stringify(keyboard) !== JSON.stringify(chat.replyKeyboard);
    chat.replyKeyboard = keyboard;
    chat.commands = head.commands ?? [];
    this.emit("chat", { chat, kind: "commands" });
    if (changed) this.emit("chat", { chat, kind: "keyboard" });
  }

  refreshSoon() {
    clearTimeout(this.refreshTimer);
    this.refreshTimer = setTimeout(() => this.refresh().catch(() => {}), 50);
  }
}
