-- Otonari's telemetry database, for Supabase (PostgreSQL 15 and later).
--
-- How to use: Supabase dashboard → SQL Editor → New query → paste this whole file → Run.
-- Run it again after an update, or when the bot reports that something is missing: what is there already
-- stays as it is, and so does every row. A database made from the first sketch's tables is upgraded.
--
-- Who may do what:
--   service_role   the bot; the only one that writes
--   authenticated  whoever has signed in: reads network, system and music figures
--   a member of dashboard_admins reads conversations and bot logs as well; to become one:
--     insert into public.dashboard_admins (user_id) select id from auth.users where email = 'you@example.com';
--   anon           nothing
--
-- Rows carry the client's id and time, so one that is sent twice is stored once, and one that arrives late
-- keeps its place. created_at is when the database received it.


-- ── system_stats: how the process and its host are, every ten seconds; kept 7 days ─────────────────────

create table if not exists public.system_stats (
  id            uuid primary key default gen_random_uuid(),
  bot_id        text default 'primary',
  cpu_usage     real default 0,
  ram_usage     real default 0,
  memory_rss    real default 0,
  memory_heap   real default 0,
  ping_gateway  real default 0,
  ping_lavalink real default 0,
  server_count  integer default 0,
  guild_count   integer default 0,
  uptime        integer default 0,
  status        text default 'online',
  timestamp     timestamptz default now(),
  updated_at    timestamptz default now(),
  created_at    timestamptz default now()
);
comment on table public.system_stats is
  'CPU and RAM in percent, memory in MiB, pings in milliseconds, uptime in seconds. status is online or offline.';

create index if not exists idx_system_stats_timestamp on public.system_stats (timestamp desc);
create index if not exists idx_system_stats_bot_id on public.system_stats (bot_id, timestamp desc);
create index if not exists idx_system_stats_timestamp_brin on public.system_stats using brin (timestamp);

revoke all on table public.system_stats from public, anon, authenticated, service_role;
grant select on table public.system_stats to authenticated;
grant select, insert, update, delete on table public.system_stats to service_role;

alter table public.system_stats enable row level security;
drop policy if exists "Allow authenticated read access" on public.system_stats;
create policy "Allow authenticated read access" on public.system_stats
  for select to authenticated using (true);
drop policy if exists "Allow service role full access" on public.system_stats;
create policy "Allow service role full access" on public.system_stats
  for all to service_role using (true);


-- ── dashboard_admins: the signed-in people who may read what others said ───────────────────────────────

create table if not exists public.dashboard_admins (
  user_id    uuid primary key,
  created_at timestamptz not null default now()
);
comment on table public.dashboard_admins is
  'Members read conversation_logs and bot_logs. Being signed in is not enough: anyone can sign up.';

-- A bare PostgreSQL has no auth.users to refer to.
do $$
begin
  if to_regclass('auth.users') is not null
     and not exists (select from pg_constraint where conname = 'dashboard_admins_user_id_fkey') then
    alter table public.dashboard_admins add constraint dashboard_admins_user_id_fkey
      foreign key (user_id) references auth.users (id) on delete cascade;
  end if;
end
$$;

revoke all on table public.dashboard_admins from public, anon, authenticated, service_role;
grant select on table public.dashboard_admins to authenticated;
grant select, insert, update, delete on table public.dashboard_admins to service_role;

alter table public.dashboard_admins enable row level security;
drop policy if exists "Allow members to read their own row" on public.dashboard_admins;
create policy "Allow members to read their own row" on public.dashboard_admins
  for select to authenticated using (user_id = (select auth.uid()));
drop policy if exists "Allow service role full access" on public.dashboard_admins;
create policy "Allow service role full access" on public.dashboard_admins
  for all to service_role using (true);


-- ── conversation_logs: what was asked and answered; kept 90 days, for admins only ──────────────────────

create table if not exists public.conversation_logs (
  id         uuid primary key default gen_random_uuid(),
  user_id    text not null,
  user_name  text not null,
  prompt     text not null,
  response   text not null,
  timestamp  timestamptz default now(),
  created_at timestamptz default now()
);
alter table public.conversation_logs
  add column if not exists bot_id          text not null default 'primary',
  add column if not exists guild_id        text,
  add column if not exists channel_id      text,
  add column if not exists model           text,
  add column if not exists prompt_tokens   integer,
  add column if not exists response_tokens integer;
