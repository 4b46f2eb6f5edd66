// @ts-check
// Everything the page knows. Events change it here; views listen by topic and read it.

import { Directory } from "./directory.js";
import { Timeline } from "./timeline.js";

/** @typedef {import("./types").Message} Message */
/** @typedef {import("./types").State} State */
/** @typedef {import("./types").VoiceState} VoiceState */
/** @typedef {import("./types").Player} Player */

/**
 * What may change. `messages` comes with what happened to which message; the others mean: read again.
 * @typedef {"channels" | "voice" | "messages" | "typing" | "connection" | "requests" | "interaction" | "person" | "channel" | "language" | "bot" | "commands" | "modal"} Topic
 */
/** @typedef {{ kind: "added" | "changed" | "removed", message: Message }} MessageChange */

const TYPING_LASTS = 10_000;
const KEPT_EVENTS = 10_000;

/** An edit's reactions are counted from another reader's side; ours follow from the reaction events.
 * @param {Message} message */
function withoutReactions({ reactions: _, ...message }) {
  return message;
}

export class Store {
  /** @type {Map<Topic, Set<(detail?: any) => void>>} */
  #listeners = new Map();
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

  /** @param {Topic} topic @param {(detail?: any) => void} listener */
  on(topic, listener) {
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners.add(listener));
  }

  /** @param {Topic} topic @param {unknown} [detail] */
  emit(topic, detail) {
    for (const listener of this.#listeners.get(topic) ?? []) listener(detail);
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
    const { type, data } = event;
    if (type === "message_create") this.put(data, true);
    else if (type === "message_update") this.put(withoutReactions(data));
    else if (type === "message_delete") this.#remove(data);
    else if (type === "reaction_add" || type === "reaction_remove") this.#react(data, type === "reaction_add" ? 1 : -1);
    else if (type === "typing_start") this.#type(data.channel_id, data.user_id);
    else if (type === "interaction_update") this.emit("interaction", data);
    else this.#applyToDirectory(type, data);
  }

  /** @param {string} type @param {any} data */
  #applyToDirectory(type, data) {
    const topic = this.directory.apply(type, data);
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

  /** @param {{ channel_id: string, message_id: string, user_id: string, emoji: import("./types").Emoji }} data @param {number} step */
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
    typing.set(user, setTimeout(() => this.#stopTyping(channel, user), TYPING_LASTS));
    this.emit("typing");
  }

  /** @param {string} channel @param {string} user */
  #stopTyping(channel, user) {
    const typing = this.typing.get(channel);
    clearTimeout(typing?.get(user));
    if (typing?.delete(user)) this.emit("typing");
  }
}
