// @ts-check
// Short notices at the foot of the page.

import { h } from "../dom.js";
import { t } from "../texts.js";

const SHOWN = 6000;
const shelf = h("div", { class: "toasts", role: "status", "aria-live": "polite" });
document.body.append(shelf);

/** @param {string} text */
export function toast(text) {
  const element = h("div", { class: "toast" }, text);
  shelf.append(element);
  setTimeout(() => element.remove(), SHOWN);
}

/**
 * Run what a visitor asked for and tell them when it is refused.
 *
 * @template T
 * @param {Promise<T>} work
 * @returns {Promise<T | undefined>} undefined when it failed
 */
export async function attempt(work) {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    toast(t("requestFailed", { reason: error.message }));
    return undefined;
  }
}
