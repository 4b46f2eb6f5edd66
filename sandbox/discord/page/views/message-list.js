// @ts-check
// The open channel's messages: keeps to the end, loads older ones on the way up, changes one message at a time.

import { api } from "../api.js";
import { h } from "../dom.js";
import { icon } from "../icons.js";
import { t } from "../texts.js";
import { isEphemeral } from "../timeline.js";
import { continues, messageView, thinking } from "./message.js";
import { attempt } from "./toast.js";
import { welcome } from "./welcome.js";

/** @typedef {import("../types").Message} Message */

const PAGE = 50;
const NEAR = 90;
const LOAD_AHEAD = 600;
const KEPT = 200;

export class MessageList {
  /** @type {Map<string, HTMLElement>} */
  #elements = new Map();
  #loading = false;
  #atEnd = true;

  /**
   * @param {import("./message.js").Around} around
   * @param {import("./welcome.js").Try} example
   */
  constructor(around, example) {
    this.around = around;
    this.store = around.store;
    this.example = example;
    this.top = h("div", { class: "top" });
    this.list = h("ol", { class: "messages" });
    this.waiting = h("div", { class: "waiting" });
    this.scroller = h(
      "div",
      { class: "scroller", tabindex: "0", role: "log" },
      h("div", { class: "scrolled" }, this.top, this.list, this.waiting),
    );
    this.toEnd = h(
      "button",
      { type: "button", class: "to-end", hidden: true, on: { click: () => this.scrollToEnd() } },
      icon("down"),
      h("span", null),
    );
    this.element = h("div", { class: "log" }, this.scroller, this.toEnd);
    this.scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.scroller.addEventListener("keydown", (event) => this.#key(event));
    this.scroller.addEventListener("focusin", (event) => this.#focused(/** @type {HTMLElement} */ (event.target)));
    this.scroller.addEventListener("focusout", ({ relatedTarget }) => {
      if (!this.list.contains(/** @type {Node | null} */ (relatedTarget))) this.#focused(null);
    });
    new ResizeObserver(() => this.#atEnd && this.scrollToEnd()).observe(this.list);
    new ResizeObserver(() => this.#atEnd && this.scrollToEnd()).observe(this.scroller);
    this.store.on("messages", (change) => this.#change(change));
    this.store.on("requests", () => this.#requestsChanged());
    this.store.on("asked", () => this.scrollToEnd());
    for (const topic of /** @type {const} */ (["channel", "person", "language"]))
      this.store.on(topic, () => void this.open());
  }

  get timeline() {
    return this.store.timeline(this.store.channel);
  }

  /** Show the open channel from its end. */
  async open() {
    const channel = this.store.directory.channel(this.store.channel);
    const name = channel ? this.store.directory.channelName(channel) : "";
    this.scroller.setAttribute("aria-label", t("messages", { channel: name }));
    this.#atEnd = true;
    this.timeline.followed = true;
    this.timeline.trim(KEPT);
    this.#render();
    if (!this.timeline.loaded) await this.#load();
    this.scrollToEnd();
  }

  scrollToEnd() {
    this.#atEnd = true;
    this.toEnd.hidden = true;
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  /** Bring a message into view and light it up for a moment. @param {string} id */
  jump(id) {
    const element = this.#elements.get(id);
    if (!element) return;
    element.scrollIntoView({ block: "center", behavior: "smooth" });
    element.classList.add("lit");
    setTimeout(() => element.classList.remove("lit"), 1500);
  }

  #render() {
    this.#elements.clear();
    const elements = this.timeline.messages.map((message) => this.#make(message));
    this.list.replaceChildren(...elements);
    this.#joinAll();
    this.#renderTop();
    this.#renderWaiting();
  }

  /** @param {Message} message */
  #make(message) {
    const element = messageView(message, this.around);
    element.dataset.asked = this.#asked(message);
    this.#elements.set(message.id, element);
    return element;
  }

  /** Let a message follow the one before it: grouped, or after a day's mark. @param {number} index */
  #join(index) {
    const message = this.timeline.messages[index];
    const before = this.timeline.messages[index - 1];
    const element = message && this.#elements.get(message.id);
    if (!element) return;
    const sameDay = before && new Date(before.timestamp).toDateString() === element.dataset.day;
    element.classList.toggle("new-day", !sameDay);
    element.classList.toggle("compact", Boolean(sameDay && continues(before, message)));
  }

  #joinAll() {
    for (const index of this.timeline.messages.keys()) this.#join(index);
  }

  #renderTop() {
    const channel = this.store.directory.channel(this.store.channel);
    if (!channel || !this.timeline.loaded) return this.top.replaceChildren();
    this.top.replaceChildren(
      this.timeline.hasOlder
        ? h("div", { class: "older" }, t("loadingOlder"))
        : welcome(this.store, channel, this.example),
    );
    this.element.classList.toggle("empty", !this.timeline.messages.length && !this.timeline.hasOlder);
  }

  #renderWaiting() {
    const { directory, channel } = this.store;
    const bot = directory.nameOf(directory.bot.user, directory.guildOf(channel));
    this.waiting.replaceChildren(
      ...this.around.requests
        .commandsIn(channel)
        .map((request) =>
          h(
            "div",
            { class: "request" },
            h("code", { class: "inline-code" }, request.label),
            request.state === "failed"
              ? h("span", { class: "failed", role: "alert" }, t("didNotRespond", { bot }))
              : thinking(t(request.state === "deferred" ? "thinking" : "sending")),
            request.state === "failed" &&
              h(
                "button",
                { type: "button", class: "text-button", on: { click: () => this.around.requests.dismiss(request.id) } },
                t("dismiss"),
              ),
          ),
        ),
    );
  }

  #requestsChanged() {
    this.#renderWaiting();
    for (const message of this.timeline.messages) {
      const element = this.#elements.get(message.id);
      if (element && element.dataset.asked !== this.#asked(message)) this.#replace(message);
    }
    if (this.#atEnd) this.scrollToEnd();
  }

  /** @param {Message} message */
  #replace(message) {
    const old = this.#elements.get(message.id);
    const focused = old?.contains(document.activeElement)
      ? /** @type {HTMLElement} */ (document.activeElement).dataset.component
      : undefined;
    const element = this.#make(message);
    old?.replaceWith(element);
    this.#join(this.timeline.messages.indexOf(message));
    if (focused)
      /** @type {HTMLElement | null} */ (element.querySelector(`[data-component="${CSS.escape(focused)}"]`))?.focus();
  }

  /** What was clicked on a message, to see when that changes. @param {Message} message */
  #asked(message) {
    return JSON.stringify(this.around.requests.on(message.id));
  }

  /** @param {import("../store.js").MessageChange} change */
  #change({ kind, message }) {
    if (message.channel_id !== this.store.channel) return;
    if (kind === "removed") {
      this.#elements.get(message.id)?.remove();
      this.#elements.delete(message.id);
      this.#joinAll();
    } else if (kind === "changed") {
      const known = this.timeline.find(message.id);
      if (known) this.#replace(known);
    } else this.#add(message);
    if (kind !== "added") for (const reply of this.timeline.answering(message)) this.#replace(reply);
    if (this.timeline.messages.length <= 1) this.#renderTop();
    if (this.#atEnd) this.scrollToEnd();
  }

  /** @param {Message} message */
  #add(message) {
    const index = this.timeline.messages.indexOf(message);
    const next = this.timeline.messages[index + 1];
    this.list.insertBefore(this.#make(message), (next && this.#elements.get(next.id)) ?? null);
    this.#join(index);
    this.#join(index + 1);
    if (message.author.id === this.store.person || isEphemeral(message)) this.#atEnd = true;
    if (this.#atEnd) this.#trim();
    else this.#offerEnd(t("newMessages"));
  }

  #trim() {
    if (this.timeline.messages.length <= KEPT * 1.5) return;
    this.timeline.trim(KEPT);
    this.#render();
  }

  /** @param {string} text */
  #offerEnd(text) {
    this.toEnd.lastElementChild?.replaceChildren(text);
    this.toEnd.hidden = false;
  }

