// @ts-check
// Where a channel begins: five things to try (in a direct channel those that work there).

import { DIRECT, isVocal } from "../directory.js";
import { h } from "../dom.js";
import { icon, mark } from "../icons.js";
import { t } from "../texts.js";

/** @typedef {(text: string, voiceChannel?: string) => void} Try says a text or runs a typed command, after joining a voice channel */

/**
 * @param {import("../store.js").Store} store
 * @param {import("../types").Channel} channel
 * @param {Try} attempt
 * @returns {HTMLElement}
 */
export function welcome(store, channel, attempt) {
  const { directory, person } = store;
  const guild = directory.guildOf(channel.id);
  const bot = directory.nameOf(directory.bot.user, guild);
  /** @param {string} words */
  const toBot = (words) => (guild ? `@${bot} ${words}` : words);
  const voice = guild?.channels.find(isVocal);
  const cards = [
    example("text", t("exampleChat"), toBot(t("exampleChatWords")), guild ? t("exampleChatText") : "", attempt),
    voice &&
      example(
        "note",
        t("examplePlay"),
        "/play 夜に駆ける",
        t("examplePlayText", { channel: voice.name ?? "" }),
        (text) => attempt(text, voice.id),
      ),
    voice &&
      example("person", t("exampleAsk"), toBot(t("exampleAskWords")), t("exampleAskText"), (text) =>
        attempt(text, voice.id),
      ),
    example("edit", t("exampleLong"), toBot(t("exampleLongWords")), t("exampleLongText"), attempt),
    guild && directory.manages(person, guild)
      ? example("slash", t("exampleStats"), "/netstats", t("exampleStatsText"), attempt)
      : example("slash", t("examplePrivacy"), "/privacy", t("examplePrivacyText"), attempt),
  ];
  const name = directory.channelName(channel);
  return h(
    "section",
    { class: "welcome" },
    mark(),
    h("h2", null, t("welcomeTitle", { channel: channel.type === DIRECT ? name : `#${name}` })),
    h("p", null, t("welcomeText", { bot })),
    h(
      "div",
      { class: "examples" },
      cards.filter((card) => card !== undefined),
    ),
  );
}

/** @param {import("../icons.js").IconName} picture @param {string} title @param {string} words @param {string} text @param {Try} act */
function example(picture, title, words, text, act) {
  return h(
    "button",
    { type: "button", class: "example", on: { click: () => act(words) } },
    h("span", { class: "example-title" }, icon(picture), title),
    h("code", null, words),
    h("span", { class: "example-text" }, text),
  );
}