comment on table public.conversation_logs is 'One row per answer. guild_id is null in a direct message.';

create index if not exists idx_conversation_logs_user_id on public.conversation_logs (user_id, timestamp desc);
create index if not exists idx_conversation_logs_timestamp on public.conversation_logs (timestamp desc);

revoke all on table public.conversation_logs from public, anon, authenticated, service_role;
grant select on table public.conversation_logs to authenticated;
grant select, insert, update, delete on table public.conversation_logs to service_role;

alter table public.conversation_logs enable row level security;
-- The sketch's policy would show every signed-up stranger everybody's conversations.
drop policy if exists "Allow authenticated read access" on public.conversation_logs;
drop policy if exists "Allow dashboard admins read access" on public.conversation_logs;
create policy "Allow dashboard admins read access" on public.conversation_logs
  for select to authenticated
  using (exists (select from public.dashboard_admins where user_id = (select auth.uid())));
drop policy if exists "Allow service role full access" on public.conversation_logs;
create policy "Allow service role full access" on public.conversation_logs
  for all to service_role using (true);


-- ── music_logs: what was played, where and for whom; kept 90 days ──────────────────────────────────────

create table if not exists public.music_logs (
  id              uuid primary key default gen_random_uuid(),
  guild_id        text not null,
  song_title      text not null,
  requested_by    text not null,
  requested_by_id text not null,
  timestamp       timestamptz default now(),
  created_at      timestamptz default now()
);
alter table public.music_logs
  add column if not exists bot_id text not null default 'primary';
comment on table public.music_logs is 'One row per track that started, whatever started it.';

create index if not exists idx_music_logs_guild_id on public.music_logs (guild_id, timestamp desc);
create index if not exists idx_music_logs_timestamp on public.music_logs (timestamp desc);

revoke all on table public.music_logs from public, anon, authenticated, service_role;
grant select on table public.music_logs to authenticated;
grant select, insert, update, delete on table public.music_logs to service_role;

alter table public.music_logs enable row level security;
drop policy if exists "Allow authenticated read access" on public.music_logs;
create policy "Allow authenticated read access" on public.music_logs
  for select to authenticated using (true);
drop policy if exists "Allow service role full access" on public.music_logs;
create policy "Allow service role full access" on public.music_logs
  for all to service_role using (true);


-- ── bot_logs: warnings and errors of the bot; kept 30 days, for admins only ────────────────────────────

create table if not exists public.bot_logs (
  id         uuid primary key default gen_random_uuid(),
  bot_id     text not null default 'primary',
  level      text not null,
  logger     text not null,
  message    text not null,
  error_id   text,
  traceback  text,
  timestamp  timestamptz not null default now(),
  created_at timestamptz not null default now()
);
comment on table public.bot_logs is
  'level is a name of Python''s logging; error_id is what the user was shown when something unexpected happened.';

create index if not exists idx_bot_logs_timestamp on public.bot_logs (timestamp desc);
create index if not exists idx_bot_logs_level on public.bot_logs (level, timestamp desc);

revoke all on table public.bot_logs from public, anon, authenticated, service_role;
grant select on table public.bot_logs to authenticated;
grant select, insert, update, delete on table public.bot_logs to service_role;

alter table public.bot_logs enable row level security;
drop policy if exists "Allow authenticated read access" on public.bot_logs;
drop policy if exists "Allow dashboard admins read access" on public.bot_logs;
create policy "Allow dashboard admins read access" on public.bot_logs
  for select to authenticated
  using (exists (select from public.dashboard_admins where user_id = (select auth.uid())));
drop policy if exists "Allow service role full access" on public.bot_logs;
create policy "Allow service role full access" on public.bot_logs
  for all to service_role using (true);


-- ── network_stats: bytes sent and received since the sample before, every ten seconds; kept 30 days ────

create table if not exists public.network_stats (
  id          uuid primary key default gen_random_uuid(),
  bytes_sent  bigint not null,
  bytes_recv  bigint not null,
  bytes_total bigint not null,
  mb_sent     real not null,
  mb_recv     real not null,
  mb_total    real not null,
  recorded_at timestamptz default now(),
  created_at  timestamptz default now()
);
alter table public.network_stats
  add column if not exists bot_id           text not null default 'primary',
  add column if not exists boot_id          uuid not null default '00000000-0000-0000-0000-000000000000',
  add column if not exists sequence         bigint,
  add column if not exists interval_seconds real not null default 10;
