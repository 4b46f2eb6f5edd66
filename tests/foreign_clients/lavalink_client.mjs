// Plays a song with https://www.npmjs.com/package/lavalink-client as a bot would, and tells what it saw, in JSON.
// Its one argument: {port, password, user, guild, channel, endpoint, token, session, url}.
import { once } from "node:events";
import { LavalinkManager } from "lavalink-client";

const told = JSON.parse(process.argv[2]);

/** @param {string} what @param {object} [more] */
function tell(what, more = {}) {
  process.stdout.write(`${JSON.stringify({ what, ...more })}\n`);
}

const manager = new LavalinkManager({
  nodes: [{ id: "node", host: "127.0.0.1", port: told.port, authorization: told.password }],
  client: { id: told.user, username: "Somebody" },
  sendToShard: () => {},
});
manager.on("trackStart", (_player, track) => tell("start", { title: track?.info.title }));
manager.on("trackEnd", (_player, _track, payload) => tell("end", { reason: payload.reason }));
manager.on("trackError", (_player, _track, payload) => tell("error", { message: payload.exception?.message }));
const connected = once(manager.nodeManager, "connect");
await manager.init({ id: told.user, username: "Somebody" });
await connected;
const player = manager.createPlayer({ guildId: told.guild, voiceChannelId: told.channel });
await player.connect();
const state = { guild_id: told.guild, user_id: told.user, channel_id: told.channel, session_id: told.session };
await manager.sendRawData({ t: "VOICE_STATE_UPDATE", d: state });
const server = { guild_id: told.guild, token: told.token, endpoint: told.endpoint };
await manager.sendRawData({ t: "VOICE_SERVER_UPDATE", d: server });
const found = await player.search({ query: told.url }, { id: told.user });
tell("found", { type: found.loadType, length: found.tracks[0]?.info.duration });
const [song] = found.tracks;
await player.queue.add([song, song]);
await player.play({ volume: 80 });
await once(process.stdin, "data"); // it is heard
await player.pause();
await player.resume();
await player.seek(10_000);
await player.filterManager.setSpeed(1.5);
tell("position", { position: player.position, speed: player.filterManager.data.timescale?.speed });
const next = once(manager, "trackStart");
await player.skip();
await next;
await player.destroy();
tell("destroyed");
process.exit(0);
