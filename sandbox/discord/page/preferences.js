// @ts-check
// What a visitor chose: language, theme, and who they are. Kept in this browser.

/** @typedef {import("./types").Language} Language */

const PREFIX = "otonari.";
const LOUDEST = 100;

/** @param {string} name */
const load = (name) => localStorage.getItem(PREFIX + name);

/** @param {string} name @param {string} value */
const save = (name, value) => localStorage.setItem(PREFIX + name, value);

const dark = matchMedia("(prefers-color-scheme: dark)");

/** @type {Language} */
let language = readLanguage();

/** @returns {Language} */
function readLanguage() {
  const chosen = load("language");
  if (chosen === "ja" || chosen === "en") return chosen;
  return navigator.language.toLowerCase().startsWith("ja") ? "ja" : "en";
}

export const preferences = {
  get language() {
    return language;
  },
  /** @param {Language} value */
  set language(value) {
    language = value;
    save("language", value);
    document.documentElement.lang = value;
  },

  /** How dates are written: as the browser prefers within the chosen language. */
  get locale() {
    return navigator.languages.find((known) => known.toLowerCase().startsWith(language)) ?? language;
  },

  /** @returns {"light" | "dark"} */
  get theme() {
    const chosen = load("theme");
    if (chosen === "light" || chosen === "dark") return chosen;
    return dark.matches ? "dark" : "light";
  },
  set theme(value) {
    save("theme", value);
    applyTheme();
  },

  /** Of voice channels, 0 to 100. */
  get volume() {
    const chosen = Number(load("volume") ?? LOUDEST);
    return chosen >= 0 && chosen <= LOUDEST ? chosen : LOUDEST;
  },
  set volume(value) {
    save("volume", String(value));
  },

  get person() {
    return load("person");
  },
  /** @param {string | null} value */
  set person(value) {
    save("person", value ?? "");
  },

  get channel() {
    return load("channel");
  },
  /** @param {string | null} value */
  set channel(value) {
    save("channel", value ?? "");
  },
};

/** Put language and theme on the document; until a theme is chosen the system's is followed. */
export function applyPreferences() {
  document.documentElement.lang = language;
  applyTheme();
  dark.addEventListener("change", applyTheme);
}

function applyTheme() {
  document.documentElement.dataset.theme = preferences.theme;
}