comment on table public.network_stats is
  'Rows are facts: insert and delete them, never update them; the rollup counts each once, when it is inserted.';
comment on column public.network_stats.boot_id is
  'Minted when the bot starts; the nil UUID where the sender does not say.';
comment on column public.network_stats.sequence is
  'Counts the samples of one boot without a gap, so a missing number is a missing sample.';
comment on column public.network_stats.interval_seconds is 'The time that this sample covers.';

create index if not exists idx_network_stats_recorded_at on public.network_stats (recorded_at desc);
create index if not exists idx_network_stats_recorded_at_brin on public.network_stats using brin (recorded_at);

-- A row without a time has no bucket to be counted in.
update public.network_stats set recorded_at = coalesce(created_at, now()) where recorded_at is null;
alter table public.network_stats alter column recorded_at set not null;

-- The sketch wrote negative figures after a reboot of the host; those rows stay, new ones are refused.
alter table public.network_stats drop constraint if exists network_stats_bytes_not_negative;
alter table public.network_stats add constraint network_stats_bytes_not_negative
  check (bytes_sent >= 0 and bytes_recv >= 0 and bytes_total >= 0) not valid;

revoke all on table public.network_stats from public, anon, authenticated, service_role;
grant select on table public.network_stats to authenticated;
grant select, insert, update, delete on table public.network_stats to service_role;

alter table public.network_stats enable row level security;
drop policy if exists "Allow authenticated read access" on public.network_stats;
create policy "Allow authenticated read access" on public.network_stats
  for select to authenticated using (true);
drop policy if exists "Allow service role full access" on public.network_stats;
create policy "Allow service role full access" on public.network_stats
  for all to service_role using (true);


-- ── network_stats_rollup: network_stats added up by quarter of an hour; kept for ever ──────────────────

-- Every time zone's day starts on a quarter of an hour (Kathmandu: UTC+5:45), so whole buckets make up a
-- day, a week or a month anywhere.
create table if not exists public.network_stats_rollup (
  bucket_start    timestamptz not null,
  bot_id          text not null,
  boot_id         uuid not null,
  bytes_sent      bigint not null,
  bytes_recv      bigint not null,
  bytes_total     bigint not null,
  samples         bigint not null,
  seconds_covered double precision not null,
  first_sample_at timestamptz not null,
  last_sample_at  timestamptz not null,
  sequence_min    bigint,
  sequence_max    bigint,
  constraint network_stats_rollup_pkey primary key (bucket_start, bot_id, boot_id)
);
comment on table public.network_stats_rollup is
  'Fed by a trigger on network_stats, and not touched by its clean-up. bucket_start is a multiple of 15 minutes.';

revoke all on table public.network_stats_rollup from public, anon, authenticated, service_role;
grant select on table public.network_stats_rollup to authenticated;
grant select, insert, update, delete on table public.network_stats_rollup to service_role;

alter table public.network_stats_rollup enable row level security;
drop policy if exists "Allow authenticated read access" on public.network_stats_rollup;
create policy "Allow authenticated read access" on public.network_stats_rollup
  for select to authenticated using (true);
drop policy if exists "Allow service role full access" on public.network_stats_rollup;
create policy "Allow service role full access" on public.network_stats_rollup
  for all to service_role using (true);


-- ── network_stats_rollup_daily: the same by UTC day, so that years add up as fast as a day ─────────────

create table if not exists public.network_stats_rollup_daily (
  like public.network_stats_rollup,
  constraint network_stats_rollup_daily_pkey primary key (bucket_start, bot_id, boot_id)
);
comment on table public.network_stats_rollup_daily is
  'Fed by the same trigger as network_stats_rollup; bucket_start is a midnight in UTC.';

revoke all on table public.network_stats_rollup_daily from public, anon, authenticated, service_role;
grant select on table public.network_stats_rollup_daily to authenticated;
grant select, insert, update, delete on table public.network_stats_rollup_daily to service_role;

alter table public.network_stats_rollup_daily enable row level security;
drop policy if exists "Allow authenticated read access" on public.network_stats_rollup_daily;
create policy "Allow authenticated read access" on public.network_stats_rollup_daily
  for select to authenticated using (true);
