// @ts-check
// A file on a message: shown where the browser can show it, else offered.

import { h, outwardLink, safeUrl } from "../dom.js";
import { icon } from "../icons.js";
import { fileSize } from "../texts.js";
import { image } from "./embed.js";

/**
 * @param {import("../types").Attachment} attachment
 * @returns {HTMLElement}
 */
export function attachmentView(attachment) {
  const src = safeUrl(attachment.url);
  const kind = attachment.content_type?.split("/")[0];
  const label = attachment.description || attachment.filename;
  if (src && kind === "image") {
    return outwardLink(
      src,
      { class: "attachment attachment-image" },
      image({ src, alt: label, width: attachment.width, height: attachment.height }),
    );
  }
  if (src && (kind === "audio" || kind === "video")) {
    return h(
      "figure",
      { class: "attachment" },
      h("figcaption", null, attachment.filename),
      h(kind, { src, controls: true, preload: "none", "aria-label": label }),
    );
  }
  return outwardLink(
    attachment.url,
    { class: "attachment attachment-file" },
    icon("file"),
    h("span", { class: "attachment-name" }, attachment.filename),
    h("span", { class: "attachment-size" }, fileSize(attachment.size)),
  );
}
