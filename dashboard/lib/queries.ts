/** Every question that the dashboard asks of the database. Each throws QueryError where there is no answer. */

import { queryError } from "./errors";
import type { Client } from "./supabase";
import type {
  Activity,
  BotId,
  Conversation,
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
} from "./tables";

/** No answer of a hosted project has more rows, unless its owner says so. */
const MAX_ROWS = 1000;
const MAX_PAGES = 10;

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

/** Reads page after page, because one answer has at most MAX_ROWS rows. */
async function readAll<Row>(page: (from: number, to: number) => Query<Row>): Promise<Row[]> {
  const rows: Row[] = [];
  for (let number = 0; number < MAX_PAGES; number += 1) {
    const some = await read(page(number * MAX_ROWS, (number + 1) * MAX_ROWS - 1));
    rows.push(...some);
    if (some.length < MAX_ROWS) break;
  }
  return rows;
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
export const SCHEMA_VERSION = 5;

/** The version that the database has; 0 where it is from before version 4, the first that tells. */
export async function schemaVersion(client: Client): Promise<number> {
  const answer = await client.rpc("schema_version").retry(false);
  if (answer.data !== null) return answer.data;
  const error = queryError(answer);
  if (error.trouble === "schema") return 0;
  throw error;
}

// ── How the bots are ──────────────────────────────────────────────────────────────────────────────────

export async function latestSystemStats(client: Client): Promise<SystemStat[]> {
  return await read(client.rpc("latest_system_stats"));
}

export async function systemStatsSince(client: Client, since: Date, botId: string): Promise<SystemStat[]> {
  return await readAll((from, to) =>
    client
      .from("system_stats")
      .select("*")
      .eq("bot_id", botId)
      .gte("timestamp", since.toISOString())
      .order("timestamp", { ascending: false })
      .order("id")
      .range(from, to),
  );
}

export async function systemPoints(client: Client, since: Date, botId: string): Promise<SystemPoint[]> {
  return await read(
    client.rpc("system_points", {
      p_from: since.toISOString(),
      p_to: new Date().toISOString(),
      p_bot_id: botId,
    }),
  );
}

export async function activity(client: Client, since: Date, botId: BotId): Promise<Activity> {
  const [row] = await read(
    client.rpc("activity", { p_from: since.toISOString(), p_to: new Date().toISOString(), p_bot_id: botId }),
  );
  return row ?? { plays: 0, conversations: 0, prompt_tokens: 0, response_tokens: 0 };
}

// ── Traffic ───────────────────────────────────────────────────────────────────────────────────────────

export async function networkTotals(client: Client, since: Date | null, botId: BotId): Promise<NetworkTotals> {
  const [row] = await read(
    client.rpc("network_totals", { p_from: since?.toISOString() ?? null, p_to: null, p_bot_id: botId }),
  );
  if (!row) throw queryError({ status: 200, error: { message: "network_totals answered nothing" } });
  return row;
}

export async function networkStatsSince(client: Client, since: Date, botId: BotId): Promise<NetworkStat[]> {
  return await readAll((from, to) => {
    const query = client.from("network_stats").select("*").gte("recorded_at", since.toISOString());
    return (botId === null ? query : query.eq("bot_id", botId))
      .order("recorded_at", { ascending: false })
      .order("id")
      .range(from, to);
  });
}

export async function networkPoints(client: Client, since: Date | null, botId: BotId): Promise<NetworkPoint[]> {
  return await read(
    client.rpc("network_points", {
      p_from: since?.toISOString() ?? null,
      p_to: new Date().toISOString(),
      p_bot_id: botId,
    }),
  );
}

/** When a bot sent no samples; one that goes on ends now. */
export async function networkGaps(client: Client, since: Date, botId: BotId): Promise<(Gap & { goesOn: boolean })[]> {
  const now = new Date();
  const gaps = await read(
    client.rpc("network_gaps", { p_from: since.toISOString(), p_to: now.toISOString(), p_bot_id: botId }),
  );
  return gaps.map((gap) => ({ ...gap, goesOn: Date.parse(gap.gap_to) >= now.getTime() }));
}

// ── Music ─────────────────────────────────────────────────────────────────────────────────────────────

export interface PlayFilter {
  botId: BotId;
  guildId: string | null;
}

export async function plays(
  client: Client,
  since: Date | null,
  filter: PlayFilter,
  before: Key,
  limit: number,
): Promise<Play[]> {
  let query = client.from("music_logs").select("*");
  if (since) query = query.gte("timestamp", since.toISOString());
  if (filter.botId !== null) query = query.eq("bot_id", filter.botId);
  if (filter.guildId !== null) query = query.eq("guild_id", filter.guildId);
  if (before) query = query.or(older(before));
  return await read(query.order("timestamp", { ascending: false }).order("id", { ascending: false }).limit(limit));
}

export async function topSongs(client: Client, since: Date | null, filter: PlayFilter): Promise<RankedSong[]> {
  return await read(client.rpc("top_songs", ranking(since, filter)));
}

export async function topListeners(client: Client, since: Date | null, filter: PlayFilter): Promise<RankedListener[]> {
  return await read(client.rpc("top_listeners", ranking(since, filter)));
}

function ranking(since: Date | null, { botId, guildId }: PlayFilter) {
  return { p_from: since?.toISOString() ?? null, p_bot_id: botId, p_guild_id: guildId };
}

export async function topGuilds(client: Client, since: Date | null, botId: BotId): Promise<RankedGuild[]> {
  return await read(client.rpc("top_guilds", { p_from: since?.toISOString() ?? null, p_bot_id: botId }));
}

// ── For admins ────────────────────────────────────────────────────────────────────────────────────────

export interface ConversationFilter {
  botId: BotId;
  userId: string | null;
  words: string;
}

export async function conversations(
  client: Client,
  filter: ConversationFilter,
  before: Key,
  limit: number,
): Promise<Conversation[]> {
  return await read(
    client.rpc("search_conversations", {
      p_words: filter.words,
      p_user_id: filter.userId,
      p_bot_id: filter.botId,
      p_before: before?.timestamp ?? null,
      p_before_id: before?.id ?? null,
      p_limit: limit,
    }),
  );
}

export interface LogFilter {
  botId: BotId;
  levels: readonly string[];
}

export async function logLines(client: Client, filter: LogFilter, before: Key, limit: number): Promise<LogLine[]> {
  let query = client
    .from("bot_logs")
    .select("*")
    .in("level", [...filter.levels]);
  if (filter.botId !== null) query = query.eq("bot_id", filter.botId);
  if (before) query = query.or(older(before));
  return await read(query.order("timestamp", { ascending: false }).order("id", { ascending: false }).limit(limit));
}