drop policy if exists "Allow service role full access" on public.network_stats_rollup_daily;
create policy "Allow service role full access" on public.network_stats_rollup_daily
  for all to service_role using (true);


-- ── The trigger that feeds both ────────────────────────────────────────────────────────────────────────

-- "inserted" holds only the rows that were really stored: a duplicate that ON CONFLICT DO NOTHING passed
-- over is not in it. Buckets are written in the order of their key, quarters before days, so that two bots
-- never wait for each other in a circle. It runs with the rights of the inserting role, which has them.
create or replace function public.add_to_network_stats_rollup() returns trigger
language plpgsql security invoker set search_path = ''
as $$
begin
  insert into public.network_stats_rollup as rollup
  select
    date_bin('15 minutes', recorded_at, '1970-01-01 00:00:00+00'), bot_id, boot_id,
    sum(bytes_sent), sum(bytes_recv), sum(bytes_total),
    count(*), sum(interval_seconds::double precision),
    min(recorded_at), max(recorded_at), min(sequence), max(sequence)
  from inserted group by 1, 2, 3 order by 1, 2, 3
  on conflict (bucket_start, bot_id, boot_id) do update set
    bytes_sent      = rollup.bytes_sent + excluded.bytes_sent,
    bytes_recv      = rollup.bytes_recv + excluded.bytes_recv,
    bytes_total     = rollup.bytes_total + excluded.bytes_total,
    samples         = rollup.samples + excluded.samples,
    seconds_covered = rollup.seconds_covered + excluded.seconds_covered,
    first_sample_at = least(rollup.first_sample_at, excluded.first_sample_at),
    last_sample_at  = greatest(rollup.last_sample_at, excluded.last_sample_at),
    sequence_min    = least(rollup.sequence_min, excluded.sequence_min),
    sequence_max    = greatest(rollup.sequence_max, excluded.sequence_max);

  insert into public.network_stats_rollup_daily as rollup
  select
    date_bin('1 day', recorded_at, '1970-01-01 00:00:00+00'), bot_id, boot_id,
    sum(bytes_sent), sum(bytes_recv), sum(bytes_total),
    count(*), sum(interval_seconds::double precision),
    min(recorded_at), max(recorded_at), min(sequence), max(sequence)
  from inserted group by 1, 2, 3 order by 1, 2, 3
  on conflict (bucket_start, bot_id, boot_id) do update set
    bytes_sent      = rollup.bytes_sent + excluded.bytes_sent,
    bytes_recv      = rollup.bytes_recv + excluded.bytes_recv,
    bytes_total     = rollup.bytes_total + excluded.bytes_total,
    samples         = rollup.samples + excluded.samples,
    seconds_covered = rollup.seconds_covered + excluded.seconds_covered,
    first_sample_at = least(rollup.first_sample_at, excluded.first_sample_at),
    last_sample_at  = greatest(rollup.last_sample_at, excluded.last_sample_at),
    sequence_min    = least(rollup.sequence_min, excluded.sequence_min),
    sequence_max    = greatest(rollup.sequence_max, excluded.sequence_max);

  return null;
end
$$;
revoke all on function public.add_to_network_stats_rollup() from public, anon, authenticated, service_role;

-- No trigger yet: nothing in the table has been counted. The rows that are there pass through the trigger
-- once, by way of a temporary table, while new ones wait; one statement, so it is done whole or not at all.
do $$
begin
  if not exists (
    select from pg_trigger
    where tgrelid = 'public.network_stats'::regclass and tgname = 'network_stats_rollup_after_insert'
  ) then
    lock table public.network_stats in share row exclusive mode;

    create temporary table network_stats_uncounted on commit drop as
      select bot_id, boot_id, sequence, interval_seconds, bytes_sent, bytes_recv, bytes_total, recorded_at
      from public.network_stats with no data;
    create trigger network_stats_rollup_after_insert
      after insert on network_stats_uncounted
      referencing new table as inserted
      for each statement execute function public.add_to_network_stats_rollup();
    insert into network_stats_uncounted
      select bot_id, boot_id, sequence, interval_seconds, bytes_sent, bytes_recv, bytes_total, recorded_at
      from public.network_stats;

    create trigger network_stats_rollup_after_insert
      after insert on public.network_stats
      referencing new table as inserted
      for each statement execute function public.add_to_network_stats_rollup();
  end if;
