// The dashboard's LiveFeed on the real realtime-js, without a network and by a clock that is wound on: Realtime refuses for
// a while, then serves. Writes what was sent to it from then on until rows are told, and how long that took.

import { createRequire, register } from "node:module";
import { argv } from "node:process";
import { mock } from "node:test";

const SECOND = 1000;
const [outageSeconds, refusal] = [Number(argv[2]), argv[3]];
register("../../support/dashboard_library.mjs", import.meta.url);
const require = createRequire(new URL("../../../dashboard/", import.meta.url));
const { RealtimeClient } = require("@supabase/realtime-js");

mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
globalThis.document = Object.assign(new EventTarget(), { hidden: false });
globalThis.window = new EventTarget();
Object.defineProperty(globalThis, "navigator", { value: { onLine: true } });

let serves = false;
const sent = [];

class Connection {
  readyState = 0;
  bufferedAmount = 0;
  constructor() {
    setTimeout(() => {
      if (this.readyState !== 0) return;
      if (serves || refusal === "join") this.#open();
      else if (refusal === "handshake") this.#end();
      // Else nothing answers at all.
    }, 10);
  }
  #open() {
    this.readyState = 1;
    this.onopen();
  }
  #end() {
    this.readyState = 3;
    this.onerror(new Error("refused"));
    this.onclose({ code: 1006 });
  }
  send(text) {
    const [joinRef, ref, topic, event] = JSON.parse(text);
    const tell = (...message) => this.onmessage({ data: JSON.stringify([joinRef, ref, topic, ...message]) });
    if (!serves) {
      if (event === "phx_join")
        setTimeout(() => tell("phx_reply", { status: "error", response: { reason: "full" } }), 10);
      return;
    }
    sent.push(event);
    if (event !== "phx_join") return;
    setTimeout(() => {
      tell("phx_reply", { status: "ok", response: { postgres_changes: [{ id: 1, ...CHANGES }] } });
      tell("system", { status: "ok", extension: "postgres_changes" });
    }, 10);
  }
  close() {
    this.readyState = 2;
    setTimeout(() => {
      this.readyState = 3;
      this.onclose({ code: 1000 });
    }, 10);
  }
}

const CHANGES = { event: "INSERT", schema: "public", table: "network_stats" };
const realtime = new RealtimeClient("ws://127.0.0.1/realtime/v1", { params: { apikey: "key" }, transport: Connection });
const client = {
  realtime,
  channel: (name) => realtime.channel(name),
  removeChannel: (channel) => realtime.removeChannel(channel),
};
const { LiveFeed } = await import(new URL("../../../dashboard/lib/live-feed.ts", import.meta.url));
const feed = new LiveFeed(client, ["network_stats"], () => {});

/** Wind the clock on, and let what waits for nothing but its turn go on. */
async function pass(milliseconds) {
  for (let passed = 0; passed < milliseconds; passed += 50) {
    mock.timers.tick(50);
    await new Promise((done) => setImmediate(done));
  }
}

feed.start();
await pass(outageSeconds * SECOND);
serves = true;
let waited = 0;
while (feed.state !== "live" && waited < 120 * SECOND) {
  await pass(SECOND);
  waited += SECOND;
}
process.stdout.write(JSON.stringify({ state: feed.state, waited: waited / SECOND, sent }));
feed.stop();
process.exit();
