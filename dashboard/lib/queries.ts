/** Every question that the dashboard asks of the database. Each throws QueryError where there is no answer. */

import { databaseNow, setDatabaseClock } from "./clock";
import { isGapSince } from "./coverage";
import { queryError } from "./errors";
import type { Client } from "./supabase";
import type {
  Activity,
  BotId,
  Conversation,
  DiscordName,
  Gap,
  LogLine,
  NetworkPoint,
  NetworkStat,
  NetworkTotals,
  Play,
  RankedGuild,
  RankedListener,
  RankedSong,
  SystemPoint,
  SystemStat,
  TalkativeGuild,
} from "./tables";

/** Rows asked for at a time. The project's "Max rows" may be lower, so a shorter page is not the last one. */
const PAGE_ROWS = 1000;
/** What one question reads at most: an hour of two dozen bots. */
const MOST_ROWS = 10_000;

/** The last row of a page; the next page begins after it. Null: from the newest. */
export type Key = { timestamp: string; id: string } | null;

type Answer<Row> = { data: Row[] | null; error: { message: string; code: string } | null; status: number };

/** supabase-js would repeat a failed question for seven seconds before it says so; the pages ask again anyway. */
type Query<Row> = { retry(enabled: boolean): PromiseLike<Answer<Row>> };

async function read<Row>(query: Query<Row>): Promise<Row[]> {
  const answer = await query.retry(false);
  if (answer.error || !answer.data) throw queryError(answer);
  return answer.data;
}

/** Rows of which a page is `.range()`. */
type Pages<Row> = { range(from: number, to: number): Query<Row> };

/** Reads page after page until one is empty. A row that moves to the next page meanwhile, by its `key`, is one. */
async function readAll<Row>(rows: () => Pages<Row>, key: (row: Row) => string): Promise<Row[]> {
  const found = new Map<string, Row>();
  for (let from = 0; from < MOST_ROWS; ) {
    const page = await read(rows().range(from, from + PAGE_ROWS - 1));
    if (page.length === 0) break;
    for (const row of page) found.set(key(row), row);
    from += page.length;
  }
  return [...found.values()];
}

/** Reads the `limit` rows after a row, newest first, in as many pages as the project makes of them. */
async function readOlder<Row extends NonNullable<Key>>(
  before: Key,
  limit: number,
  rows: (before: Key, limit: number) => Query<Row>,
): Promise<Row[]> {
  const found: Row[] = [];
  while (found.length < limit) {
    const page = await read(rows(found.at(-1) ?? before, limit - found.length));
    if (page.length === 0) break;
    found.push(...page);
  }
  return found;
}

/** Everything strictly older than a row, by time and then by id. */
function older(key: NonNullable<Key>): string {
  return `timestamp.lt."${key.timestamp}",and(timestamp.eq."${key.timestamp}",id.lt."${key.id}")`;
}

export async function isDashboardAdmin(client: Client, userId: string): Promise<boolean> {
  const rows = await read(client.from("dashboard_admins").select("user_id").eq("user_id", userId).limit(1));
  return rows.length > 0;
}

/** The version of bot/supabase_schema.sql that these pages ask their questions of. */
export const SCHEMA_VERSION = 6;

/** The version that the database has; 0 where it is from before version 4, the first that tells. */
export async function schemaVersion(client: Client): Promise<number> {
  const answer = await client.rpc("schema_version").retry(false);
  if (answer.data !== null) return answer.data;
  const error = queryError(answer);
  if (error.trouble === "schema") return 0;
  throw error;
}

/** Look at the database's clock; one that is too old to be asked leaves it as it was. */
export async function readDatabaseClock(client: Client): Promise<void> {
  const asked = Date.now();
  const answer = await client.rpc("database_time").retry(false);
  if (answer.data !== null) return setDatabaseClock(Date.parse(answer.data), asked, Date.now());
  const error = queryError(answer);
  if (error.trouble !== "schema") throw error;
}

