// @ts-check
// An embed; https://discord.com/developers/docs/resources/message#embed-object.

import { h, outwardLink, safeUrl } from "../dom.js";
import { inlineMarkdown, markdown } from "../markdown/render.js";
import { fullDate, shortDate, t } from "../texts.js";

/** @typedef {import("../types").Embed} Embed */
/** @typedef {import("../markdown/render.js").Names} Names */

const GRID = 12;
const PER_ROW = 3;

/**
 * @param {Embed} embed
 * @param {Names} names
 * @returns {HTMLElement}
 */
export function embedView(embed, names) {
  const element = h(
    "article",
    { class: "embed" },
    h(
      "div",
      { class: "embed-body" },
      h(
        "div",
        { class: "embed-text" },
        embed.author && named("embed-author", embed.author.name, embed.author.url, embed.author.icon_url),
        embed.title &&
          h(
            "div",
            { class: "embed-title" },
            embed.url
              ? outwardLink(embed.url, {}, inlineMarkdown(embed.title, names))
              : inlineMarkdown(embed.title, names),
          ),
        embed.description && markdown(embed.description, names),
        embed.fields?.length ? fields(embed.fields, names) : null,
      ),
      embed.thumbnail && picture("embed-thumbnail", embed.thumbnail, embed.title),
    ),
    embed.image && picture("embed-image", embed.image, embed.title),
    footer(embed),
  );
  if (embed.color !== undefined && embed.color !== null) {
    element.style.setProperty("--bar", `#${embed.color.toString(16).padStart(6, "0")}`);
  }
  return element;
}

/** @param {string} name class @param {string} text @param {string} [url] @param {string} [iconUrl] */
function named(name, text, url, iconUrl) {
  return h("div", { class: name }, iconUrl && small(iconUrl), url ? outwardLink(url, {}, text) : h("span", null, text));
}

/** @param {string} url */
function small(url) {
  const address = safeUrl(url);
  return address && image({ class: "embed-icon", src: address });
}

/**
 * An image that leaves no hole where it cannot be had.
 *
 * @param {import("../dom.js").Properties} properties
 */
export function image(properties) {
  const element = h("img", { alt: "", loading: "lazy", referrerpolicy: "no-referrer", ...properties });
  element.addEventListener("error", () => element.remove());
  return element;
}

/** @param {string} name class @param {import("../types").Media} media @param {string} [alt] */
function picture(name, media, alt) {
  const src = safeUrl(media.url);
  // Discord sends 0 for a size that it does not know.
  const size = media.width && media.height ? { width: media.width, height: media.height } : {};
  return src && outwardLink(media.url, { class: name }, image({ src, alt: alt || t("image"), ...size }));
}

/** @param {Embed} embed */
function footer(embed) {
  const time = embed.timestamp ? new Date(embed.timestamp) : null;
  if (!embed.footer && !time) return null;
  return h(
    "footer",
    { class: "embed-footer" },
    embed.footer?.icon_url && small(embed.footer.icon_url),
    embed.footer && h("span", null, embed.footer.text),
    time && h("time", { datetime: time.toISOString(), title: fullDate(time) }, shortDate(time)),
  );
}

/**
 * Inline fields stand three to a row, others alone; a longer run of them keeps its columns to the end.
 *
 * @param {NonNullable<Embed["fields"]>} all
 * @param {Names} names
 */
function fields(all, names) {
  const grid = h("div", { class: "embed-fields" });
  for (let at = 0; at < all.length; ) {
    let end = at;
    while (end < all.length && all[end]?.inline) end++;
    const run = all.slice(at, Math.max(end, at + 1));
    for (const { name, value } of run) {
      grid.append(
        h(
          "div",
          { class: "embed-field", style: { "grid-column": `span ${GRID / Math.min(run.length, PER_ROW)}` } },
          h("div", { class: "embed-field-name" }, inlineMarkdown(name, names)),
          markdown(value, names),
        ),
      );
    }
    at += run.length;
  }
  return grid;
}