end
$$;


-- ── network_totals: the traffic of any period, exact and fast ──────────────────────────────────────────

-- Sums whole UTC days, then whole quarters of an hour, then single rows at the two edges; the cost does not
-- grow with the number of rows. Where clean-up has deleted rows of an edge's bucket, that bucket cannot be
-- divided any more: it is counted whole if it starts within the period, and else not at all, so that
-- periods which follow one another still add up to the truth.
create or replace function public.network_totals(
  p_from   timestamptz default null,
  p_to     timestamptz default null,
  p_bot_id text default null
) returns table (
  bytes_sent       bigint,
  bytes_recv       bigint,
  bytes_total      bigint,
  samples          bigint,
  samples_expected bigint,
  seconds_covered  double precision,
  first_sample_at  timestamptz,
  last_sample_at   timestamptz
)
language plpgsql stable security invoker set search_path = ''
as $$
#variable_conflict use_column
declare
  origin       constant timestamptz := '1970-01-01 00:00:00+00';
  quarter      constant interval := '15 minutes';
  day          constant interval := '1 day';
  tick         constant interval := '1 microsecond';
  since        constant timestamptz := coalesce(p_from, '-infinity');
  until        constant timestamptz := coalesce(p_to, 'infinity');
  quarter_from constant timestamptz := date_bin(quarter, since + quarter - tick, origin);
  quarter_to   constant timestamptz := date_bin(quarter, until, origin);
  day_from     timestamptz := date_bin(day, quarter_from + day - tick, origin);
  day_to       timestamptz := date_bin(day, quarter_to, origin);
begin
  if day_from >= day_to then -- no whole day between: quarters alone
    day_from := quarter_to;
    day_to := quarter_to;
  end if;

  return query
  with edge as (
    select rollup.*, rollup.samples = (
      select count(*) from public.network_stats as raw
      where raw.recorded_at >= rollup.bucket_start and raw.recorded_at < rollup.bucket_start + quarter
        and raw.bot_id = rollup.bot_id and raw.boot_id = rollup.boot_id
    ) as divisible
    from public.network_stats_rollup as rollup
    where (
      (rollup.bucket_start = quarter_from - quarter and quarter_from > since)
      or (rollup.bucket_start = quarter_to and quarter_to < until)
    ) and (p_bot_id is null or rollup.bot_id = p_bot_id)
  ),
  piece as (
    select * from public.network_stats_rollup_daily as rollup
    where rollup.bucket_start >= day_from and rollup.bucket_start < day_to
      and (p_bot_id is null or rollup.bot_id = p_bot_id)
    union all
    select * from public.network_stats_rollup as rollup
    where rollup.bucket_start >= quarter_from and rollup.bucket_start < day_from
      and (p_bot_id is null or rollup.bot_id = p_bot_id)
    union all
    select * from public.network_stats_rollup as rollup
    where rollup.bucket_start >= day_to and rollup.bucket_start < quarter_to
      and (p_bot_id is null or rollup.bot_id = p_bot_id)
    union all
    select
      edge.bucket_start, edge.bot_id, edge.boot_id, edge.bytes_sent, edge.bytes_recv, edge.bytes_total,
      edge.samples, edge.seconds_covered, edge.first_sample_at, edge.last_sample_at,
      edge.sequence_min, edge.sequence_max
    from edge
    where not edge.divisible and edge.bucket_start >= since and edge.bucket_start < until
    union all
    select
      edge.bucket_start, edge.bot_id, edge.boot_id, raw.bytes_sent, raw.bytes_recv, raw.bytes_total,
      1, raw.interval_seconds, raw.recorded_at, raw.recorded_at, raw.sequence, raw.sequence
    from edge join public.network_stats as raw
      on raw.bot_id = edge.bot_id and raw.boot_id = edge.boot_id
      and raw.recorded_at >= edge.bucket_start and raw.recorded_at < edge.bucket_start + quarter
    where edge.divisible and raw.recorded_at >= since and raw.recorded_at < until
  ),
  boot as ( -- sequence numbers count within one boot
    select
      sum(piece.bytes_sent) as bytes_sent, sum(piece.bytes_recv) as bytes_recv,
      sum(piece.bytes_total) as bytes_total, sum(piece.samples) as samples,
      greatest(sum(piece.samples), max(piece.sequence_max) - min(piece.sequence_min) + 1) as samples_expected,
      sum(piece.seconds_covered) as seconds_covered,
      min(piece.first_sample_at) as first_sample_at, max(piece.last_sample_at) as last_sample_at
    from piece group by piece.bot_id, piece.boot_id
  )
  select
    coalesce(sum(boot.bytes_sent), 0)::bigint, coalesce(sum(boot.bytes_recv), 0)::bigint,
    coalesce(sum(boot.bytes_total), 0)::bigint, coalesce(sum(boot.samples), 0)::bigint,
    coalesce(sum(boot.samples_expected), 0)::bigint, coalesce(sum(boot.seconds_covered), 0),
    min(boot.first_sample_at), max(boot.last_sample_at)
  from boot;
