// @ts-check
// Where a visitor writes: messages, replies, edits; a slash turns it into a command form.

import { api } from "../api.js";
import { afterSlash, recognise } from "../commands.js";
import { DIRECT } from "../directory.js";
import { h } from "../dom.js";
import { icon } from "../icons.js";
import { decode, encode, mentionables } from "../mentions.js";
import { t } from "../texts.js";
import { CommandForm } from "./command-form.js";
import { Suggestions } from "./suggestions.js";
import { attempt } from "./toast.js";
import { Uploads } from "./upload.js";

/** @typedef {import("../types").Message} Message */

const LONGEST = 2000;
const WARN_FROM = 1800;
const TYPING_EVERY = 8000;

export class Composer {
  /** @type {{ kind: "reply" | "edit", message: Message } | null} */
  #about = null;
  #typedAt = 0;
  /** @type {Map<string, string>} */
  #drafts = new Map();
  #draftOf = "";

  /**
   * @param {import("../store.js").Store} store
   * @param {(invocable: import("../types").Invocable, options: Record<string, unknown>) => void} run
   */
  constructor(store, run) {
    this.store = store;
    this.run = run;
    this.uploads = new Uploads();
    this.input = h("textarea", {
      rows: 1,
      "aria-autocomplete": "list",
      enterkeyhint: "send",
      autocomplete: "off",
    });
    this.context = h("div", { class: "composer-context", hidden: true });
    this.count = h("span", { class: "count-left", "aria-live": "polite" });
    this.attachButton = h(
      "button",
      { type: "button", class: "square", on: { click: () => this.uploads.input.click() } },
      icon("plus"),
    );
    this.sendButton = h("button", { type: "submit", class: "square send" }, icon("send"));
    this.line = h("div", { class: "composer-line" }, this.attachButton, this.input, this.count, this.sendButton);
    this.form = new CommandForm(store, {
      run: (invocable, options) => this.#ran(invocable, options),
      leave: (text) => this.#leaveCommand(text),
    });
    this.box = h(
      "div",
      { class: "composer-box" },
      this.context,
      this.uploads.list,
      this.form.element,
      this.line,
      this.uploads.input,
    );
    this.hint = h("div", { class: "composer-hint" });
    this.element = h(
      "form",
      {
        class: "composer",
        on: {
          submit: (/** @type {Event} */ event) => {
            event.preventDefault();
            void this.submit();
          },
        },
      },
      this.box,
      this.hint,
    );
    this.suggestions = new Suggestions(store, this.input, this.box, {
      command: (invocable) => this.#enterCommand(invocable, ""),
      completed: () => this.#measure(),
    });
    this.#listen();
    this.render();
  }

