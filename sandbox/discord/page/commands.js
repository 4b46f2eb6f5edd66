// @ts-check
// Application commands as a person sees and types them. Pure: no DOM.

/** @typedef {import("./types").ApplicationCommand} ApplicationCommand */
/** @typedef {import("./types").CommandOption} CommandOption */
/** @typedef {import("./types").Invocable} Invocable */
/** @typedef {import("./types").Language} Language */

const CHAT_INPUT = 1;
const SUBCOMMAND = 1;
const GROUP = 2;
const STRING = 3;
const BREAK = /^[\s\u3000]+/;

/** Discord's name for the page's language. @param {Language} language */
export const locale = (language) => (language === "ja" ? "ja" : "en-US");

/**
 * @param {Record<string, string> | null | undefined} localizations
 * @param {Language} language
 * @param {string} fallback
 */
export function localized(localizations, language, fallback) {
  return localizations?.[locale(language)] ?? fallback;
}

/**
 * Flatten commands and subcommands to what can be invoked.
 *
 * @param {ApplicationCommand[]} commands
 * @param {Language} language
 * @returns {Invocable[]}
 */
export function invocables(commands, language) {
  /** @type {Invocable[]} */
  const found = [];
  /** @param {ApplicationCommand} command @param {ApplicationCommand | CommandOption} part @param {string[]} path @param {string[]} label */
  const walk = (command, part, path, label) => {
    const here = [...path, part.name];
    const shown = [...label, localized(part.name_localizations, language, part.name)];
    const deeper = (part.options ?? []).filter(({ type }) => type === SUBCOMMAND || type === GROUP);
    for (const option of deeper) walk(command, option, here, shown);
    if (deeper.length) return;
    const description = localized(part.description_localizations, language, part.description);
    found.push({ path: here.join(" "), label: shown.join(" "), description, options: part.options ?? [], command });
  };
  for (const command of commands) {
    if ((command.type ?? CHAT_INPUT) === CHAT_INPUT) walk(command, command, [], []);
  }
  return found.sort((a, b) => a.path.localeCompare(b.path));
}

/**
 * Return a command's name, with its subcommand's, as people see it who read `language`.
 *
 * @param {ApplicationCommand[]} commands
 * @param {string} path
 * @param {Language} language
 */
export function labelOf(commands, path, language) {
  return invocables(commands, language).find((item) => item.path === path)?.label ?? path;
}

/**
 * Return the words after a slash (half or full width), or null for other text.
 *
 * @param {string} text
 */
export function afterSlash(text) {
  return /^[/／]/.test(text) ? text.slice(1) : null;
}

/**
 * @param {Invocable[]} all
 * @param {string} typed what follows the slash
 */
export function search(all, typed) {
  const wanted = typed.toLowerCase().trim();
  /** @param {Invocable} item */
  const rank = ({ path, label, description }) => {
    const names = [path.toLowerCase(), label.toLowerCase()];
    if (names.some((name) => name.startsWith(wanted))) return 0;
    if (names.some((name) => name.includes(wanted))) return 1;
    return description.toLowerCase().includes(wanted) ? 2 : 3;
  };
  return all
    .map((item) => ({ item, rank: rank(item) }))
    .filter((ranked) => ranked.rank < 3)
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}

/**
 * Recognise a command that has been typed out, with what follows it.
 *
 * @param {Invocable[]} all
 * @param {string} typed what follows the slash
 * @returns {{ invocable: Invocable, rest: string } | null}
 */
export function recognise(all, typed) {
  /** @type {{ invocable: Invocable, rest: string, length: number } | null} */
  let best = null;
  for (const invocable of all) {
    for (const name of [invocable.path, invocable.label]) {
      const rest = typed.slice(name.length);
      if (typed.slice(0, name.length).toLowerCase() !== name.toLowerCase() || !BREAK.test(rest)) continue;
      if (!best || name.length > best.length) best = { invocable, rest: rest.replace(BREAK, ""), length: name.length };
    }
  }
  return best;
}

/**
 * Share out typed words: `name: value` goes to that option, by its name in any language; what stands before the
 * first such name, or all of it, goes to the first required text.
 *
 * @param {CommandOption[]} options
 * @param {string} rest
 * @returns {Record<string, string>}
 */
export function distribute(options, rest) {
  const taker =
    options.find(({ type, required }) => type === STRING && required) ??
    options.find(({ required }) => required) ??
    options[0];
  if (!rest.trim() || !taker) return {};
  const byName = new Map(
    options.flatMap(({ name, name_localizations }) =>
      [name, ...Object.values(name_localizations ?? {})].map((known) => [known, name]),
    ),
  );
  const names = [...byName.keys()].map((name) => name.replace(/[^\p{L}\p{N}_]/gu, "\\$&"));
  const marks = [...rest.matchAll(new RegExp(`(?:^|\\s)(${names.join("|")})[:：]\\s*`, "gu"))];
  const before = rest.slice(0, marks[0]?.index);
  return Object.fromEntries([
    ...(before.trim() ? [[taker.name, before]] : []),
    ...marks.map((mark, index) => [
      byName.get(mark[1] ?? ""),
      rest.slice(mark.index + mark[0].length, marks[index + 1]?.index).trim(),
    ]),
  ]);
}

/**
 * Turn a field's text into an option's value.
 *
 * @param {CommandOption} option
 * @param {string} text
 * @param {Language} language
 * @returns {string | number | boolean | undefined} undefined: not a value of its type
 */
export function optionValue(option, text, language) {
  if (option.choices?.length) {
    const wanted = text.trim().toLowerCase();
    return option.choices.find((choice) =>
      [choice.name, String(choice.value), localized(choice.name_localizations, language, choice.name)].some(
        (name) => name.toLowerCase() === wanted,
      ),
    )?.value;
  }
  if (option.type === 4 || option.type === 10) return number(option, text);
  if (option.type === 5) {
    if (/^(true|yes|y|はい|オン|on)$/i.test(text.trim())) return true;
    return /^(false|no|n|いいえ|オフ|off)$/i.test(text.trim()) ? false : undefined;
  }
  if (option.type === STRING) {
    return text.length < (option.min_length ?? 0) || text.length > (option.max_length ?? 6000) ? undefined : text;
  }
  return /^\d{1,20}$/.test(text) ? text : undefined;
}

/** @param {CommandOption} option @param {string} text */
function number(option, text) {
  const value = Number(text.normalize("NFKC"));
  const fits = text.trim() !== "" && Number.isFinite(value) && (option.type === 10 || Number.isInteger(value));
  return fits &&
    value >= (option.min_value ?? Number.NEGATIVE_INFINITY) &&
    value <= (option.max_value ?? Number.POSITIVE_INFINITY)
    ? value
    : undefined;
}