end
$$;
comment on function public.network_totals(timestamptz, timestamptz, text) is
  'Traffic from p_from (inclusive) to p_to (exclusive) of p_bot_id; null means without that limit. One row, always.';
revoke all on function public.network_totals(timestamptz, timestamptz, text)
  from public, anon, authenticated, service_role;
grant execute on function public.network_totals(timestamptz, timestamptz, text) to authenticated, service_role;


-- ── Analysis: what the REST API cannot express, as views with the reader's rights ──────────────────────

create or replace view public.popular_songs with (security_invoker = true) as
select song_title, count(*) as count
from public.music_logs
group by song_title;
comment on view public.popular_songs is 'How often each song was played.';

create or replace view public.plays_per_guild_30d with (security_invoker = true) as
select guild_id, count(*) as play_count
from public.music_logs
where timestamp > now() - interval '30 days'
group by guild_id;
comment on view public.plays_per_guild_30d is 'Plays per server over the last 30 days.';

create or replace view public.most_active_users_7d with (security_invoker = true) as
select user_id, (array_agg(user_name order by timestamp desc))[1] as user_name, count(*) as conversation_count
from public.conversation_logs
where timestamp > now() - interval '7 days'
group by user_id;
comment on view public.most_active_users_7d is
  'Conversations per person over the last 7 days, with the name last used; empty for all but dashboard admins.';

create or replace view public.average_cpu_24h with (security_invoker = true) as
select bot_id, avg(cpu_usage) as avg_cpu
from public.system_stats
where timestamp > now() - interval '24 hours'
group by bot_id;
comment on view public.average_cpu_24h is 'Average CPU usage of each bot over the last 24 hours, in percent.';

revoke all on table public.popular_songs, public.plays_per_guild_30d, public.most_active_users_7d, public.average_cpu_24h
  from public, anon, authenticated, service_role;
grant select on table public.popular_songs, public.plays_per_guild_30d, public.most_active_users_7d, public.average_cpu_24h
  to authenticated, service_role;


-- ── Retention ──────────────────────────────────────────────────────────────────────────────────────────

create or replace function public.retention_policy()
returns table (table_name text, time_column text, keep interval)
language sql immutable security invoker set search_path = ''
as $$
  values
    ('system_stats', 'timestamp', interval '7 days'),
    ('conversation_logs', 'timestamp', interval '90 days'),
    ('music_logs', 'timestamp', interval '90 days'),
    ('network_stats', 'recorded_at', interval '30 days'),
    ('bot_logs', 'timestamp', interval '30 days')
$$;
comment on function public.retention_policy() is 'How long the rows of each table are kept.';
revoke all on function public.retention_policy() from public, anon, authenticated, service_role;
grant execute on function public.retention_policy() to authenticated, service_role;

-- A call is one short transaction; whoever calls it repeats it until nothing is left. Rows that another call
-- is deleting at the same time are skipped.
create or replace function public.apply_retention(p_batch integer default 10000)
returns table (table_name text, deleted bigint)
language plpgsql volatile security invoker set search_path = ''
as $$
declare
  policy record;
begin
  for policy in select * from public.retention_policy() loop
    table_name := policy.table_name;
    execute format(
      'delete from public.%1$I where ctid = any (array(
         select ctid from public.%1$I where %2$I < now() - $1
         order by %2$I limit $2 for update skip locked))',
      policy.table_name, policy.time_column
    ) using policy.keep, p_batch;
    get diagnostics deleted = row_count;
    return next;
  end loop;
