// @ts-check
// Files that wait in the composer.

import { h } from "../dom.js";
import { icon } from "../icons.js";
import { fileSize, t } from "../texts.js";

export class Uploads {
  /** @type {File[]} */
  files = [];

  constructor() {
    this.input = h("input", { type: "file", multiple: true, hidden: true, on: { change: () => this.#chosen() } });
    this.list = h("div", { class: "uploads", hidden: true });
  }

  /** @param {Iterable<File>} files */
  add(files) {
    this.files.push(...files);
    this.#render();
  }

  clear() {
    this.files = [];
    this.#render();
  }

  /** @returns {Promise<import("../types").Upload[]>} */
  read() {
    return Promise.all(this.files.map(readFile));
  }

  #chosen() {
    this.add(this.input.files ?? []);
    this.input.value = "";
  }

  #render() {
    this.list.hidden = this.files.length === 0;
    this.list.replaceChildren(
      ...this.files.map((file) =>
        h(
          "div",
          { class: "upload" },
          icon("file"),
          h("span", { class: "attachment-name" }, file.name),
          h("span", { class: "attachment-size" }, fileSize(file.size)),
          h(
            "button",
            {
              type: "button",
              class: "square small",
              "aria-label": t("remove", { name: file.name }),
              on: { click: () => this.#drop(file) },
            },
            icon("close"),
          ),
        ),
      ),
    );
  }

  /** @param {File} file */
  #drop(file) {
    this.files = this.files.filter((other) => other !== file);
    this.#render();
  }
}

/** @param {File} file @returns {Promise<import("../types").Upload>} */
export async function readFile(file) {
  return { filename: file.name, content_type: file.type || "application/octet-stream", data: await base64(file) };
}

/** @param {File} file @returns {Promise<string>} */
function base64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(String(reader.result).split(",", 2)[1] ?? ""));
    reader.addEventListener("error", () => reject(reader.error));
    reader.readAsDataURL(file);
  });
}
