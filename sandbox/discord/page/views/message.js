// @ts-check
// One message.

import { labelOf } from "../commands.js";
import { h } from "../dom.js";
import { icon } from "../icons.js";
import { inlineMarkdown, markdown } from "../markdown/render.js";
import { preferences } from "../preferences.js";
import { clock, day, fullDate, t } from "../texts.js";
import { isEphemeral, isLoading } from "../timeline.js";
import { attachmentView } from "./attachment.js";
import { avatar } from "./avatar.js";
import { componentView } from "./component.js";
import { embedView } from "./embed.js";

/** @typedef {import("../types").Message} Message */
/**
 * What a message needs of the page.
 * @typedef {object} Around
 * @property {import("../store.js").Store} store
 * @property {import("../requests.js").Requests} requests
 * @property {import("../markdown/render.js").Names} names
 * @property {(component: import("../types").Component) => import("../types").SelectOption[]} entities
 * @property {(message: Message, customId: string, values?: string[]) => void} useComponent
 * @property {(message: Message, emoji: string) => void} react
 * @property {(message: Message, anchor: HTMLElement) => void} pickEmoji
 * @property {(message: Message) => void} reply
 * @property {(message: Message) => void} edit
 * @property {(message: Message) => void} remove
 * @property {(id: string) => void} jump
 */

const GROUP_WITHIN = 7 * 60 * 1000;
const EXCERPT = 200;

/**
 * Tell whether a message goes on where the one before ended.
 *
 * @param {Message | undefined} before
 * @param {Message} message
 */
export function continues(before, message) {
  return Boolean(
    before &&
      before.author.id === message.author.id &&
      !message.message_reference &&
      !message.interaction_metadata &&
      isEphemeral(before) === isEphemeral(message) &&
      Date.parse(message.timestamp) - Date.parse(before.timestamp) < GROUP_WITHIN,
  );
}

/**
 * @param {Message} message
 * @param {Around} around
 * @returns {HTMLElement}
 */
export function messageView(message, around) {
  const { store, names } = around;
  const guild = store.directory.guildOf(message.channel_id);
  const name = store.directory.nameOf(message.author, guild);
  const sent = new Date(message.timestamp);
  const mentioned = message.mentions.some(({ id }) => id === store.person) && message.author.id !== store.person;
  // A file that an embed shows is not shown a second time.
  const embedded = message.embeds.flatMap(({ image, thumbnail }) => [image?.url, thumbnail?.url]);
  const loose = message.attachments.filter(({ url }) => !embedded.includes(url));
  const classes = ["message", mentioned && "mentioned", isEphemeral(message) && "ephemeral"].filter(Boolean).join(" ");
  return h(
    "li",
    { class: classes, tabindex: "-1", data: { id: message.id, day: sent.toDateString() } },
    h("div", { class: "day-mark", role: "separator" }, h("span", null, day(sent))),
    context(message, around),
    h(
      "div",
      { class: "message-row" },
      avatar(message.author, name),
      h("time", { class: "side-time", datetime: message.timestamp, title: fullDate(sent) }, clock(sent)),
      h(
        "div",
        { class: "message-body" },
        h(
          "div",
          { class: "message-head" },
          h("span", { class: "author", data: { user: message.author.id } }, name),
          message.author.bot && h("span", { class: "tag" }, t("bot")),
          h("time", { datetime: message.timestamp, title: fullDate(sent) }, clock(sent)),
        ),
        content(message, around),
        loose.length > 0 && h("div", { class: "attachments" }, loose.map(attachmentView)),
        message.embeds.map((embed) => embedView(embed, names)),
        components(message, around),
        reactions(message, around),
        isEphemeral(message) &&
          h(
            "div",
            { class: "only-you" },
            icon("eye"),
            t("onlyYou"),
            "・",
            h(
              "button",
              { type: "button", class: "text-button", on: { click: () => around.remove(message) } },
              t("dismiss"),
            ),
          ),
      ),
      isEphemeral(message) || isLoading(message) ? null : toolbar(message, around),
    ),
  );
}