end
$$;
comment on function public.apply_retention(integer) is
  'Deletes at most p_batch expired rows of each table, oldest first, and says how many. Totals stay as they are.';
revoke all on function public.apply_retention(integer) from public, anon, authenticated, service_role;
grant execute on function public.apply_retention(integer) to service_role;

-- With pg_cron (Supabase: Database → Extensions) the database cleans up by itself; without, the bot asks it to.
do $$
begin
  if to_regprocedure('cron.schedule(text, text, text)') is not null then
    perform cron.schedule('otonari-retention', '*/10 * * * *', 'select public.apply_retention()');
  end if;
end
$$;


-- ── Realtime: the dashboard is told of every INSERT ────────────────────────────────────────────────────

do $$
declare
  published text;
begin
  if exists (select from pg_publication where pubname = 'supabase_realtime') then
    foreach published in array array[
      'system_stats', 'conversation_logs', 'music_logs', 'network_stats', 'bot_logs'
    ] loop
      if not exists (
        select from pg_publication_tables
        where pubname = 'supabase_realtime' and schemaname = 'public' and tablename = published
      ) then
        execute format('alter publication supabase_realtime add table public.%I', published);
      end if;
    end loop;
  end if;
end
$$;


-- ── telemetry_health: what the bot asks at its start ───────────────────────────────────────────────────

-- Looks at the catalogue only, and as the caller: a grant is missing if the caller lacks it. A table that
-- Realtime does not publish is no fault of the bot's, but its dashboard would stand still.
create or replace function public.telemetry_health() returns jsonb
language sql stable security invoker set search_path = ''
as $$
  with expected (name, readers, published) as (
    values
      ('system_stats', 'Allow authenticated read access', true),
      ('conversation_logs', 'Allow dashboard admins read access', true),
      ('music_logs', 'Allow authenticated read access', true),
      ('network_stats', 'Allow authenticated read access', true),
      ('bot_logs', 'Allow dashboard admins read access', true),
      ('network_stats_rollup', 'Allow authenticated read access', false),
      ('network_stats_rollup_daily', 'Allow authenticated read access', false),
      ('dashboard_admins', 'Allow members to read their own row', false)
  ),
  found as (
    select expected.*, to_regclass('public.' || name) as relation from expected
  ),
  finding (object, problem, detail) as (
    select name, 'table_missing', null from found where relation is null
    union all
    select name, 'grant_missing', string_agg(verb, ', ')
    from found, unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE']) as verb
    where not has_table_privilege(relation, verb)
    group by name
    union all
    select name, 'rls_disabled', null
    from found join pg_class on pg_class.oid = relation
    where not relrowsecurity
    union all
    select name, 'policy_missing', policy
    from found, unnest(array[readers, 'Allow service role full access']) as policy
    where relation is not null
      and not exists (select from pg_policy where polrelid = relation and polname = policy)
    union all
    select name, 'policy_unknown', polname::text
    from found join pg_policy on polrelid = relation
    where polname not in (readers, 'Allow service role full access')
    union all
    select name, 'not_published', 'supabase_realtime'
    from found
    where relation is not null and published
      and exists (select from pg_publication where pubname = 'supabase_realtime')
      and not exists (
        select from pg_publication_tables
        where pubname = 'supabase_realtime' and schemaname = 'public' and tablename = name
      )
    union all
    select name, 'trigger_missing', 'network_stats_rollup_after_insert'
    from found
    where name = 'network_stats' and relation is not null
      and not exists (
        select from pg_trigger
        where tgrelid = relation and tgname = 'network_stats_rollup_after_insert' and tgenabled in ('O', 'A')
      )
  )
  select jsonb_build_object(
    'version', 1,
    'tables', (select jsonb_object_agg(name, relation is not null) from found),
    'problems', (select coalesce(jsonb_agg(to_jsonb(finding) order by object, problem, detail), '[]') from finding),
    'realtime', exists (select from pg_publication where pubname = 'supabase_realtime'),
    'pg_cron', exists (select from pg_extension where extname = 'pg_cron')
  )
$$;
comment on function public.telemetry_health() is
  'Which tables exist, and what of this file is missing, as {object, problem, detail}. version rises with this file.';
revoke all on function public.telemetry_health() from public, anon, authenticated, service_role;
grant execute on function public.telemetry_health() to service_role;


-- The REST API learns of what is new here.
notify pgrst, 'reload schema';
