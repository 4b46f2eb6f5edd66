// @ts-check
// Composition: state, live events, views, and what their buttons do.

import { Actions } from "./actions.js";
import { api } from "./api.js";
import { h } from "./dom.js";
import { LiveSocket } from "./live-socket.js";
import { refreshRelativeTimes } from "./markdown/time.js";
import { applyPreferences } from "./preferences.js";
import { Requests } from "./requests.js";
import { Sound } from "./sound/sound.js";
import { Store } from "./store.js";
import { t } from "./texts.js";
import { Composer } from "./views/composer.js";
import { Header } from "./views/header.js";
import { MessageList } from "./views/message-list.js";
import { Sidebar } from "./views/sidebar.js";
import { Typing } from "./views/typing.js";

const RETRY = 1000;
const RELATIVE_TIMES = 1000;

applyPreferences();
void start();

async function start() {
  const store = new Store(await firstState());
  const requests = new Requests(store);
  const actions = new Actions(store, requests);
  actions.restore();

  const composer = new Composer(store, (invocable, options) => void actions.run(invocable, options));
  const list = new MessageList(
    actions.around(composer, (id) => list.jump(id)),
    (text, voice) => void actions.example(composer, text, voice),
  );
  const sound = new Sound(store);
  const sidebar = new Sidebar(store, sound, actions);
  const shade = h("button", {
    type: "button",
    class: "shade",
    "aria-label": t("closeChannels"),
    on: { click: () => document.body.classList.remove("menu-open") },
  });
  const header = new Header(store, sound, () => document.body.classList.add("menu-open"));
  const typing = new Typing(store);
  document.body.prepend(
    sidebar.element,
    shade,
    h("main", null, header.element, list.element, typing.element, composer.element),
  );
  document.getElementById("boot")?.remove();
  store.on("channel", () => document.body.classList.remove("menu-open"));
  document.addEventListener("keydown", (event) => shortcuts(event, actions));
  store.emit("channel");
  setInterval(refreshRelativeTimes, RELATIVE_TIMES);
  follow(store);
}

/** The state, asked for until the sandbox answers. */
async function firstState() {
  while (true) {
    try {
      return await api.state();
    } catch (error) {
      console.info("sandbox unreachable", error);
      const boot = document.getElementById("boot");
      if (boot) boot.textContent = t("loadFailed");
      await new Promise((resolve) => setTimeout(resolve, RETRY));
    }
  }
}

/** Keep up with the sandbox, through lost connections and restarts. @param {Store} store */
function follow(store) {
  let first = true;
  /** @type {LiveSocket | null} */
  let stream = null;
  const refresh = async () => catchUp(store, await api.state());
  const path = async () => {
    if (!first) await refresh();
    first = false;
    return `/sandbox/events?after=${store.sequence}&user=${store.person}`;
  };
  const open = () => {
    stream?.close();
    stream = new LiveSocket({
      path,
      deliver: (event) => store.apply(JSON.parse(String(event))),
      connected: (connected) => store.setConnected(connected),
    });
    void stream.open();
  };
  store.on("person", open);
  store.on("guild", () => void refresh());
  open();
}

/** @param {Store} store @param {import("./types").State} state */
function catchUp(store, state) {
  const reload = store.adopt(state);
  for (const topic of /** @type {const} */ (["channels", "voice", "bot", "commands"])) store.emit(topic);
  if (reload) store.emit("channel");
}

/** Alt with an arrow changes the channel; Escape closes the drawer. @param {KeyboardEvent} event @param {Actions} actions */
function shortcuts(event, actions) {
  if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
    event.preventDefault();
    actions.step(event.key === "ArrowUp" ? -1 : 1);
  }
  if (event.key === "Escape") document.body.classList.remove("menu-open");
}