  /** @returns {Promise<void>} */
  async #load() {
    if (this.#loading) return;
    this.#loading = true;
    const { channel, person } = this.store;
    const timeline = this.timeline;
    const older = await attempt(api.messages(channel, { user: person, limit: PAGE, before: timeline.messages[0]?.id }));
    this.#loading = false;
    if (!older) return;
    timeline.prepend(older, older.length === PAGE);
    if (timeline !== this.timeline) return this.timeline.loaded ? undefined : this.#load();
    const fromEnd = this.scroller.scrollHeight - this.scroller.scrollTop;
    this.#render();
    this.scroller.scrollTop = this.scroller.scrollHeight - fromEnd;
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    const wasAtEnd = this.#atEnd;
    this.#atEnd = scrollHeight - scrollTop - clientHeight < NEAR;
    if (this.#atEnd) this.toEnd.hidden = true;
    else if (wasAtEnd) this.#offerEnd(t("jumpToPresent"));
    if (scrollTop < LOAD_AHEAD && this.timeline.loaded && this.timeline.hasOlder) void this.#load();
  }

  /** Show the buttons of the message that the keyboard is on. @param {HTMLElement | null} target */
  #focused(target) {
    const here = target?.matches(":focus-visible") ? target.closest(".message") : null;
    const before = this.list.querySelector(".here");
    if (before !== here) before?.classList.remove("here");
    here?.classList.add("here");
  }

  /** Arrows walk through the messages; Tab then reaches a message's own buttons. @param {KeyboardEvent} event */
  #key(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    if (!["ArrowUp", "ArrowDown"].includes(event.key) || (target !== this.scroller && !target.matches(".message")))
      return;
    const here = target.closest(".message");
    const above = here ? here.previousElementSibling : this.list.lastElementChild;
    const next = event.key === "ArrowUp" ? above : here?.nextElementSibling;
    if (!next) return;
    event.preventDefault();
    /** @type {HTMLElement} */ (next).focus();
    next.scrollIntoView({ block: "nearest" });
  }
}
