// @ts-check
// A handful of emoji to react with.

import { h } from "../dom.js";

const OFFERED = ["👍", "❤️", "😂", "🎉", "😮", "😢", "🙏", "👀", "🔥", "✨", "🎵", "✅", "❌", "🍵", "🌸", "🏠"];

/**
 * Open the emoji beside an element.
 *
 * @param {HTMLElement} anchor
 * @param {(emoji: string) => void} picked
 */
export function pickEmoji(anchor, picked) {
  const panel = h("div", { class: "emoji-panel", popover: "auto", role: "group" });
  const buttons = OFFERED.map((emoji) =>
    h(
      "button",
      {
        type: "button",
        on: {
          click: () => {
            panel.hidePopover();
            picked(emoji);
          },
        },
      },
      emoji,
    ),
  );
  panel.append(...buttons);
  panel.addEventListener(
    "toggle",
    (event) => /** @type {ToggleEvent} */ (event).newState === "closed" && panel.remove(),
  );
  panel.addEventListener("keydown", (event) => move(event, buttons));
  document.body.append(panel);
  panel.showPopover();
  const box = anchor.getBoundingClientRect();
  const { width, height } = panel.getBoundingClientRect();
  panel.style.setProperty("left", `${Math.max(8, Math.min(box.right - width, innerWidth - width - 8))}px`);
  panel.style.setProperty("top", `${box.top - height - 8 < 8 ? box.bottom + 8 : box.top - height - 8}px`);
  buttons[0]?.focus();
}

/** @param {KeyboardEvent} event @param {HTMLElement[]} buttons */
function move(event, buttons) {
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 8, ArrowUp: -8 }[event.key];
  if (!step) return;
  event.preventDefault();
  buttons[buttons.indexOf(/** @type {HTMLElement} */ (document.activeElement)) + step]?.focus();
}
