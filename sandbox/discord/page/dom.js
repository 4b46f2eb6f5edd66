// @ts-check
// The only way the page makes elements: text goes in as text, so nothing a message says becomes markup.

/** @typedef {Node | string | number | null | undefined | false} Child */
/** @typedef {Record<string, unknown>} Properties */

/**
 * Make an element. `on` holds listeners, `data` dataset entries, `style` CSS properties; null, undefined and false
 * are left out, true is an attribute without a value.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Properties | null} [properties]
 * @param {...(Child | Child[])} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") listen(element, /** @type {Record<string, EventListener>} */ (value));
    else if (name === "data") Object.assign(element.dataset, value);
    else if (name === "style") setStyle(element, /** @type {Record<string, string>} */ (value));
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...flatten(children));
  return element;
}

/**
 * @param {(Child | Child[])[]} children
 * @returns {(Node | string)[]}
 */
function flatten(children) {
  /** @type {(Node | string)[]} */
  const kept = [];
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false) continue;
    kept.push(typeof child === "number" ? String(child) : child);
  }
  return kept;
}

/** @param {HTMLElement} element @param {Record<string, EventListener>} listeners */
function listen(element, listeners) {
  for (const [type, listener] of Object.entries(listeners)) element.addEventListener(type, listener);
}

/** @param {HTMLElement} element @param {Record<string, string>} style */
function setStyle(element, style) {
  for (const [property, value] of Object.entries(style)) element.style.setProperty(property, value);
}

/**
 * Return `url` if a browser may follow it from a message: http and https only.
 *
 * @param {string | null | undefined} url
 * @returns {string | null}
 */
export function safeUrl(url) {
  if (!url || !URL.canParse(url, location.origin)) return null;
  const { protocol } = new URL(url, location.origin);
  return protocol === "https:" || protocol === "http:" ? url : null;
}

/**
 * A link that leaves the page, or only its children where the address is not safe.
 *
 * @param {string} url
 * @param {Properties} properties
 * @param {...(Child | Child[])} children
 */
export function outwardLink(url, properties, ...children) {
  const href = safeUrl(url);
  if (!href) return h("span", {}, ...children);
  return h("a", { ...properties, href, target: "_blank", rel: "noopener noreferrer nofollow" }, ...children);
}

/**
 * Compare two snowflakes by age.
 *
 * @param {string} a
 * @param {string} b
 */
export function compareIds(a, b) {
  return a.length - b.length || Number(a > b) - Number(a < b);
}