// ── How the bots are ──────────────────────────────────────────────────────────────────────────────────

export async function latestSystemStats(client: Client): Promise<SystemStat[]> {
  return await readAll(
    () => client.rpc("latest_system_stats").order("bot_id"),
    (row) => row.bot_id,
  );
}

export async function systemStatsSince(client: Client, since: Date, botId: string): Promise<SystemStat[]> {
  return await readAll(
    () =>
      client
        .from("system_stats")
        .select("*")
        .eq("bot_id", botId)
        .gte("timestamp", since.toISOString())
        .order("timestamp", { ascending: false })
        .order("id"),
    (row) => row.id,
  );
}

export async function systemPoints(client: Client, since: Date, botId: string): Promise<SystemPoint[]> {
  const period = { p_from: since.toISOString(), p_bot_id: botId };
  return await readAll(
    () => client.rpc("system_points", period).order("at"),
    (point) => point.at,
  );
}

export async function activity(client: Client, since: Date, botId: BotId): Promise<Activity> {
  const [row] = await read(client.rpc("activity", { p_from: since.toISOString(), p_bot_id: botId }));
  return row ?? { plays: 0, conversations: 0, prompt_tokens: 0, response_tokens: 0 };
}

// ── Traffic ───────────────────────────────────────────────────────────────────────────────────────────

/** What a period's traffic adds up to, and how much of it was recorded. */
export async function networkTotals(client: Client, since: Date | null, botId: BotId): Promise<NetworkTotals> {
  const period = { p_from: since?.toISOString() ?? null, p_to: null, p_bot_id: botId };
  const [[totals], [coverage]] = await Promise.all([
    read(client.rpc("network_totals", period)),
    read(client.rpc("network_coverage", period)),
  ]);
  if (!totals || !coverage) throw queryError({ status: 200, error: { message: "network_totals answered nothing" } });
  return { ...totals, ...coverage };
}

export async function networkStatsSince(client: Client, since: Date, botId: BotId): Promise<NetworkStat[]> {
  return await readAll(
    () => {
      const query = client.from("network_stats").select("*").gte("recorded_at", since.toISOString());
      return (botId === null ? query : query.eq("bot_id", botId))
        .order("recorded_at", { ascending: false })
        .order("id");
    },
    (row) => row.id,
  );
}

export async function networkPoints(client: Client, since: Date | null, botId: BotId): Promise<NetworkPoint[]> {
  const period = { p_from: since?.toISOString() ?? null, p_bot_id: botId };
  return await readAll(
    () => client.rpc("network_points", period).order("at"),
    (point) => point.at,
  );
}

/** When a bot sent no samples; one that goes on ends now. */
export async function networkGaps(client: Client, since: Date, botId: BotId): Promise<(Gap & { goesOn: boolean })[]> {
  const now = new Date(databaseNow());
  const period = { p_from: since.toISOString(), p_to: now.toISOString(), p_bot_id: botId };
  const gaps = await readAll(
    () => client.rpc("network_gaps", period).order("gap_from").order("bot_id"),
    (gap) => `${gap.bot_id} ${gap.gap_from}`,
  );
  return gaps
    .filter((gap) => isGapSince(since.getTime(), Date.parse(gap.gap_to)))
    .map((gap) => ({ ...gap, goesOn: Date.parse(gap.gap_to) >= now.getTime() }));
}

// ── Music ─────────────────────────────────────────────────────────────────────────────────────────────

export interface PlayFilter {
  botId: BotId;
  guildId: string | null;
}

/** What was played, with the names of those who asked for it; for admins. */
export async function playsWithNames(
  client: Client,
  since: Date | null,
  filter: PlayFilter,
  before: Key,
  limit: number,
): Promise<Play[]> {
  return await readOlder(before, limit, (last, count) => {
    let query = client.from("music_logs").select("*");
    if (since) query = query.gte("timestamp", since.toISOString());
    if (filter.botId !== null) query = query.eq("bot_id", filter.botId);
    if (filter.guildId !== null) query = query.eq("guild_id", filter.guildId);
    if (last) query = query.or(older(last));
    return query.order("timestamp", { ascending: false }).order("id", { ascending: false }).limit(count);
  });
}

