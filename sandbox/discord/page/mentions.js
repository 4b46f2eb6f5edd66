// @ts-check
// Between what people type (@はる, #music) and what Discord stores (<@1>, <#2>). Code stays as typed.

import { DIRECT, isVocal } from "./directory.js";

/** @typedef {{ label: string, code: string, description?: string, user?: import("./types").User }} Mentionable */

const CODE = /(```[\s\S]*?```|`[^`\n]*`)/;

/**
 * Who and what can be mentioned in a channel, the bot first.
 *
 * @param {import("./directory.js").Directory} directory
 * @param {string} channel
 * @param {"@" | "#"} sign
 * @returns {Mentionable[]}
 */
export function mentionables(directory, channel, sign) {
  const guild = directory.guildOf(channel);
  if (sign === "#") {
    return (guild?.channels ?? [])
      .filter(({ type }) => type !== DIRECT)
      .map(({ id, name, type }) => ({
        label: `#${name}`,
        code: `<#${id}>`,
        description: isVocal({ type }) ? "♪" : "",
      }));
  }
  const users = guild ? guild.members.map(({ user }) => user) : [directory.bot.user];
  const people = users.map((user) => ({
    label: `@${directory.nameOf(user, guild)}`,
    code: `<@${user.id}>`,
    description: user.username,
    user,
  }));
  const roles = (guild?.roles ?? [])
    .filter(({ id }) => id !== guild?.id)
    .map(({ id, name }) => ({ label: `@${name}`, code: `<@&${id}>` }));
  // A role that a bot's invitation made bears the bot's name: the bot is meant.
  return [
    ...people.sort((a, b) => Number(Boolean(b.user.bot)) - Number(Boolean(a.user.bot))),
    ...roles.filter(({ label }) => !people.some((person) => person.label === label)),
  ];
}

/**
 * @param {string} text as typed
 * @param {Mentionable[]} known
 */
export function encode(text, known) {
  const byLength = [...known].sort((a, b) => b.label.length - a.label.length);
  return text
    .split(CODE)
    .map((part, index) => (index % 2 ? part : encodePart(part, byLength)))
    .join("");
}

/** @param {string} text @param {Mentionable[]} known */
function encodePart(text, known) {
  let encoded = "";
  for (let at = 0; at < text.length; ) {
    const sign = text[at];
    const found =
      sign === "@" || sign === "#"
        ? known.find(({ label }) => text.slice(at, at + label.length).toLowerCase() === label.toLowerCase())
        : undefined;
    encoded += found ? found.code : sign;
    at += found ? found.label.length : 1;
  }
  return encoded;
}

/**
 * @param {string} content as stored
 * @param {Mentionable[]} known
 */
export function decode(content, known) {
  return known.reduce((text, { label, code }) => text.replaceAll(code, label), content);
}
