// @ts-check
// What a visitor asked of the bot (commands, buttons, modals) and how far it got.

/** @typedef {import("./types").Interaction} Interaction */
/** @typedef {import("./types").Request} Request */

const REMEMBERED = 64;

export class Requests {
  /** @type {Map<string, Request>} */
  #open = new Map();
  /** @type {Map<string, Interaction>} updates that overtook the answer to our own call */
  #early = new Map();

  /** @param {import("./store.js").Store} store */
  constructor(store) {
    this.store = store;
    store.on("interaction", (interaction) => this.#update(interaction));
    store.on("person", () => {
      this.#open.clear();
      store.emit("requests");
    });
  }

  /**
   * Follow an interaction from its start.
   *
   * @param {string} id
   * @param {Pick<Request, "channel" | "label" | "message" | "component">} about
   */
  follow(id, about) {
    for (const [known, request] of this.#open) {
      if (about.message && request.message === about.message && request.state === "failed") this.#open.delete(known);
    }
    this.#open.set(id, { id, state: "pending", answered: false, ...about });
    const early = this.#early.get(id);
    this.#early.delete(id);
    if (early) this.#update(early);
    else this.store.emit("requests");
    // What answers a command comes at the end of the channel; what answers a button mostly where the button is.
    if (!about.message && about.channel === this.store.channel) this.store.emit("asked");
  }

  /** Commands of a channel that wait or failed. @param {string} channel */
  commandsIn(channel) {
    return [...this.#open.values()].filter((request) => request.channel === channel && !request.message);
  }

  /** What was clicked on a message and waits or failed. @param {string} message */
  on(message) {
    return [...this.#open.values()].filter((request) => request.message === message);
  }

  /** @param {string} id */
  dismiss(id) {
    this.#open.delete(id);
    this.store.emit("requests");
  }

  /** @param {Interaction} interaction */
  #update(interaction) {
    const request = this.#open.get(interaction.id);
    if (!request) {
      this.#early.set(interaction.id, interaction);
      if (this.#early.size > REMEMBERED) this.#early.delete(/** @type {string} */ (this.#early.keys().next().value));
      return;
    }
    const settled =
      interaction.state === "answered" ||
      interaction.messages.length > 0 ||
      (interaction.state === "deferred" && request.message);
    if (interaction.modal && request.state === "pending") this.store.emit("modal", interaction);
    request.state = interaction.state;
    if (settled && interaction.state !== "failed") this.#open.delete(interaction.id);
    for (const message of interaction.messages) this.store.put(message);
    this.store.emit("requests");
  }
}
