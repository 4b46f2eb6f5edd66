// @ts-check
// One channel's messages as far as they are loaded, oldest first.

import { compareIds } from "./dom.js";

/** @typedef {import("./types").Message} Message */

const LOADING = 1 << 7;
const EPHEMERAL = 1 << 6;

/** @param {Message} message Discord's EPHEMERAL flag */
export const isEphemeral = (message) => Boolean((message.flags ?? 0) & EPHEMERAL);

/** @param {Message} message Discord's LOADING flag: a deferred answer */
export const isLoading = (message) => Boolean((message.flags ?? 0) & LOADING);

export class Timeline {
  /** @type {Message[]} */
  messages = [];
  loaded = false;
  /** Whether new messages are kept: from the moment it is first opened, as its history is asked for then. */
  followed = false;
  hasOlder = true;
  /** @type {Set<string>} ids of deleted messages, which a late answer must not bring back */
  #gone = new Set();

  /** @param {string} id */
  find(id) {
    return this.messages.find((message) => message.id === id);
  }

  /** The messages that answer one, and so show the beginning of it. @param {{ id: string }} original */
  answering({ id }) {
    return this.messages.filter(({ message_reference }) => message_reference?.message_id === id);
  }

  /**
   * @param {Message[]} older newest last
   * @param {boolean} more whether there may be still older ones
   */
  prepend(older, more) {
    const fresh = older.filter(
      (message) => !this.#gone.has(message.id) && !this.messages.some(({ id }) => id === message.id),
    );
    this.messages = [...fresh, ...this.messages].sort((a, b) => compareIds(a.id, b.id));
    this.hasOlder = more;
    this.loaded = true;
  }

  /**
   * Add or change a message. An edit of one that is not loaded is left to the history.
   *
   * @param {Message} message
   * @param {boolean} fresh
   * @returns {"added" | "changed" | null}
   */
  put(message, fresh) {
    if (this.#gone.has(message.id)) return null;
    const known = this.find(message.id);
    if (known) {
      Object.assign(known, message);
      for (const reply of this.answering(message)) Object.assign(reply.referenced_message ?? {}, message);
      return "changed";
    }
    if (!this.followed || !message.author || (!fresh && !this.#isNewest(message))) return null;
    let at = this.messages.length;
    while (at > 0 && compareIds(/** @type {Message} */ (this.messages[at - 1]).id, message.id) > 0) at--;
    this.messages.splice(at, 0, message);
    return "added";
  }

  /** @param {Message} message */
  #isNewest(message) {
    const last = this.messages.at(-1);
    return !last || compareIds(last.id, message.id) < 0;
  }

  /** @param {string} id */
  remove(id) {
    this.#gone.add(id);
    for (const reply of this.answering({ id })) reply.referenced_message = null;
    const at = this.messages.findIndex((message) => message.id === id);
    return at === -1 ? null : (this.messages.splice(at, 1)[0] ?? null);
  }

  /** Let go of the oldest so that `count` remain. @param {number} count */
  trim(count) {
    if (this.messages.length <= count) return;
    this.messages.splice(0, this.messages.length - count);
    this.hasOlder = true;
  }

  /**
   * @param {{ message_id: string, user_id: string, emoji: import("./types").Emoji }} data
   * @param {number} step 1 or -1
   * @param {string} person whose `me` it is
   */
  react({ message_id, user_id, emoji }, step, person) {
    const message = this.find(message_id);
    if (!message) return null;
    message.reactions ??= [];
    const { reactions } = message;
    let reaction = reactions.find(
      (known) => known.emoji.name === emoji.name && (known.emoji.id ?? null) === (emoji.id ?? null),
    );
    if (!reaction) {
      reaction = { emoji, count: 0, me: false };
      reactions.push(reaction);
    }
    reaction.count += step;
    if (user_id === person) reaction.me = step > 0;
    message.reactions = reactions.filter(({ count }) => count > 0);
    return message;
  }
}
