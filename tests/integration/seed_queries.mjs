// Runs the dashboard's queries of the project's founding documents with supabase-js, word for word but for
// the ranking, which asks the view popular_songs; prints their answers as one JSON object.
// Arguments: package.json of the modules, then {"url", "key", "email", "password", "guildId"} as JSON.
import { createRequire } from "node:module";

const [modules, settings] = process.argv.slice(2);
const require = createRequire(modules);
const { createClient } = require("@supabase/supabase-js");
const { url, key, email, password, guildId } = JSON.parse(settings);

// Node 20 has no WebSocket of its own.
const supabase = createClient(url, key, { realtime: { transport: require("ws") } });
const signedIn = await supabase.auth.signInWithPassword({ email, password });
if (signedIn.error) throw signedIn.error;

const oneHourAgo = new Date(Date.now() - 60 * 60 * 1000).toISOString();

const queries = {
  latestStats: supabase.from("system_stats").select("*").order("timestamp", { ascending: false }).limit(10),
  hourOfStats: supabase
    .from("system_stats")
    .select("timestamp, cpu_usage, ram_usage, server_count")
    .gte("timestamp", oneHourAgo)
    .order("timestamp", { ascending: true }),
  conversations: supabase.from("conversation_logs").select("*").order("timestamp", { ascending: false }).limit(50),
  musicOfGuild: supabase
    .from("music_logs")
    .select("*")
    .eq("guild_id", guildId)
    .order("timestamp", { ascending: false })
    .limit(20),
  popularSongs: supabase
    .from("popular_songs")
    .select("song_title, count")
    .order("count", { ascending: false })
    .limit(10),
  network: supabase.from("network_stats").select("*").order("recorded_at", { ascending: false }).limit(100),
};

const answers = {};
for (const [name, query] of Object.entries(queries)) {
  const { data, error } = await query;
  if (error) throw new Error(`${name}: ${error.message}`);
  answers[name] = data;
}

// The network page: told of an INSERT once the subscription has taken effect.
answers.inserted = await new Promise((resolve, reject) => {
  supabase
    .channel("network_stats_changes")
    .on("postgres_changes", { event: "INSERT", schema: "public", table: "network_stats" }, (payload) =>
      resolve(payload.new),
    )
    .on("system", {}, ({ status, message }) =>
      status === "ok" ? process.stderr.write("subscribed\n") : reject(new Error(message)),
    )
    .subscribe();
});
process.stdout.write(JSON.stringify(answers));
process.exit(0);
