// @ts-check
// A select menu: a button with a listbox; several values where the component allows them.

import { h } from "../dom.js";
import { icon } from "../icons.js";
import { t } from "../texts.js";
import { Popup } from "./popup.js";

/** Pixels that a list wants below its button; with less it opens above. */
const ROOM = 420;

/**
 * @param {import("../types").Component & { options: import("../types").SelectOption[] }} component
 * @param {(values: string[]) => void} changed called with the values when the choice is made
 * @returns {HTMLElement}
 */
export function selectMenu(component, changed) {
  const most = component.max_values ?? 1;
  const least = component.min_values ?? 1;
  let values = component.options.filter((option) => option.default).map((option) => option.value);
  const caption = h("span", { class: "select-caption" });
  const button = h(
    "button",
    {
      type: "button",
      class: "select",
      role: "combobox",
      disabled: component.disabled,
      data: { component: component.custom_id },
    },
    caption,
    icon("chevron"),
  );
  const element = h("div", { class: "select-wrap" }, button);
  const popup = new Popup(button, element);
  let before = values.join("\n");

  const label = () => {
    const chosen = component.options.filter(({ value }) => values.includes(value)).map((option) => option.label);
    caption.textContent = chosen.join("、") || component.placeholder || t("choose");
    caption.classList.toggle("placeholder", chosen.length === 0);
    // A combobox is not called by what stands in it.
    const name = component.placeholder || t("choose");
    button.setAttribute("aria-label", chosen.length ? `${name}: ${caption.textContent}` : name);
  };
  const finish = () => {
    popup.hide();
    if (values.length >= least && values.join("\n") !== before) {
      before = values.join("\n");
      changed(values);
    }
  };
  /** @param {string} value @param {number} index */
  const pick = (value, index) => {
    if (most === 1) values = [value];
    else if (values.includes(value)) values = values.filter((known) => known !== value);
    else if (values.length < most) values = [...values, value];
    label();
    if (most === 1) finish();
    else open(index);
  };
  const open = (active = 0) => {
    popup.show(
      component.placeholder || t("choose"),
      component.options.map((option, index) => ({
        label: `${option.emoji?.name ? `${option.emoji.name} ` : ""}${option.label}`,
        description: option.description,
        selected: values.includes(option.value),
        note: values.includes(option.value) ? "✓" : undefined,
        pick: () => pick(option.value, index),
      })),
      { active, empty: t("noMatch") },
    );
    popup.element.classList.toggle("below", button.getBoundingClientRect().bottom + ROOM < innerHeight);
    popup.element.scrollIntoView({ block: "nearest" });
  };
  button.addEventListener("click", () => (popup.open ? finish() : open()));
  button.addEventListener("keydown", (event) => {
    if (popup.key(event)) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      open();
    }
  });
  button.addEventListener("blur", () => popup.open && finish());
  label();
  return element;
}
