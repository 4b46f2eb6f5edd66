// @ts-check
// Everything the page knows. Events change it here; views listen by topic and read it.

import { Directory } from "./directory.js";
import { Timeline } from "./timeline.js";

/** @typedef {import("./types").Message} Message */
/** @typedef {import("./types").State} State */
/** @typedef {import("./types").VoiceState} VoiceState */
/** @typedef {import("./types").Player} Player */

/** @typedef {{ kind: "added" | "changed" | "removed", message: Message }} MessageChange */
/** What may change. */
const TOPICS = /** @type {const} */ ([
  "asked",
  "bot",
  "channel",
  "channels",
  "commands",
  "connection",
  "guild",
  "interaction",
  "language",
  "messages",
  "modal",
  "person",
  "requests",
  "sound",
  "typing",
  "voice",
]);
/** @typedef {(typeof TOPICS)[number]} Topic */
/** @typedef {import("./types").Interaction} Interaction */
/** What comes with the news; nothing means: read again.
 * @typedef {{ messages: [change: MessageChange], interaction: [Interaction], modal: [Interaction] }} Details */
/** @typedef {{ [T in Topic]: T extends keyof Details ? Details[T] : [] }} News */
/** @typedef {{ [T in Topic]: Set<(...news: News[T]) => void> }} Listeners */

const TYPING_LASTS = 10_000;
const KEPT_EVENTS = 10_000;

/** An edit's reactions are counted from another reader's side; ours follow from the reaction events.
 * @param {Message} message */
function withoutReactions({ reactions: _, ...message }) {
  return message;
}

export class Store {
  #listeners = /** @type {Listeners} */ (Object.fromEntries(TOPICS.map((topic) => [topic, new Set()])));
  /** @type {Map<string, Timeline>} */
  #timelines = new Map();
  /** @type {Map<string, Map<string, number>>} channel → user → timer */
  typing = new Map();
  /** @type {Map<string, number>} channel → how many messages mention me; 0: unread only */
  unread = new Map();
  connected = true;
  sequence = 0;
  person = "";
  channel = "";

  /** @param {State} state */
  constructor(state) {
    this.directory = new Directory(state);
    this.sequence = state.sequence;
  }

  /**
   * Take over a fresh state after a break. Missed events are replayed onto it, unless the sandbox started anew or
   * has forgotten some of them: then what was loaded is let go as well.
   *
   * @param {State} state
   * @returns {boolean} whether messages have to be loaded again
   */
  adopt(state) {
    this.directory = new Directory(state);
    const missed = state.sequence - this.sequence;
    if (missed >= 0 && missed < KEPT_EVENTS) return false;
    this.sequence = state.sequence;
    this.#timelines.clear();
    this.unread.clear();
    return true;
  }

  /** @template {Topic} T @param {T} topic @param {(...news: News[T]) => void} listener */
  on(topic, listener) {
    this.#listeners[topic].add(listener);
  }

  /** @template {Topic} T @param {T} topic @param {News[T]} news */
  emit(topic, ...news) {
    for (const listener of this.#listeners[topic]) listener(...news);
  }

  /** @param {string} channel */
  timeline(channel) {
    const timeline = this.#timelines.get(channel) ?? new Timeline();
    this.#timelines.set(channel, timeline);
    return timeline;
  }

  /** @param {string} channel */
  openChannel(channel) {
    this.channel = channel;
    this.unread.delete(channel);
    this.emit("channel");
  }

  /** @param {string} person */
  become(person) {
    this.person = person;
    this.#timelines.clear();
    this.unread.clear();
    this.emit("person");
  }

  /** @param {boolean} connected */
  setConnected(connected) {
    if (this.connected === connected) return;
    this.connected = connected;
    this.emit("connection");
  }

  /** @param {import("./types").SandboxEvent} event */
  apply(event) {
    this.sequence = Math.max(this.sequence, event.sequence);
    switch (event.type) {
      case "message_create":
        return this.put(event.data, true);
      case "message_update":
        return this.put(withoutReactions(event.data));
      case "message_delete":
        return this.#remove(event.data);
      case "reaction_add":
        return this.#react(event.data, 1);
      case "reaction_remove":
        return this.#react(event.data, -1);
      case "typing_start":
        return this.#type(event.data.channel_id, event.data.user_id);
      case "interaction_update":
        return this.emit("interaction", event.data);
      case "guild_update":
        return this.emit("guild");
      default:
        return this.#applyToDirectory(event);
    }
  }

  /** @param {import("./types").DirectoryChange} change */
  #applyToDirectory(change) {
    const topic = this.directory.apply(change);
    if (topic) this.emit(topic);
  }

  /**
   * Put a message where it belongs; a partial one (an edit) is laid over what is known.
   *
   * @param {Message} message
   * @param {boolean} [fresh] whether it has just been said
   */
  put(message, fresh = false) {
    const kind = this.timeline(message.channel_id).put(message, fresh);
    if (fresh && kind !== "changed") {
      this.#stopTyping(message.channel_id, message.author.id);
      this.#markUnread(message);
    }
    if (kind) this.emit("messages", { kind, message });
  }

  /** @param {Message} message */
  #markUnread(message) {
    if (message.channel_id === this.channel || message.author.id === this.person) return;
    const mentioned = message.mentions.some(({ id }) => id === this.person) ? 1 : 0;
    this.unread.set(message.channel_id, (this.unread.get(message.channel_id) ?? 0) + mentioned);
    this.emit("channels");
  }

  /** @param {{ id: string, channel_id: string }} data */
  #remove(data) {
    const message = this.timeline(data.channel_id).remove(data.id);
    if (message) this.emit("messages", { kind: "removed", message });
  }

  /** @param {import("./types").ReactionChange} data @param {number} step */
  #react(data, step) {
    const message = this.timeline(data.channel_id).react(data, step, this.person);
    if (message) this.emit("messages", { kind: "changed", message });
  }

  /** @param {string} channel @param {string} user */
  #type(channel, user) {
    if (user === this.person) return;
    const typing = this.typing.get(channel) ?? new Map();
    this.typing.set(channel, typing);
    clearTimeout(typing.get(user));
    typing.set(
      user,
      setTimeout(() => this.#stopTyping(channel, user), TYPING_LASTS),
    );
    this.emit("typing");
  }

  /** @param {string} channel @param {string} user */
  #stopTyping(channel, user) {
    const typing = this.typing.get(channel);
    clearTimeout(typing?.get(user));
    if (typing?.delete(user)) this.emit("typing");
  }
}