  #listen() {
    this.input.addEventListener("input", (event) => this.#typed(/** @type {InputEvent} */ (event).isComposing));
    this.input.addEventListener("compositionend", () => this.#typed(false));
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.input.addEventListener("click", () => this.#suggest());
    this.input.addEventListener("blur", () => this.suggestions.hide());
    this.input.addEventListener("paste", (event) => {
      const files = event.clipboardData?.files;
      if (files?.length) {
        event.preventDefault();
        this.uploads.add(files);
      }
    });
    this.element.addEventListener("dragover", (event) => event.preventDefault());
    this.element.addEventListener("drop", (event) => {
      event.preventDefault();
      this.uploads.add(event.dataTransfer?.files ?? []);
    });
    this.store.on("channel", () => this.#channelChanged());
    this.store.on(
      "commands",
      () => afterSlash(this.input.value) !== null && document.activeElement === this.input && this.#typed(false),
    );
    for (const topic of /** @type {const} */ (["language", "bot", "person"])) this.store.on(topic, () => this.render());
  }

  render() {
    const { directory } = this.store;
    const channel = directory.channel(this.store.channel);
    const name = channel ? directory.channelName(channel) : "";
    const bot = directory.nameOf(directory.bot.user);
    this.input.placeholder = t("composer", { channel: channel?.type === DIRECT ? `@${name}` : `#${name}` });
    this.input.setAttribute("aria-label", this.input.placeholder);
    for (const [button, label] of /** @type {const} */ ([
      [this.attachButton, "attach"],
      [this.sendButton, "send"],
    ])) {
      button.setAttribute("aria-label", t(label));
      button.title = t(label);
    }
    this.hint.textContent = directory.bot.online ? t("composerHint") : t("botOffline", { bot });
    this.hint.classList.toggle("warning", !directory.bot.online);
    this.#renderContext();
  }

  /** Commands this person may use here. */
  get commands() {
    return this.suggestions.commands;
  }

  /** @param {Message} message */
  reply(message) {
    this.#about = { kind: "reply", message };
    this.#leaveCommand("");
    this.#renderContext();
  }

  /** @param {Message} message */
  edit(message) {
    this.#about = { kind: "edit", message };
    this.#leaveCommand(decode(message.content, this.#mentionables()));
    this.#renderContext();
  }

  /** Put words in as if typed. @param {string} text */
  write(text) {
    this.#leaveCommand(text);
    this.#typed(false);
  }

  /** Say or run a text at once. @param {string} text */
  async say(text) {
    this.write(text);
    if (this.form.open) this.form.submit();
    else await this.submit();
  }

  async submit() {
    if (this.form.open) return this.form.submit();
    const text = this.input.value;
    const exact = this.#exactCommand(text);
    if (exact) return this.#enterCommand(exact, "", true);
    if (text.length > LONGEST || (!text.trim() && !this.uploads.files.length)) return;
    const { channel, person } = this.store;
    const content = encode(text, this.#mentionables());
    const about = this.#about;
    const attachments = await this.uploads.read();
    this.#setText("");
    this.cancel();
    const message = await attempt(
      about?.kind === "edit"
        ? api.edit(about.message, person, content)
        : api.send(channel, {
            user: person,
            content,
            reply_to: about?.message.id,
            attachments: attachments.length ? attachments : undefined,
          }),
    );
    if (!message) return this.#setText(text);
    this.uploads.clear();
    this.store.put(message, about?.kind !== "edit");
  }

  /** Leave a reply or an edit. */
  cancel() {
    if (this.#about?.kind === "edit") this.#setText("");
    this.#about = null;
    this.#renderContext();
  }

  /** @param {string} text */
  #exactCommand(text) {
    const typed = afterSlash(text.trim());
    const found =
      typed === null ? undefined : this.commands.find(({ path, label }) => path === typed || label === typed);
    return found && !found.options.some(({ required }) => required) ? found : undefined;
  }

  #mentionables() {
    const { directory, channel } = this.store;
    return [...mentionables(directory, channel, "@"), ...mentionables(directory, channel, "#")];
  }

  /** An edit or a reply is no place for a command. */
  #suggest() {
    this.suggestions.update({ commands: this.#about === null });
  }

  #renderContext() {
    const about = this.#about;
    this.context.hidden = !about;
    if (!about) return;
    const { directory } = this.store;
    const user = directory.nameOf(about.message.author, directory.guildOf(about.message.channel_id));
    this.context.replaceChildren(
      icon(about.kind),
      h("span", null, about.kind === "reply" ? t("replyingTo", { user }) : t("editing")),
      h(
        "button",
        { type: "button", class: "square small", "aria-label": t("cancel"), on: { click: () => this.cancel() } },
        icon("close"),
      ),
    );
  }

  /** @param {string} text */
  #setText(text) {
    this.input.value = text;
    this.#measure();
  }

  #measure() {
    this.input.style.setProperty("height", "auto");
    this.input.style.setProperty("height", `${this.input.scrollHeight}px`);
    const left = LONGEST - this.input.value.length;
    this.count.textContent = left < LONGEST - WARN_FROM ? String(left) : "";
    this.count.classList.toggle("over", left < 0);
    this.count.title = left < 0 ? t("tooLong", { count: -left }) : "";
    this.sendButton.disabled = left < 0;
  }

  /** @param {boolean} composing whether an input method is still at work */
  #typed(composing) {
    this.#measure();
    if (composing) return;
    const typed = this.#about ? null : afterSlash(this.input.value);
    const recognised = typed === null ? null : recognise(this.commands, typed);
    if (recognised) return this.#enterCommand(recognised.invocable, recognised.rest);
    this.#suggest();
    if (this.input.value && typed === null && Date.now() - this.#typedAt > TYPING_EVERY) {
      this.#typedAt = Date.now();
      void attempt(api.typing(this.store.channel, this.store.person));
    }
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.isComposing || event.keyCode === 229 || this.popupKey(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      void this.submit();
    } else if (event.key === "Escape" && this.#about) this.cancel();
    else if (event.key === "ArrowUp" && !this.input.value) this.#editLast(event);
  }

  /** Enter on a fully typed command runs it rather than picking it once more. @param {KeyboardEvent} event */
  popupKey(event) {
    if (event.key === "Enter" && this.#exactCommand(this.input.value)) return false;
    return this.suggestions.key(event);
  }

  /** @param {KeyboardEvent} event */
  #editLast(event) {
    const mine = this.store
      .timeline(this.store.channel)
      .messages.findLast(({ author }) => author.id === this.store.person);
    if (!mine) return;
    event.preventDefault();
    this.edit(mine);
  }

  /** @param {import("../types").Invocable} invocable @param {string} rest @param {boolean} [now] whether to run it at once */
  #enterCommand(invocable, rest, now = false) {
    this.suggestions.hide();
    this.#setText("");
    this.line.classList.add("commanding");
    this.form.show(invocable, rest);
    if (now) this.form.submit();
  }

  /** @param {string} text what the text field then holds */
  #leaveCommand(text) {
    this.form.hide();
    this.line.classList.remove("commanding");
    this.#setText(text);
    this.input.focus();
    this.#suggest();
  }

  /** @param {import("../types").Invocable} invocable @param {Record<string, unknown>} options */
  #ran(invocable, options) {
    this.#leaveCommand("");
    this.run(invocable, options);
  }

  #channelChanged() {
    this.#drafts.set(this.#draftOf, this.form.open ? "" : this.input.value);
    this.#draftOf = this.store.channel;
    this.cancel();
    this.form.hide();
    this.line.classList.remove("commanding");
    this.#setText(this.#drafts.get(this.store.channel) ?? "");
    this.suggestions.hide();
    this.render();
    if (matchMedia("(hover: hover)").matches) this.input.focus();
  }
}