export async function plays(
  client: Client,
  since: Date | null,
  filter: PlayFilter,
  before: Key,
  limit: number,
): Promise<Play[]> {
  const found = await readOlder(before, limit, (last, count) =>
    client.rpc("play_history", {
      ...ranking(since, filter),
      p_before: last?.timestamp ?? null,
      p_before_id: last?.id ?? null,
      p_limit: count,
    }),
  );
  return found.map((play) => ({ ...play, requested_by: null, requested_by_id: null }));
}

export async function topSongs(client: Client, since: Date | null, filter: PlayFilter): Promise<RankedSong[]> {
  return await readAll(
    () => client.rpc("top_songs", ranking(since, filter)),
    (song) => song.song_title,
  );
}

/** For admins. */
export async function topListeners(client: Client, since: Date | null, filter: PlayFilter): Promise<RankedListener[]> {
  return await readAll(
    () => client.rpc("top_listeners", ranking(since, filter)),
    (person) => person.requested_by_id,
  );
}

function ranking(since: Date | null, { botId, guildId }: PlayFilter) {
  return { p_from: since?.toISOString() ?? null, p_bot_id: botId, p_guild_id: guildId };
}

export async function topGuilds(client: Client, since: Date | null, botId: BotId): Promise<RankedGuild[]> {
  const period = { p_from: since?.toISOString() ?? null, p_bot_id: botId };
  return await readAll(
    () => client.rpc("top_guilds", period),
    (guild) => guild.guild_id,
  );
}

// ── For admins ────────────────────────────────────────────────────────────────────────────────────────

export interface ConversationFilter {
  botId: BotId;
  userId: string | null;
  words: string;
  /** A server, or DIRECT; null: everywhere. */
  guildId: string | null;
  /** ISO 8601, inclusive and exclusive; null: without that limit. */
  from: string | null;
  to: string | null;
}

/** In the place of a server's id: direct messages, as Discord's own addresses call them. */
export const DIRECT = "@me";

export async function conversations(
  client: Client,
  filter: ConversationFilter,
  before: Key,
  limit: number,
): Promise<Conversation[]> {
  return await readOlder(before, limit, (last, count) =>
    client.rpc("search_conversations", {
      p_words: filter.words,
      p_user_id: filter.userId,
      p_bot_id: filter.botId,
      p_before: last?.timestamp ?? null,
      p_before_id: last?.id ?? null,
      p_limit: count,
      p_guild_id: filter.guildId,
      p_from: filter.from,
      p_to: filter.to,
    }),
  );
}

export async function conversationGuilds(client: Client, botId: BotId): Promise<TalkativeGuild[]> {
  return await readAll(
    () => client.rpc("conversation_guilds", { p_bot_id: botId }),
    (guild) => guild.guild_id ?? "",
  );
}

export async function discordNames(client: Client): Promise<DiscordName[]> {
  return await readAll(
    () => client.from("discord_names").select("*").order("discord_id"),
    (name) => name.discord_id,
  );
}

export interface LogFilter {
  botId: BotId;
  levels: readonly string[];
}

export async function logLines(client: Client, filter: LogFilter, before: Key, limit: number): Promise<LogLine[]> {
  return await readOlder(before, limit, (last, count) => {
    let query = client
      .from("bot_logs")
      .select("*")
      .in("level", [...filter.levels]);
    if (filter.botId !== null) query = query.eq("bot_id", filter.botId);
    if (last) query = query.or(older(last));
    return query.order("timestamp", { ascending: false }).order("id", { ascending: false }).limit(count);
  });
}