/** The reply or command a message answers. @param {Message} message @param {Around} around */
function context(message, around) {
  const { directory } = around.store;
  const guild = directory.guildOf(message.channel_id);
  const used = message.interaction ?? message.interaction_metadata;
  if (used && message.type === 20) {
    const user = directory.nameOf(used.user, guild);
    const command = labelOf(directory.commands, used.name ?? "…", preferences.language);
    return h(
      "div",
      { class: "context" },
      icon("reply"),
      avatar(used.user, user),
      h("span", null, t("used", { user, command: `/${command}` })),
    );
  }
  if (!message.message_reference || message.type !== 19) return null;
  const original = message.referenced_message;
  if (!original) return h("div", { class: "context" }, icon("reply"), h("em", null, t("replyGone")));
  const author = directory.nameOf(original.author, guild);
  return h(
    "button",
    { type: "button", class: "context", on: { click: () => around.jump(original.id) } },
    icon("reply"),
    avatar(original.author, author),
    h("strong", null, author),
    h("span", { class: "excerpt" }, original.content ? excerpt(original.content, around.names) : t("attachmentOnly")),
  );
}

/**
 * The beginning of a text as one line of plain words: fences and headings are not marked, spoilers stay covered.
 *
 * @param {string} text
 * @param {import("../markdown/render.js").Names} names
 */
function excerpt(text, names) {
  const line = text
    .replace(/^(?:#{1,3}|-#|>|>>>) /gm, "")
    .replace(/```(?:[\w+-]*\n)?/g, " ")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, EXCERPT);
  const element = inlineMarkdown(line, names);
  for (const spoiler of element.querySelectorAll(".spoiler")) spoiler.textContent = "▮▮▮";
  return element.textContent;
}

/** @param {Message} message @param {Around} around */
function content(message, { names }) {
  if (isLoading(message)) return thinking();
  if (!message.content) return null;
  const element = markdown(message.content, names);
  if (message.edited_timestamp) {
    element.append(h("span", { class: "edited", title: fullDate(new Date(message.edited_timestamp)) }, t("edited")));
  }
  return h("div", { class: "content" }, element);
}

/** Three dots that breathe. */
export function thinking(text = t("thinking")) {
  return h(
    "div",
    { class: "thinking", role: "status" },
    h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")),
    text,
  );
}

/** @param {Message} message @param {Around} around */
function components(message, around) {
  if (!message.components?.length) return null;
  const requests = around.requests.on(message.id);
  const failed = requests.some(({ state }) => state === "failed");
  const bot = around.store.directory.nameOf(around.store.directory.bot.user);
  const acts = {
    names: around.names,
    entities: around.entities,
    /** @param {string} customId @param {string[]} [values] */
    use: (customId, values) => around.useComponent(message, customId, values),
    /** @param {string} customId */
    busy: (customId) => requests.some((request) => request.component === customId && request.state === "pending"),
  };
  return h(
    "div",
    { class: "components" },
    message.components.map((component) => componentView(component, acts)),
    failed && h("div", { class: "failed", role: "alert" }, t("didNotRespond", { bot })),
  );
}

/** @param {Message} message @param {Around} around */
function reactions(message, around) {
  if (!message.reactions?.length) return null;
  return h(
    "div",
    { class: "reactions" },
    message.reactions.map((reaction) =>
      h(
        "button",
        {
          type: "button",
          class: "reaction",
          "aria-pressed": String(reaction.me),
          on: { click: () => around.react(message, reaction.emoji.name ?? "") },
        },
        h("span", null, reaction.emoji.id ? `:${reaction.emoji.name}:` : reaction.emoji.name),
        h("b", null, reaction.count),
      ),
    ),
  );
}

/** @param {Message} message @param {Around} around */
function toolbar(message, around) {
  const own = message.author.id === around.store.person;
  /** @param {import("../icons.js").IconName} name @param {import("../texts.js").TextKey} label @param {(button: HTMLElement) => void} act */
  const tool = (name, label, act) =>
    h(
      "button",
      {
        type: "button",
        "aria-label": t(label),
        title: t(label),
        on: { click: (/** @type {Event} */ event) => act(/** @type {HTMLElement} */ (event.currentTarget)) },
      },
      icon(name),
    );
  return h(
    "div",
    { class: "toolbar", role: "toolbar" },
    tool("smile", "react", (button) => around.pickEmoji(message, button)),
    tool("reply", "reply", () => around.reply(message)),
    own && tool("edit", "edit", () => around.edit(message)),
    own && tool("trash", "delete", () => around.remove(message)),
  );
}
