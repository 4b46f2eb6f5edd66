// @ts-check
// The page's own icons: strokes on a 24 × 24 grid.

const SVG = "http://www.w3.org/2000/svg";

const STROKES = {
  text: "M5 9h14M4 15h14M10 4 8 20M16 4l-2 16",
  voice: "M4 10v4h4l5 4V6L8 10H4zM16.5 9a4 4 0 0 1 0 6M19 6.5a8 8 0 0 1 0 11",
  headphones: "M4.5 15.5V12a7.5 7.5 0 0 1 15 0v3.5M4.5 14h3v5.5h-1a2 2 0 0 1-2-2zM19.5 14h-3v5.5h1a2 2 0 0 0 2-2z",
  headphonesOff:
    "M4.5 15.5V12A7.5 7.5 0 0 1 6 7.5M9 5.1A7.5 7.5 0 0 1 19.5 12v3.5M4.5 14h3v5.5h-1a2 2 0 0 1-2-2zM16.5 19.5h1a2 2 0 0 0 2-2V14M4 4l16 16",
  microphone: "M12 4a2.5 2.5 0 0 0-2.5 2.5v5a2.5 2.5 0 0 0 5 0v-5A2.5 2.5 0 0 0 12 4zM6 11a6 6 0 0 0 12 0M12 17v3",
  microphoneOff:
    "M9.5 9v2.5a2.5 2.5 0 0 0 4 2M14.5 10V6.5a2.5 2.5 0 0 0-4.5-1.5M6 11a6 6 0 0 0 9.5 4.8M12 17v3M4 4l16 16",
  leave: "M14 5H6v14h8M10 12h10M17 8.5 20.5 12 17 15.5",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4",
  moon: "M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z",
  send: "M4.5 12 4 5l16.5 7L4 19l.5-7zM4.5 12H12",
  plus: "M12 5v14M5 12h14",
  close: "M6 6l12 12M18 6 6 18",
  menu: "M4 7h16M4 12h16M4 17h10",
  reply: "M9 6 4 11l5 5M4 11h9a7 7 0 0 1 7 7",
  smile: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM8.5 14a4.3 4.3 0 0 0 7 0M9 9.5v.5M15 9.5v.5",
  edit: "M5 19l.7-3.7L15.5 5.5l3 3L8.7 18.3 5 19zM13.5 7.5l3 3",
  trash: "M5 7h14M10 7V4.5h4V7M7 7l.8 12.5h8.4L17 7",
  copy: "M9 9h10.5v10.5H9zM5.5 15H4.5V4.5H15v1",
  check: "M5 12.5 10 17.5 19.5 7",
  down: "M12 5v14M6 13l6 6 6-6",
  crown: "M4.5 18.5h15M4.5 15l-1-7.5 5 3.5L12 5.5l3.5 5.5 5-3.5-1 7.5z",
  chevron: "M6 9.5l6 6 6-6",
  outward: "M8 5H5v14h14v-3M12.5 4.5h7v7M19.5 4.5 11 13",
  file: "M6 3.5h8l4.5 4.5v12.5H6zM14 3.5V8h4.5",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z",
  slash: "M15 4 9 20",
  person: "M12 4.5a3.7 3.7 0 1 0 0 7.4 3.7 3.7 0 0 0 0-7.4zM4.5 20c.8-3.8 3.8-5.7 7.5-5.7s6.7 1.9 7.5 5.7",
  pause: "M9 6v12M15 6v12",
  note: "M9 18V6l10-2v11M9 18a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0zM19 15a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0z",
};

/** @typedef {keyof typeof STROKES} IconName */

/**
 * @param {IconName} name
 * @returns {SVGSVGElement}
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", STROKES[name]);
  svg.append(path);
  return svg;
}

/**
 * The mark, as in icon.svg and on the dashboard: two houses side by side, a light on next door.
 *
 * @returns {SVGSVGElement}
 */
export function mark() {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 32 32");
  svg.setAttribute("class", "mark");
  svg.setAttribute("aria-hidden", "true");
  for (const [name, outline] of [
    ["tile", "M9 0h14a9 9 0 0 1 9 9v14a9 9 0 0 1-9 9H9a9 9 0 0 1-9-9V9a9 9 0 0 1 9-9z"],
    ["house", "M4.5 15.7 10 10.6l5.5 5V25h-11z"],
    ["neighbour", "M14.5 13.3 21 7.5l6.5 5.8V25h-13z"],
    ["window", "M18.7 14.5h4.6v4.6h-4.6z"],
  ]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("class", name ?? "");
    path.setAttribute("d", outline ?? "");
    svg.append(path);
  }
  return svg;
}
