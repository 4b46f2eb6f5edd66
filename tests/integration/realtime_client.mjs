// Listens to postgres_changes with supabase-js and prints one line of JSON per thing that happens.
// Arguments: package.json of the modules, then {"url", "key", "bindings", "email"?, "password"?} as JSON.
import { createRequire } from "node:module";

const [modules, settings] = process.argv.slice(2);
const require = createRequire(modules);
const { createClient } = require("@supabase/supabase-js");
const { url, key, bindings, email, password } = JSON.parse(settings);
const tell = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

// Node 20 has no WebSocket of its own.
const client = createClient(url, key, { realtime: { transport: require("ws") } });
if (email) {
  const { error } = await client.auth.signInWithPassword({ email, password });
  if (error) throw error;
}
const channel = client.channel("dashboard");
for (const binding of bindings) channel.on("postgres_changes", binding, (payload) => tell({ change: payload }));
channel.on("system", {}, (payload) => tell({ system: payload }));
channel.subscribe((status, error) => tell({ state: { status, error: error?.message } }));

process.stdin.on("end", async () => {
  await client.removeAllChannels();
  process.exit(0);
});
process.stdin.resume();
