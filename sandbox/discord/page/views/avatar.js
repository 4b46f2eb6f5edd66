// @ts-check
// A person's picture: their first letter on a colour of their own; the bot wears the mark.

import { h } from "../dom.js";
import { mark } from "../icons.js";

const COLOURS = 8;

/**
 * @param {import("../types").User} user
 * @param {string} name
 * @returns {HTMLElement}
 */
export function avatar(user, name) {
  if (user.bot) return h("span", { class: "avatar avatar-bot", "aria-hidden": "true" }, mark());
  const colour = Number(BigInt(user.id) % 997n) % COLOURS;
  return h("span", { class: `avatar avatar-${colour}`, "aria-hidden": "true" }, [...name][0]?.toUpperCase() ?? "?");
}
