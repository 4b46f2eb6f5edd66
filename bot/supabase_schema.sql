-- Otonari's telemetry database, for Supabase (PostgreSQL 15 and later).
--
-- How to use: Supabase dashboard → SQL Editor → New query → paste this whole file → Run.
-- Run it again after an update, or when the bot reports that something is missing: what is there already
-- stays as it is, and so does every row. A database of any earlier version is upgraded, and so is one that was
-- made from the first sketch's tables. The version of this file is the number in schema_version(), near the end.
--
-- Who may do what:
--   service_role   the bot; the only one that writes
--   authenticated  whoever has signed in: reads network and system figures, and what was played, not for whom
--   a member of dashboard_admins reads plays with names, conversations, bot logs, costs and the names of servers as
--     well; to become one:
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
alter table public.system_stats
  add column if not exists lavalink_nodes integer;
comment on table public.system_stats is
  'CPU and RAM in percent, memory in MiB, pings in milliseconds, uptime in seconds. status is online or offline.';
comment on column public.system_stats.lavalink_nodes is
  'How many Lavalink nodes the bot is set up for; with none, or without an answer of any, ping_lavalink is null.';

create index if not exists idx_system_stats_timestamp on public.system_stats (timestamp desc);
create index if not exists idx_system_stats_bot_id on public.system_stats (bot_id, timestamp desc);
create index if not exists idx_system_stats_timestamp_brin on public.system_stats using brin (timestamp);


-- ── dashboard_admins: the signed-in people who may read what others said ───────────────────────────────

create table if not exists public.dashboard_admins (
  user_id    uuid primary key,
  created_at timestamptz not null default now()
);
comment on table public.dashboard_admins is
  'Members read conversation_logs, music_logs, bot_logs, gemini_usage, discord_names, privacy_optouts and privacy_erasures. Being signed in is not enough: anyone can sign up.';

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
  add column if not exists response_tokens integer,
  add column if not exists is_private      boolean not null default false;
comment on table public.conversation_logs is 'One row per answer. guild_id is null in a direct message.';
comment on column public.conversation_logs.is_private is 'Asked with /chat and its option private, so that only the asker saw the answer.';

create index if not exists idx_conversation_logs_user_id on public.conversation_logs (user_id, timestamp desc);
create index if not exists idx_conversation_logs_timestamp on public.conversation_logs (timestamp desc);
create index if not exists idx_conversation_logs_guild_id on public.conversation_logs (guild_id, timestamp desc);


-- ── music_logs: what was played, where and for whom; kept 90 days, with names for admins only ──────────

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


-- ── gemini_usage: what each attempt at an answer cost in tokens; kept 90 days, for admins only ────────

create table if not exists public.gemini_usage (
  id            uuid primary key default gen_random_uuid(),
  bot_id        text not null default 'primary',
  guild_id      text,
  user_id       text not null,
  model         text not null,
  prompt_tokens bigint not null default 0,
  answer_tokens bigint not null default 0,
  total_tokens  bigint not null default 0,
  timestamp     timestamptz not null default now(),
  created_at    timestamptz not null default now()
);
comment on table public.gemini_usage is
  'One row per attempt at an answer, failed ones included, as Gemini counted it; total_tokens holds hidden thoughts too. guild_id is null in a direct message.';

create index if not exists idx_gemini_usage_timestamp on public.gemini_usage (timestamp desc);
create index if not exists idx_gemini_usage_user_id on public.gemini_usage (user_id, timestamp desc);
create index if not exists idx_gemini_usage_guild_id on public.gemini_usage (guild_id, timestamp desc);


-- ── discord_names: what servers and channels are called; kept 100 days after they were last heard of ───────

-- A trigger keeps one row for each, with the newest name. A thread has its channel's name: its own may be
-- somebody's words, which this table could not forget with them.
create table if not exists public.discord_names (
  id         uuid primary key default gen_random_uuid(),
  bot_id     text not null default 'primary',
  discord_id text not null,
  kind       text not null,
  name       text not null,
  timestamp  timestamptz not null default now(),
  created_at timestamptz not null default now(),
  constraint discord_names_discord_id_key unique (discord_id),
  constraint discord_names_kind_known check (kind in ('guild', 'channel', 'thread'))
);
comment on table public.discord_names is
  'One row per server, channel or thread, by its Discord id; timestamp is when it was last heard of.';


-- ── privacy_optouts: whose conversations are not to be recorded; kept until they allow it again ────────────

create table if not exists public.privacy_optouts (
  user_id      text primary key,
  opted_out_at timestamptz not null default now()
);
comment on table public.privacy_optouts is
  'People who used /privacy to say no: no bot that writes to this database records what they say.';


-- ── privacy_erasures: who was forgotten, and until when; kept 90 days ─────────────────────────────────────

create table if not exists public.privacy_erasures (
  user_id       text primary key,
  erased_before timestamptz not null,
  asked_at      timestamptz not null default now()
);
comment on table public.privacy_erasures is
  'People who used /privacy to delete: rows about them from before, which wait on another machine, are not taken in any more.';


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
  add column if not exists interval_seconds real not null default 10,
  add column if not exists counting         text not null default 'all';
comment on table public.network_stats is
  'Rows are facts: insert and delete them, never update them; the rollup counts each once, when it is inserted.';
comment on column public.network_stats.boot_id is
  'Minted when the bot starts; the nil UUID where the sender does not say.';
comment on column public.network_stats.sequence is
  'Counts the samples of one boot without a gap, so a missing number is a missing sample.';
comment on column public.network_stats.interval_seconds is 'The time that this sample covers.';
comment on column public.network_stats.counting is
  'Which network interfaces counted: external: those that lead out of the machine; only eth0, …: as NETWORK_INTERFACES says; all: their sum, loopback included.';

create index if not exists idx_network_stats_recorded_at on public.network_stats (recorded_at desc);
create index if not exists idx_network_stats_recorded_at_brin on public.network_stats using brin (recorded_at);

-- A row without a time has no bucket to be counted in.
update public.network_stats set recorded_at = coalesce(created_at, now()) where recorded_at is null;
alter table public.network_stats alter column recorded_at set not null;

-- The sketch wrote negative figures after a reboot of the host; those rows stay, new ones are refused.
alter table public.network_stats drop constraint if exists network_stats_bytes_not_negative;
alter table public.network_stats add constraint network_stats_bytes_not_negative
  check (bytes_sent >= 0 and bytes_recv >= 0 and bytes_total >= 0) not valid;


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


-- ── network_stats_rollup_daily: the same by UTC day, so that years add up as fast as a day ─────────────

create table if not exists public.network_stats_rollup_daily (
  like public.network_stats_rollup,
  constraint network_stats_rollup_daily_pkey primary key (bucket_start, bot_id, boot_id)
);
comment on table public.network_stats_rollup_daily is
  'Fed by the same trigger as network_stats_rollup; bucket_start is a midnight in UTC.';


-- ── network_counting: how each boot of a bot counted its traffic; kept for ever ──────────────────────────

-- A boot that is not in it counted all interfaces, as every sender did before version 5 of this file.
create table if not exists public.network_counting (
  bot_id   text not null,
  boot_id  uuid not null,
  counting text not null,
  constraint network_counting_pkey primary key (bot_id, boot_id, counting)
);
comment on table public.network_counting is
  'Fed by the same trigger as network_stats_rollup; counting is as in network_stats. Periods that were counted differently cannot be compared.';


-- ── otonari_private: what policies, views and functions need, and the REST API does not show ─────────────

create schema if not exists otonari_private;
revoke all on schema otonari_private from public, anon, authenticated, service_role;
grant usage on schema otonari_private to authenticated, service_role;

create or replace function otonari_private.is_dashboard_admin() returns boolean
language sql stable security definer set search_path = ''
as $$ select exists (select from public.dashboard_admins as admin where admin.user_id = (select auth.uid())) $$;
comment on function otonari_private.is_dashboard_admin() is 'Whether the reader may read what others said.';

create or replace function otonari_private.hidden_until() returns timestamptz
language sql stable security definer set search_path = ''
as $$ select case when otonari_private.is_dashboard_admin() then '-infinity' else 'infinity' end::timestamptz $$;
comment on function otonari_private.hidden_until() is 'The reader is shown rows from after this: all of them, or none.';

-- Dates from before the first Discord server, or from after all of us, are none of a sample.
create or replace function otonari_private.clamped(p_at timestamptz) returns timestamptz
language sql immutable security invoker set search_path = ''
as $$
  select case when p_at is not null then
    least(greatest(p_at, timestamptz '2015-01-01 00:00:00+00'), timestamptz '2100-01-01 00:00:00+00')
  end
$$;
comment on function otonari_private.clamped(timestamptz) is 'The nearest time from 2015 to 2100; null stays null.';

create or replace function otonari_private.clamped(p_rows integer, p_default integer, p_most integer) returns integer
language sql immutable security invoker set search_path = ''
as $$ select least(greatest(coalesce(p_rows, p_default), 0), p_most) $$;
comment on function otonari_private.clamped(integer, integer, integer) is 'A number of rows from 0 to p_most.';


-- ── The tables in one list: who reads them, and what Realtime publishes ──────────────────────────────────

-- Row level security hides rows from the answer, not from the planner: "Prefer: count=planned" shows its estimate,
-- and time tells what an index has found. So a stranger's condition on time is one that every index by person or
-- server ends with, and finds nothing; and the other is one that the planner takes for hardly ever true, ten times
-- over (an ALL over an array of unknown length), so that its estimate is always a single row, whatever is asked.
create or replace function public.telemetry_tables()
returns table (table_name text, read_policy text, read_condition text, is_published boolean)
language sql immutable security invoker set search_path = ''
as $$
  with reader (policy, condition) as (
    values
      ('Allow authenticated read access', 'true'),
      ('Allow dashboard admins read access',
       '%I > (select otonari_private.hidden_until()) and true = all (array(select otonari_private.is_dashboard_admin()))'),
      ('Allow members to read their own row', 'user_id = (select auth.uid())')
  ),
  listed (name, policy, time_column, is_published) as (
    values
      ('system_stats',               'Allow authenticated read access',     null,           true),
      ('conversation_logs',          'Allow dashboard admins read access',  'timestamp',    true),
      ('music_logs',                 'Allow dashboard admins read access',  'timestamp',    true),
      ('network_stats',              'Allow authenticated read access',     null,           true),
      ('bot_logs',                   'Allow dashboard admins read access',  'timestamp',    true),
      ('gemini_usage',               'Allow dashboard admins read access',  'timestamp',    true),
      ('discord_names',              'Allow dashboard admins read access',  'timestamp',    true),
      ('privacy_optouts',            'Allow dashboard admins read access',  'opted_out_at', false),
      ('privacy_erasures',           'Allow dashboard admins read access',  'asked_at',     false),
      ('network_stats_rollup',       'Allow authenticated read access',     null,           false),
      ('network_stats_rollup_daily', 'Allow authenticated read access',     null,           false),
      ('network_counting',           'Allow authenticated read access',     null,           false),
      ('dashboard_admins',           'Allow members to read their own row', null,           false)
  )
  select listed.name, listed.policy, format(reader.condition, listed.time_column), listed.is_published
  from listed join reader on reader.policy = listed.policy
$$;
comment on function public.telemetry_tables() is
  'Every table of this file, the policy by which people who have signed in read it, and whether Realtime publishes it.';


-- ── Grants, row level security and policies of every table ───────────────────────────────────────────────

-- Without a grant Supabase shows a table to nobody, not even to service_role. Policies are made again each
-- time, those of earlier versions dropped: the first sketch showed conversations to everybody who signs up.
do $$
declare
  listed   record;
  obsolete text;
begin
  for listed in select * from public.telemetry_tables() loop
    execute format('revoke all on table public.%I from public, anon, authenticated, service_role', listed.table_name);
    execute format('grant select on table public.%I to authenticated', listed.table_name);
    execute format('grant select, insert, update, delete on table public.%I to service_role', listed.table_name);
    execute format('alter table public.%I enable row level security', listed.table_name);

    foreach obsolete in array array[
      'Allow authenticated read access', 'Allow dashboard admins read access',
      'Allow members to read their own row', 'Allow service role full access'
    ] loop
      execute format('drop policy if exists %I on public.%I', obsolete, listed.table_name);
    end loop;
    execute format(
      'create policy %I on public.%I for select to authenticated using (%s)',
      listed.read_policy, listed.table_name, listed.read_condition
    );
    execute format(
      'create policy "Allow service role full access" on public.%I for all to service_role using (true)',
      listed.table_name
    );
  end loop;
end
$$;


-- ── The trigger that honours opt-outs and erasures, whichever bot sends, and however late ────────────────

-- A bot that has not heard of a request yet, or that was away meanwhile, may still send what it recorded.
-- Conversations are passed over, as a duplicate would be; token counts and plays come in without a name, as
-- erase_personal_data leaves them. Who only opted out keeps their plays, which the server's charts show.
create or replace function public.enforce_privacy() returns trigger
language plpgsql security invoker set search_path = ''
as $$
begin
  new.timestamp := coalesce(new.timestamp, now());
  if tg_table_name = 'music_logs' then
    if exists (
      select from public.privacy_erasures as erasure
      where erasure.user_id = new.requested_by_id and erasure.erased_before >= new.timestamp
    ) then
      new.requested_by := '-';
      new.requested_by_id := '0';
    end if;
    return new;
  end if;

  if exists (
    select from public.privacy_erasures as erasure
    where erasure.user_id = new.user_id and erasure.erased_before >= new.timestamp
  ) or exists (
    select from public.privacy_optouts as optout
    where optout.user_id = new.user_id and optout.opted_out_at <= new.timestamp
  ) then
    if tg_table_name = 'conversation_logs' then
      return null;
    end if;
    new.user_id := '0';
  end if;
  return new;
end
$$;

-- A row without a time is shown to nobody: see the policies.
update public.conversation_logs set timestamp = coalesce(created_at, now()) where timestamp is null;
update public.music_logs set timestamp = coalesce(created_at, now()) where timestamp is null;

create or replace trigger privacy_before_insert before insert on public.conversation_logs
  for each row execute function public.enforce_privacy();
create or replace trigger privacy_before_insert before insert on public.gemini_usage
  for each row execute function public.enforce_privacy();
create or replace trigger privacy_before_insert before insert on public.music_logs
  for each row execute function public.enforce_privacy();
drop function if exists public.keep_privacy_wishes(); -- its name in version 3


-- ── The trigger that keeps one name for each server and channel ──────────────────────────────────────────

-- A name that is known already only says that the place still exists, and so does an old name that comes late;
-- both are passed over, as a duplicate would be. A new one takes the old row's place, so that Realtime tells of it.
create or replace function public.keep_newest_name() returns trigger
language plpgsql security invoker set search_path = ''
as $$
begin
  delete from public.discord_names as known
  where known.discord_id = new.discord_id and known.timestamp <= new.timestamp
    and (known.name, known.kind) is distinct from (new.name, new.kind);
  update public.discord_names as known set timestamp = greatest(known.timestamp, new.timestamp)
  where known.discord_id = new.discord_id;
  return case when found then null else new end;
end
$$;

create or replace trigger discord_names_before_insert before insert on public.discord_names
  for each row execute function public.keep_newest_name();


-- ── The trigger that feeds both rollups ──────────────────────────────────────────────────────────────────

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

  insert into public.network_counting
  select distinct bot_id, boot_id, counting from inserted order by 1, 2, 3
  on conflict do nothing;

  return null;
end
$$;

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
      select bot_id, boot_id, sequence, interval_seconds, bytes_sent, bytes_recv, bytes_total, recorded_at, counting
      from public.network_stats with no data;
    create trigger network_stats_rollup_after_insert
      after insert on network_stats_uncounted
      referencing new table as inserted
      for each statement execute function public.add_to_network_stats_rollup();
    insert into network_stats_uncounted
      select bot_id, boot_id, sequence, interval_seconds, bytes_sent, bytes_recv, bytes_total, recorded_at, counting
      from public.network_stats;

    create trigger network_stats_rollup_after_insert
      after insert on public.network_stats
      referencing new table as inserted
      for each statement execute function public.add_to_network_stats_rollup();
  end if;
end
$$;

-- The trigger of an older version of this file did not write it.
insert into public.network_counting
select distinct bot_id, boot_id, counting from public.network_stats where counting <> 'all'
on conflict do nothing;


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
  since        constant timestamptz := coalesce(otonari_private.clamped(p_from), '-infinity');
  until        constant timestamptz := coalesce(otonari_private.clamped(p_to), 'infinity');
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


-- ── Impossible samples: found, and taken out of the rows and of every total ────────────────────────────────

-- The part of a quarter of an hour whose rows clean-up has deleted, where it cannot be true as a whole.
create or replace function public.network_outliers_without_rows(p_bytes_per_second double precision)
returns table (
  id uuid, bucket_start timestamptz, bot_id text, boot_id uuid,
  bytes_sent bigint, bytes_recv bigint, bytes_total bigint, samples bigint, seconds_covered double precision
)
language sql stable security invoker set search_path = ''
as $$
  select
    md5(concat_ws(' ', extract(epoch from rollup.bucket_start), rollup.bot_id, rollup.boot_id))::uuid,
    rollup.bucket_start, rollup.bot_id, rollup.boot_id,
    rollup.bytes_sent - rest.bytes_sent, rollup.bytes_recv - rest.bytes_recv,
    rollup.bytes_total - rest.bytes_total, rollup.samples - rest.samples,
    rollup.seconds_covered - rest.seconds_covered
  from public.network_stats_rollup as rollup cross join lateral (
    select
      coalesce(sum(raw.bytes_sent), 0)::bigint as bytes_sent, coalesce(sum(raw.bytes_recv), 0)::bigint as bytes_recv,
      coalesce(sum(raw.bytes_total), 0)::bigint as bytes_total, count(*) as samples,
      coalesce(sum(raw.interval_seconds::double precision), 0) as seconds_covered
    from public.network_stats as raw
    where raw.bot_id = rollup.bot_id and raw.boot_id = rollup.boot_id
      and raw.recorded_at >= rollup.bucket_start and raw.recorded_at < rollup.bucket_start + interval '15 minutes'
  ) as rest
  where (
    least(rollup.bytes_sent, rollup.bytes_recv) < 0
    or greatest(rollup.bytes_sent, rollup.bytes_recv) > p_bytes_per_second * greatest(rollup.seconds_covered, 1)
  ) and rollup.samples > rest.samples and (
    least(rollup.bytes_sent - rest.bytes_sent, rollup.bytes_recv - rest.bytes_recv) < 0
    or greatest(rollup.bytes_sent - rest.bytes_sent, rollup.bytes_recv - rest.bytes_recv)
      > p_bytes_per_second * greatest(rollup.seconds_covered - rest.seconds_covered, 1)
  )
$$;
comment on function public.network_outliers_without_rows(double precision) is
  'Parts of network_stats_rollup whose rows are gone, that are negative or faster than p_bytes_per_second in one direction.';

-- The default is 10 Gbit/s in one direction. The sketch wrote negative figures after a reboot of the host.
create or replace function public.network_outliers(p_bytes_per_second double precision default 1250000000)
returns table (
  id uuid, bot_id text, recorded_at timestamptz, seconds_covered double precision, samples bigint,
  bytes_sent bigint, bytes_recv bigint
)
language sql stable security invoker set search_path = ''
as $$
  select raw.id, raw.bot_id, raw.recorded_at, raw.interval_seconds::double precision, 1::bigint, raw.bytes_sent, raw.bytes_recv
  from public.network_stats as raw
  where least(raw.bytes_sent, raw.bytes_recv) < 0
    or greatest(raw.bytes_sent, raw.bytes_recv) > p_bytes_per_second * greatest(raw.interval_seconds, 1)
  union all
  select part.id, part.bot_id, part.bucket_start, part.seconds_covered, part.samples, part.bytes_sent, part.bytes_recv
  from public.network_outliers_without_rows(p_bytes_per_second) as part
  order by 3, 1
$$;
comment on function public.network_outliers(double precision) is
  'Samples that are negative, or faster than p_bytes_per_second in one direction; oldest first. Where their rows are gone, all of a quarter of an hour.';

-- A sample is subtracted alone. Of a quarter of an hour whose rows are gone, nobody knows which was the
-- impossible one: what is left of it goes as a whole. A day is the sum of its quarters.
create or replace function public.remove_network_outliers(p_ids uuid[]) returns bigint
language plpgsql volatile security invoker set search_path = ''
as $$
declare
  origin  constant timestamptz := '1970-01-01 00:00:00+00';
  quarter constant interval := '15 minutes';
  day     constant interval := '1 day';
  part    record;
  count   bigint := 0;
begin
  -- What is being inserted right now is counted first, and everything else after this.
  lock table public.network_stats in share row exclusive mode;

  for part in
    with removed as (
      delete from public.network_stats as raw where raw.id = any (p_ids) returning raw.*
    ),
    chosen as (
      select
        date_bin(quarter, removed.recorded_at, origin) as bucket_start, removed.bot_id, removed.boot_id,
        removed.bytes_sent, removed.bytes_recv, removed.bytes_total, 1 as samples,
        removed.interval_seconds::double precision as seconds_covered
      from removed
      union all
      select
        lost.bucket_start, lost.bot_id, lost.boot_id, lost.bytes_sent, lost.bytes_recv, lost.bytes_total,
        lost.samples, lost.seconds_covered
      from public.network_outliers_without_rows(-1) as lost where lost.id = any (p_ids)
    )
    select
      chosen.bucket_start, chosen.bot_id, chosen.boot_id, sum(chosen.bytes_sent) as bytes_sent,
      sum(chosen.bytes_recv) as bytes_recv, sum(chosen.bytes_total) as bytes_total,
      sum(chosen.samples) as samples, sum(chosen.seconds_covered) as seconds_covered
    from chosen group by 1, 2, 3 order by 1, 2, 3
  loop
    count := count + part.samples;

    update public.network_stats_rollup as rollup set
      bytes_sent      = rollup.bytes_sent - part.bytes_sent,
      bytes_recv      = rollup.bytes_recv - part.bytes_recv,
      bytes_total     = rollup.bytes_total - part.bytes_total,
      samples         = rollup.samples - part.samples,
      seconds_covered = rollup.seconds_covered - part.seconds_covered
    where rollup.bucket_start = part.bucket_start and rollup.bot_id = part.bot_id and rollup.boot_id = part.boot_id;

    update public.network_stats_rollup as rollup set
      seconds_covered = rest.seconds_covered,
      first_sample_at = rest.first_sample_at,
      last_sample_at  = rest.last_sample_at,
      sequence_min    = rest.sequence_min,
      sequence_max    = rest.sequence_max
    from (
      select
        count(*) as samples, sum(raw.interval_seconds::double precision) as seconds_covered,
        min(raw.recorded_at) as first_sample_at, max(raw.recorded_at) as last_sample_at,
        min(raw.sequence) as sequence_min, max(raw.sequence) as sequence_max
      from public.network_stats as raw
      where raw.bot_id = part.bot_id and raw.boot_id = part.boot_id
        and raw.recorded_at >= part.bucket_start and raw.recorded_at < part.bucket_start + quarter
    ) as rest
    where rollup.bucket_start = part.bucket_start and rollup.bot_id = part.bot_id and rollup.boot_id = part.boot_id
      and rest.samples = rollup.samples and rest.samples > 0;

    delete from public.network_stats_rollup as rollup
    where rollup.bucket_start = part.bucket_start and rollup.bot_id = part.bot_id and rollup.boot_id = part.boot_id
      and rollup.samples = 0;

    update public.network_stats_rollup_daily as rollup set
      bytes_sent      = coalesce(rest.bytes_sent, 0),
      bytes_recv      = coalesce(rest.bytes_recv, 0),
      bytes_total     = coalesce(rest.bytes_total, 0),
      samples         = rest.samples,
      seconds_covered = coalesce(rest.seconds_covered, 0),
      first_sample_at = coalesce(rest.first_sample_at, rollup.first_sample_at),
      last_sample_at  = coalesce(rest.last_sample_at, rollup.last_sample_at),
      sequence_min    = rest.sequence_min,
      sequence_max    = rest.sequence_max
    from (
      select
        sum(whole.bytes_sent) as bytes_sent, sum(whole.bytes_recv) as bytes_recv,
        sum(whole.bytes_total) as bytes_total, coalesce(sum(whole.samples), 0) as samples,
        sum(whole.seconds_covered) as seconds_covered,
        min(whole.first_sample_at) as first_sample_at, max(whole.last_sample_at) as last_sample_at,
        min(whole.sequence_min) as sequence_min, max(whole.sequence_max) as sequence_max
      from public.network_stats_rollup as whole
      where whole.bot_id = part.bot_id and whole.boot_id = part.boot_id
        and whole.bucket_start >= date_bin(day, part.bucket_start, origin)
        and whole.bucket_start < date_bin(day, part.bucket_start, origin) + day
    ) as rest
    where rollup.bucket_start = date_bin(day, part.bucket_start, origin)
      and rollup.bot_id = part.bot_id and rollup.boot_id = part.boot_id;

    delete from public.network_stats_rollup_daily as rollup
    where rollup.bucket_start = date_bin(day, part.bucket_start, origin)
      and rollup.bot_id = part.bot_id and rollup.boot_id = part.boot_id and rollup.samples = 0;
  end loop;
  return count;
end
$$;
comment on function public.remove_network_outliers(uuid[]) is
  'Deletes samples of network_stats and takes them out of both rollups; says how many.';


-- ── What was played, not for whom: for whoever has signed in ─────────────────────────────────────────────

-- Only admins read music_logs; these read it with its owner's rights, and have no column for a person.
create or replace function otonari_private.song_ranking(
  p_from timestamptz, p_bot_id text, p_guild_id text, p_limit integer
) returns table (song_title text, play_count bigint, last_played_at timestamptz)
language sql stable security definer set search_path = ''
as $$
  select play.song_title, count(*), max(play.timestamp)
  from public.music_logs as play
  where (p_from is null or play.timestamp >= p_from)
    and (p_bot_id is null or play.bot_id = p_bot_id) and (p_guild_id is null or play.guild_id = p_guild_id)
  group by play.song_title order by 2 desc, 3 desc limit p_limit
$$;

create or replace function otonari_private.guild_ranking(p_from timestamptz, p_bot_id text, p_limit integer)
returns table (guild_id text, play_count bigint)
language sql stable security definer set search_path = ''
as $$
  select play.guild_id, count(*)
  from public.music_logs as play
  where (p_from is null or play.timestamp >= p_from) and (p_bot_id is null or play.bot_id = p_bot_id)
  group by play.guild_id order by 2 desc, 1 limit p_limit
$$;

create or replace function otonari_private.play_count(p_from timestamptz, p_to timestamptz, p_bot_id text)
returns bigint
language sql stable security definer set search_path = ''
as $$
  select count(*) from public.music_logs as play
  where play.timestamp >= p_from and play.timestamp < p_to and (p_bot_id is null or play.bot_id = p_bot_id)
$$;

create or replace function otonari_private.play_history(
  p_from timestamptz, p_bot_id text, p_guild_id text, p_before timestamptz, p_before_id uuid, p_limit integer
) returns table (id uuid, bot_id text, guild_id text, song_title text, "timestamp" timestamptz)
language sql stable security definer set search_path = ''
as $$
  select play.id, play.bot_id, play.guild_id, play.song_title, play.timestamp
  from public.music_logs as play
  where (p_from is null or play.timestamp >= p_from)
    and (p_bot_id is null or play.bot_id = p_bot_id) and (p_guild_id is null or play.guild_id = p_guild_id)
    and (p_before is null or (play.timestamp, play.id) < (p_before, p_before_id))
  order by play.timestamp desc, play.id desc limit p_limit
$$;


-- ── Analysis: what the REST API cannot express, as views with the reader's rights ──────────────────────

create or replace view public.popular_songs with (security_invoker = true) as
select song_title, play_count as count
from otonari_private.song_ranking(null, null, null, 10000);
comment on view public.popular_songs is 'How often each song was played.';

create or replace view public.plays_per_guild_30d with (security_invoker = true) as
select guild_id, play_count
from otonari_private.guild_ranking(now() - interval '30 days', null, 10000);
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


-- ── The dashboard: figures that stay small, however long the period ────────────────────────────────────

-- The width of a graph's buckets: the smallest of the usual ones with which the period has at most p_points
-- (and one less, because a period rarely begins where a bucket does).
create or replace function public.graph_step(p_from timestamptz, p_to timestamptz, p_points integer default 500)
returns interval
language sql immutable security invoker set search_path = ''
as $$
  with period as (
    select
      greatest(extract(epoch from otonari_private.clamped(p_to) - otonari_private.clamped(p_from)), 0) as seconds,
      greatest(otonari_private.clamped(p_points, 500, 500), 2) - 1 as buckets
  )
  select make_interval(secs => (coalesce(
    (select min(step) from unnest(array[10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400])
       as step where step * buckets >= seconds),
    86400 * ceil(seconds / buckets / 86400)
  ))::double precision)
  from period
$$;
comment on function public.graph_step(timestamptz, timestamptz, integer) is
  'How much time a point of a graph stands for, so that it has at most p_points (never more than 500).';

create or replace function public.system_points(
  p_from   timestamptz default now() - interval '1 hour',
  p_to     timestamptz default now(),
  p_bot_id text default null,
  p_points integer default 500
) returns table (
  at            timestamptz,
  cpu_usage     double precision,
  ram_usage     double precision,
  memory_rss    double precision,
  ping_gateway  double precision,
  ping_lavalink double precision,
  server_count  integer,
  samples       bigint
)
language sql stable security invoker set search_path = ''
as $$
  with graph as (select public.graph_step(p_from, p_to, p_points) as step)
  select
    date_bin(graph.step, stats.timestamp, '1970-01-01 00:00:00+00'),
    avg(stats.cpu_usage), avg(stats.ram_usage), avg(stats.memory_rss),
    avg(stats.ping_gateway), avg(stats.ping_lavalink), max(stats.server_count), count(*)
  from public.system_stats as stats cross join graph
  where stats.timestamp >= otonari_private.clamped(p_from) and stats.timestamp < otonari_private.clamped(p_to)
    and (p_bot_id is null or stats.bot_id = p_bot_id)
  group by 1 order by 1
$$;
comment on function public.system_points(timestamptz, timestamptz, text, integer) is
  'At most 500 averages of system_stats; a bucket without a sample has no row. at is where the bucket begins.';

-- Buckets of a quarter of an hour and more come from the rollup, so a year is as fast as a day.
-- Bots run at the same time: their bytes add up, the time that they cover does not.
create or replace function public.network_points(
  p_from   timestamptz default null,
  p_to     timestamptz default now(),
  p_bot_id text default null,
  p_points integer default 500
) returns table (
  at              timestamptz,
  bytes_sent      bigint,
  bytes_recv      bigint,
  seconds_covered double precision,
  samples         bigint
)
language plpgsql stable security invoker set search_path = ''
as $$
#variable_conflict use_column
declare
  origin constant timestamptz := '1970-01-01 00:00:00+00';
  until  constant timestamptz := coalesce(otonari_private.clamped(p_to), now());
  since  constant timestamptz := coalesce(
    otonari_private.clamped(p_from), (select min(bucket_start) from public.network_stats_rollup_daily), until
  );
  step   constant interval := public.graph_step(since, until, p_points);
begin
  if step < interval '15 minutes' then
    return query
    select bot.at, sum(bot.sent)::bigint, sum(bot.recv)::bigint, max(bot.seconds), sum(bot.samples)::bigint
    from (
      select
        date_bin(step, raw.recorded_at, origin) as at, sum(raw.bytes_sent) as sent, sum(raw.bytes_recv) as recv,
        sum(raw.interval_seconds::double precision) as seconds, count(*) as samples
      from public.network_stats as raw
      where raw.recorded_at >= since and raw.recorded_at < until and (p_bot_id is null or raw.bot_id = p_bot_id)
      group by 1, raw.bot_id
    ) as bot
    group by 1 order by 1;
  else
    return query
    select bot.at, sum(bot.sent)::bigint, sum(bot.recv)::bigint, max(bot.seconds), sum(bot.samples)::bigint
    from (
      select
        date_bin(step, rollup.bucket_start, origin) as at, sum(rollup.bytes_sent) as sent,
        sum(rollup.bytes_recv) as recv, sum(rollup.seconds_covered) as seconds, sum(rollup.samples) as samples
      from public.network_stats_rollup as rollup
      where rollup.bucket_start >= date_bin('15 minutes', since, origin) and rollup.bucket_start < until
        and (p_bot_id is null or rollup.bot_id = p_bot_id)
      group by 1, rollup.bot_id
    ) as bot
    group by 1 order by 1;
  end if;
end
$$;
comment on function public.network_points(timestamptz, timestamptz, text, integer) is
  'At most 500 sums of traffic; bytes divided by seconds_covered is the rate. Whole quarters of an hour in long periods.';

-- A quarter of an hour that is covered from its first sample to its last is one stretch of the rollup; single
-- rows are read only where a quarter is not. A gap is what lies between two stretches, and may still go on.
create or replace function otonari_private.network_gaps(
  p_from timestamptz, p_to timestamptz, p_bot_id text, p_longer interval
) returns table (bot_id text, gap_from timestamptz, gap_to timestamptz)
language sql stable security invoker set search_path = ''
as $$
  with start as (
    select rollup.bot_id, max(rollup.bucket_start) as bucket_start
    from public.network_stats_rollup as rollup
    where rollup.bucket_start <= p_from - interval '15 minutes' and (p_bot_id is null or rollup.bot_id = p_bot_id)
    group by rollup.bot_id
  ),
  quarter as (
    select
      rollup.*,
      rollup.last_sample_at - rollup.first_sample_at
        <= make_interval(secs => rollup.seconds_covered) + p_longer / 2 as is_whole
    from public.network_stats_rollup as rollup left join start on start.bot_id = rollup.bot_id
    where (rollup.bucket_start > p_from - interval '15 minutes' or rollup.bucket_start = start.bucket_start)
      and rollup.bucket_start < p_to and (p_bot_id is null or rollup.bot_id = p_bot_id)
  ),
  stretch as (
    select
      quarter.bot_id,
      least(quarter.first_sample_at, quarter.last_sample_at - make_interval(secs => quarter.seconds_covered)) as since,
      quarter.last_sample_at as until
    from quarter where quarter.is_whole
    union all
    select raw.bot_id, raw.recorded_at - make_interval(secs => raw.interval_seconds), raw.recorded_at
    from quarter join public.network_stats as raw
      on raw.bot_id = quarter.bot_id and raw.boot_id = quarter.boot_id
      and raw.recorded_at >= quarter.bucket_start and raw.recorded_at < quarter.bucket_start + interval '15 minutes'
    where not quarter.is_whole
  ),
  pause as (
    select
      stretch.bot_id, stretch.since as until,
      max(stretch.until) over (
        partition by stretch.bot_id order by stretch.since rows between unbounded preceding and 1 preceding
      ) as since
    from stretch
    union all
    select stretch.bot_id, p_to, max(stretch.until) from stretch group by stretch.bot_id
  )
  select pause.bot_id, pause.since, least(pause.until, p_to)
  from pause
  where least(pause.until, p_to) - pause.since > p_longer and pause.until > p_from
$$;
comment on function otonari_private.network_gaps(timestamptz, timestamptz, text, interval) is
  'Every gap of a period, for figures; p_longer is at least 30 seconds.';

create or replace function public.network_gaps(
  p_from   timestamptz default now() - interval '1 day',
  p_to     timestamptz default now(),
  p_bot_id text default null,
  p_longer interval default interval '30 seconds'
) returns table (bot_id text, gap_from timestamptz, gap_to timestamptz)
language sql stable security invoker set search_path = ''
as $$
  select newest.* from (
    select gap.*
    from otonari_private.network_gaps(
      otonari_private.clamped(p_from), otonari_private.clamped(p_to), p_bot_id,
      greatest(p_longer, interval '30 seconds')
    ) as gap
    order by gap.gap_from desc, gap.bot_id desc limit 10000
  ) as newest
  order by newest.gap_from, newest.bot_id
$$;
comment on function public.network_gaps(timestamptz, timestamptz, text, interval) is
  'When a bot sent no sample for longer than p_longer, which is at least 30 seconds; the newest 10,000.';

-- A step from one bot to the next over the index, instead of reading a week of rows.
create or replace function public.latest_system_stats()
returns setof public.system_stats
language sql stable security invoker set search_path = ''
as $$
  with recursive bot as (
    (select stats.bot_id from public.system_stats as stats order by stats.bot_id limit 1)
    union all
    select (select min(stats.bot_id) from public.system_stats as stats where stats.bot_id > bot.bot_id)
    from bot where bot.bot_id is not null
  )
  select latest.* from bot cross join lateral (
    select stats.* from public.system_stats as stats
    where stats.bot_id = bot.bot_id order by stats.timestamp desc limit 1
  ) as latest
$$;
comment on function public.latest_system_stats() is 'The last sample of every bot of the last seven days.';

create or replace function public.activity(
  p_from timestamptz default now() - interval '1 day', p_to timestamptz default now(), p_bot_id text default null
) returns table (plays bigint, conversations bigint, prompt_tokens bigint, response_tokens bigint)
language sql stable security invoker set search_path = ''
as $$
  select
    otonari_private.play_count(p_from, p_to, p_bot_id),
    (select count(*) from public.conversation_logs as talk
     where talk.timestamp >= p_from and talk.timestamp < p_to and (p_bot_id is null or talk.bot_id = p_bot_id)),
    coalesce(sum(usage.prompt_tokens), 0)::bigint,
    coalesce(sum(usage.total_tokens - usage.prompt_tokens), 0)::bigint
  from public.gemini_usage as usage
  where usage.timestamp >= p_from and usage.timestamp < p_to and (p_bot_id is null or usage.bot_id = p_bot_id)
$$;
comment on function public.activity(timestamptz, timestamptz, text) is
  'What was done in a period, as far as the reader may know: conversations and tokens are 0 for all but dashboard admins.';

create or replace function public.top_songs(
  p_from timestamptz default null, p_bot_id text default null, p_guild_id text default null, p_limit integer default 10
) returns table (song_title text, play_count bigint, last_played_at timestamptz)
language sql stable security invoker set search_path = ''
as $$
  select ranked.*
  from otonari_private.song_ranking(
    p_from, p_bot_id, p_guild_id, otonari_private.clamped(p_limit, 10, 1000)
  ) as ranked
$$;
comment on function public.top_songs(timestamptz, text, text, integer) is 'The songs played most since p_from.';

create or replace function public.top_listeners(
  p_from timestamptz default null, p_bot_id text default null, p_guild_id text default null, p_limit integer default 10
) returns table (requested_by_id text, requested_by text, play_count bigint)
language sql stable security invoker set search_path = ''
as $$
  select play.requested_by_id, (array_agg(play.requested_by order by play.timestamp desc))[1], count(*)
  from public.music_logs as play
  where (p_from is null or play.timestamp >= p_from)
    and (p_bot_id is null or play.bot_id = p_bot_id) and (p_guild_id is null or play.guild_id = p_guild_id)
  group by play.requested_by_id order by 3 desc, max(play.timestamp) desc
  limit otonari_private.clamped(p_limit, 10, 1000)
$$;
comment on function public.top_listeners(timestamptz, text, text, integer) is
  'Who asked for most songs since p_from, with the name last used; empty for all but dashboard admins.';

create or replace function public.top_guilds(
  p_from timestamptz default null, p_bot_id text default null, p_limit integer default 100
) returns table (guild_id text, play_count bigint)
language sql stable security invoker set search_path = ''
as $$
  select ranked.*
  from otonari_private.guild_ranking(p_from, p_bot_id, otonari_private.clamped(p_limit, 100, 1000)) as ranked
$$;
comment on function public.top_guilds(timestamptz, text, integer) is 'The servers that played most since p_from.';

create or replace function public.play_history(
  p_from      timestamptz default null,
  p_bot_id    text default null,
  p_guild_id  text default null,
  p_before    timestamptz default null,
  p_before_id uuid default null,
  p_limit     integer default 50
) returns table (id uuid, bot_id text, guild_id text, song_title text, "timestamp" timestamptz)
language sql stable security invoker set search_path = ''
as $$
  select play.*
  from otonari_private.play_history(
    p_from, p_bot_id, p_guild_id, p_before, p_before_id, otonari_private.clamped(p_limit, 50, 1000)
  ) as play
$$;
comment on function public.play_history(timestamptz, text, text, timestamptz, uuid, integer) is
  'What was played since p_from, newest first; the next page begins before the last row''s time and id.';

-- Its form before version 5; two of one name could not be told apart.
drop function if exists public.search_conversations(text, text, text, timestamptz, uuid, integer);

-- strpos, not LIKE: whoever searches for 100% means the percent sign.
create or replace function public.search_conversations(
  p_words     text default '',
  p_user_id   text default null,
  p_bot_id    text default null,
  p_before    timestamptz default null,
  p_before_id uuid default null,
  p_limit     integer default 50,
  p_guild_id  text default null,
  p_from      timestamptz default null,
  p_to        timestamptz default null
) returns setof public.conversation_logs
language sql stable security invoker set search_path = ''
as $$
  select talk.* from public.conversation_logs as talk
  where (p_user_id is null or talk.user_id = p_user_id) and (p_bot_id is null or talk.bot_id = p_bot_id)
    and (p_guild_id is null or coalesce(talk.guild_id, '@me') = p_guild_id)
    and (p_from is null or talk.timestamp >= p_from) and (p_to is null or talk.timestamp < p_to)
    and (p_before is null or (talk.timestamp, talk.id) < (p_before, p_before_id))
    and (
      coalesce(p_words, '') = ''
      or strpos(lower(talk.prompt), lower(p_words)) > 0
      or strpos(lower(talk.response), lower(p_words)) > 0
      or strpos(lower(talk.user_name), lower(p_words)) > 0
    )
  order by talk.timestamp desc, talk.id desc limit otonari_private.clamped(p_limit, 50, 1000)
$$;
comment on function public.search_conversations(text, text, text, timestamptz, uuid, integer, text, timestamptz, timestamptz) is
  'Conversations with p_words in question, answer or name, newest first; the next page begins before the last row''s time and id. Direct messages are of p_guild_id @me.';

create or replace function public.conversation_guilds(p_bot_id text default null)
returns table (guild_id text, conversation_count bigint)
language sql stable security invoker set search_path = ''
as $$
  select coalesce(talk.guild_id, '@me'), count(*)
  from public.conversation_logs as talk
  where p_bot_id is null or talk.bot_id = p_bot_id
  group by 1 order by 2 desc, 1 limit 1000
$$;
comment on function public.conversation_guilds(text) is
  'Where people talked with the bot, most first; @me stands for direct messages.';

-- Whoever reads has a clock of their own, and it may be wrong.
create or replace function public.database_time() returns timestamptz
language sql volatile security invoker set search_path = ''
as $$ select pg_catalog.clock_timestamp() $$;
comment on function public.database_time() is 'What the database''s clock shows, by which created_at is set.';


-- ── /netstats: who reports, how much was recorded, and everything that a picture of a period needs ─────

create or replace function public.network_bots()
returns table (bot_id text, first_sample_at timestamptz, last_sample_at timestamptz)
language sql stable security invoker set search_path = ''
as $$
  select rollup.bot_id, min(rollup.first_sample_at), max(rollup.last_sample_at)
  from public.network_stats_rollup_daily as rollup
  group by rollup.bot_id order by rollup.bot_id
$$;
comment on function public.network_bots() is 'Every bot that ever sent a network sample.';

-- What is expected of a bot is the whole period from its first sample ever on, so that time without a process
-- lowers the coverage, also where two processes of one bot cover other seconds twice. What the next sample will
-- cover is not missing yet.
create or replace function public.network_coverage(
  p_from   timestamptz default null,
  p_to     timestamptz default null,
  p_bot_id text default null
) returns table (seconds_covered double precision, seconds_expected double precision, countings text[])
language sql stable security invoker set search_path = ''
as $$
  with known as (
    select
      bot.bot_id, bot.last_sample_at,
      greatest(otonari_private.clamped(p_from), bot.first_sample_at - interval '10 seconds') as since,
      least(otonari_private.clamped(p_to), now()) as until
    from public.network_bots() as bot where p_bot_id is null or bot.bot_id = p_bot_id
  ),
  expected as (
    select known.bot_id, known.since, known.until, greatest(0, extract(epoch from
      case
        when known.until - known.last_sample_at between interval '0' and interval '30 seconds'
        then known.last_sample_at else known.until
      end - known.since
    ))::double precision as seconds
    from known
  )
  select
    coalesce(sum(greatest(0, least(total.seconds_covered, expected.seconds - missing.seconds))), 0),
    coalesce(sum(expected.seconds), 0),
    (
      select coalesce(array_agg(distinct coalesce(boot.counting, 'all')), '{}')
      from public.network_stats_rollup_daily as day
        left join public.network_counting as boot on boot.bot_id = day.bot_id and boot.boot_id = day.boot_id
      where (p_bot_id is null or day.bot_id = p_bot_id)
        and (p_from is null or day.last_sample_at >= p_from) and (p_to is null or day.first_sample_at < p_to)
    )
  from expected
    cross join lateral public.network_totals(p_from, p_to, expected.bot_id) as total
    cross join lateral (
      select coalesce(sum(extract(epoch from gap.gap_to - greatest(gap.gap_from, expected.since))), 0)::double precision
        as seconds
      from otonari_private.network_gaps(expected.since, expected.until, expected.bot_id, interval '30 seconds') as gap
    ) as missing
$$;
comment on function public.network_coverage(timestamptz, timestamptz, text) is
  'Seconds that samples cover, of those from a bot''s first sample ever on, added up over the bots; and every way in which they were counted. One row, always.';

-- Rates are taken bot by bot and then added: a second that two bots cover is one second of traffic.
create or replace function public.network_report(
  p_from   timestamptz default null,
  p_to     timestamptz default now(),
  p_bot_id text default null,
  p_points integer default 240,
  p_gaps   integer default 3
) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  with bot as (
    select * from public.network_bots() as known where p_bot_id is null or known.bot_id = p_bot_id
  ),
  period as (
    select
      coalesce(
        otonari_private.clamped(p_from), (select min(bot.first_sample_at) from bot), otonari_private.clamped(p_to), now()
      ) as since,
      coalesce(otonari_private.clamped(p_to), now()) as until
  ),
  point as (
    select
      found.at,
      sum(found.bytes_sent / greatest(found.seconds_covered, 1)) as sent,
      sum(found.bytes_recv / greatest(found.seconds_covered, 1)) as received
    from period cross join bot
      cross join lateral public.network_points(period.since, period.until, bot.bot_id, p_points) as found
    group by found.at
  ),
  gap as materialized (
    select found.*
    from period cross join lateral otonari_private.network_gaps(
      period.since, period.until, p_bot_id, interval '30 seconds'
    ) as found
  ),
  largest as (
    select * from gap order by gap.gap_to - gap.gap_from desc, gap.gap_from desc
    limit otonari_private.clamped(p_gaps, 3, 100)
  )
  select jsonb_build_object(
    'since', extract(epoch from period.since),
    'until', extract(epoch from period.until),
    'step', extract(epoch from public.graph_step(period.since, period.until, p_points)),
    'points', (
      select coalesce(jsonb_agg(
        jsonb_build_array(extract(epoch from point.at), round(point.sent), round(point.received)) order by point.at
      ), '[]') from point
    ),
    'gap_count', (select count(*) from gap),
    'gap_seconds', (select coalesce(extract(epoch from sum(gap.gap_to - gap.gap_from)), 0) from gap),
    'gaps', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'bot_id', largest.bot_id,
        'from', extract(epoch from largest.gap_from),
        'to', extract(epoch from largest.gap_to)
      ) order by largest.gap_to - largest.gap_from desc, largest.gap_from desc), '[]') from largest
    )
  )
  from period
$$;
comment on function public.network_report(timestamptz, timestamptz, text, integer, integer) is
  'Points [time, bytes sent per second, bytes received per second], each for step seconds, and the largest gaps; times in Unix seconds.';


-- ── Privacy: what is stored about one person, all of it, and its erasure ───────────────────────────────

create or replace function public.personal_data_summary(p_user_id text)
returns table (table_name text, entries bigint, first_at timestamptz, last_at timestamptz)
language sql stable security invoker set search_path = ''
as $$
  select 'conversation_logs', count(*), min(entry.timestamp), max(entry.timestamp)
  from public.conversation_logs as entry where entry.user_id = p_user_id
  union all
  select 'gemini_usage', count(*), min(entry.timestamp), max(entry.timestamp)
  from public.gemini_usage as entry where entry.user_id = p_user_id
  union all
  select 'music_logs', count(*), min(entry.timestamp), max(entry.timestamp)
  from public.music_logs as entry where entry.requested_by_id = p_user_id
$$;
comment on function public.personal_data_summary(text) is 'How many rows are about a person, and since when.';

create or replace function public.personal_data(p_user_id text) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select jsonb_build_object(
    'conversation_logs', (
      select coalesce(jsonb_agg(to_jsonb(entry) order by entry.timestamp), '[]')
      from public.conversation_logs as entry where entry.user_id = p_user_id
    ),
    'gemini_usage', (
      select coalesce(jsonb_agg(to_jsonb(entry) order by entry.timestamp), '[]')
      from public.gemini_usage as entry where entry.user_id = p_user_id
    ),
    'music_logs', (
      select coalesce(jsonb_agg(to_jsonb(entry) order by entry.timestamp), '[]')
      from public.music_logs as entry where entry.requested_by_id = p_user_id
    ),
    'privacy_optouts', (
      select coalesce(jsonb_agg(to_jsonb(entry)), '[]')
      from public.privacy_optouts as entry where entry.user_id = p_user_id
    ),
    'privacy_erasures', (
      select coalesce(jsonb_agg(to_jsonb(entry)), '[]')
      from public.privacy_erasures as entry where entry.user_id = p_user_id
    )
  )
$$;
comment on function public.personal_data(text) is 'Every row about a person, by table.';

-- What somebody said goes. What it cost and which songs were played stays, without a name: the owner's sums
-- and rankings are nobody's personal data. 0 is no Discord id. A row without a time is from before, too.
create or replace function public.erase_personal_data(p_user_id text, p_before timestamptz default now())
returns table (table_name text, changed bigint)
language plpgsql volatile security invoker set search_path = ''
as $$
begin
  insert into public.privacy_erasures as erasure (user_id, erased_before) values (p_user_id, p_before)
  on conflict (user_id) do update set
    erased_before = greatest(erasure.erased_before, excluded.erased_before), asked_at = now();
  -- What is being inserted right now has not seen the request: wait for it, and then delete it too.
  lock table public.conversation_logs, public.gemini_usage, public.music_logs in share row exclusive mode;

  delete from public.conversation_logs as entry
  where entry.user_id = p_user_id and (entry.timestamp <= p_before) is not false;
  table_name := 'conversation_logs';
  get diagnostics changed = row_count;
  return next;

  update public.gemini_usage as entry set user_id = '0'
  where entry.user_id = p_user_id and (entry.timestamp <= p_before) is not false;
  table_name := 'gemini_usage';
  get diagnostics changed = row_count;
  return next;

  update public.music_logs as entry set requested_by = '-', requested_by_id = '0'
  where entry.requested_by_id = p_user_id and (entry.timestamp <= p_before) is not false;
  table_name := 'music_logs';
  get diagnostics changed = row_count;
  return next;
end
$$;
comment on function public.erase_personal_data(text, timestamptz) is
  'Deletes what a person said until p_before, and takes their name out of costs and plays; says how many rows. It stays so for rows that come late.';


-- ── The plan's limit ───────────────────────────────────────────────────────────────────────────────────

create or replace function public.database_bytes() returns bigint
language sql volatile security invoker set search_path = ''
as $$ select pg_catalog.pg_database_size(pg_catalog.current_database()) $$;
comment on function public.database_bytes() is 'How large the database is on disk, everything included.';


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
    ('bot_logs', 'timestamp', interval '30 days'),
    ('gemini_usage', 'timestamp', interval '90 days'),
    ('discord_names', 'timestamp', interval '100 days'),
    ('privacy_erasures', 'asked_at', interval '90 days')
$$;
comment on function public.retention_policy() is 'How long the rows of each table are kept.';

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

-- What our rows take up, indexes included. The files do not shrink where rows go, and others' tables are not ours.
create or replace function public.live_bytes() returns bigint
language plpgsql stable security invoker set search_path = ''
as $$
declare
  listed    record;
  row_bytes double precision;
  total     double precision := 0;
begin
  for listed in
    select to_regclass('public.' || table_name) as relation from public.telemetry_tables()
  loop
    -- 28: the header of a row on disk, and the pointer to it; a row in memory has 24 bytes of it already
    execute format(
      'select (select count(*) from %1$s) * (select avg(pg_column_size(few)) + 4 from (select * from %1$s limit 1000) as few)',
      listed.relation
    ) into row_bytes;
    total := total + pg_total_relation_size(listed.relation)
      * least(1, coalesce(row_bytes, 0) / greatest(pg_relation_size(listed.relation), 1));
  end loop;
  return total;
end
$$;
comment on function public.live_bytes() is
  'How many bytes the rows of this file''s tables need, with their indexes; it falls as soon as rows are deleted.';

-- A quarter of an hour without a gap needs its rows no more: its sums, its coverage and its gaps come from the
-- rollup. One with a gap keeps them, so that every total and every gap stays what it was.
create or replace function public.thin_stats(p_bytes bigint, p_rows integer default 10000)
returns table (table_name text, deleted bigint)
language plpgsql volatile security invoker set search_path = ''
as $$
declare
  most constant integer := otonari_private.clamped(p_rows, 10000, 50000);
begin
  if public.live_bytes() <= p_bytes then
    return;
  end if;

  delete from public.system_stats where ctid = any (array(
    select stats.ctid from public.system_stats as stats
    where stats.timestamp < now() - interval '8 days'
    order by stats.timestamp limit most for update skip locked
  ));
  table_name := 'system_stats';
  get diagnostics deleted = row_count;
  return next;

  delete from public.network_stats where ctid = any (array(
    select raw.ctid from public.network_stats as raw
    where raw.recorded_at < now() - interval '8 days' and exists (
      select from public.network_stats_rollup as rollup
      where rollup.bucket_start = date_bin('15 minutes', raw.recorded_at, '1970-01-01 00:00:00+00')
        and rollup.bot_id = raw.bot_id and rollup.boot_id = raw.boot_id
        and rollup.last_sample_at - rollup.first_sample_at
          <= make_interval(secs => rollup.seconds_covered) + interval '15 seconds'
    )
    order by raw.recorded_at limit most for update skip locked
  ));
  table_name := 'network_stats';
  get diagnostics deleted = row_count;
  return next;
end
$$;
comment on function public.thin_stats(bigint, integer) is
  'While live_bytes() is above p_bytes: deletes at most p_rows samples from before the last 8 days of each table, oldest first. Totals and gaps stay.';

-- With pg_cron (Supabase: Database → Extensions) the database cleans up by itself; without, the bot asks it to.
do $$
begin
  if to_regprocedure('cron.schedule(text, text, text)') is not null then
    perform cron.schedule('otonari-retention', '*/10 * * * *', 'select public.apply_retention()');
  end if;
end
$$;


-- ── Realtime: the dashboard is told of every INSERT ────────────────────────────────────────────────────

-- Realtime tells of a deleted row to whoever asks, without its policy: its id, and with the id when it was written.
-- What is published is said once for the whole publication; where others' tables are in it, it stays as it is.
create or replace function otonari_private.publishes_deletions() returns boolean
language sql stable security invoker set search_path = ''
as $$
  select coalesce(bool_or(pubupdate or pubdelete or pubtruncate), false)
  from pg_catalog.pg_publication where pubname = 'supabase_realtime'
$$;

do $$
declare
  published text;
begin
  if exists (select from pg_publication where pubname = 'supabase_realtime') then
    for published in select table_name from public.telemetry_tables() where is_published loop
      if not exists (
        select from pg_publication_tables
        where pubname = 'supabase_realtime' and schemaname = 'public' and tablename = published
      ) then
        execute format('alter publication supabase_realtime add table public.%I', published);
      end if;
    end loop;
    if otonari_private.publishes_deletions() and not exists (
      select from pg_publication_tables
      where pubname = 'supabase_realtime' and (
        schemaname <> 'public' or tablename not in (select table_name from public.telemetry_tables())
      )
    ) and not exists (
      select from pg_publication as whole where whole.pubname = 'supabase_realtime' and (
        whole.puballtables or exists (select from pg_publication_namespace where pnpubid = whole.oid)
      )
    ) then
      alter publication supabase_realtime set (publish = 'insert');
    end if;
  end if;
end
$$;


-- ── schema_version and telemetry_health: what bot and dashboard ask, to say when to run this file again ──

-- Raise it with every change of this file. Where an older file is run over a newer database the number falls,
-- as it should: that file's functions have taken the place of the newer ones.
create or replace function public.schema_version() returns integer
language sql immutable security invoker set search_path = ''
as $$ select 6 $$;
comment on function public.schema_version() is 'The version of the bot/supabase_schema.sql that was run last.';

-- Looks at the catalogue only, and as the caller: a grant is missing if the caller lacks it. A table that
-- Realtime does not publish is no fault of the bot's, but its dashboard would stand still.
create or replace function public.telemetry_health() returns jsonb
language sql stable security invoker set search_path = ''
as $$
  with found as (
    select
      table_name as name, read_policy as readers, is_published as published,
      to_regclass('public.' || table_name) as relation
    from public.telemetry_tables()
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
    select 'supabase_realtime', 'deletions_published', null where otonari_private.publishes_deletions()
    union all
    select name, 'trigger_missing', needed
    from found join (
      values
        ('network_stats', 'network_stats_rollup_after_insert'),
        ('conversation_logs', 'privacy_before_insert'),
        ('gemini_usage', 'privacy_before_insert'),
        ('music_logs', 'privacy_before_insert'),
        ('discord_names', 'discord_names_before_insert')
    ) as trigger_of (owner, needed) on owner = name
    where relation is not null and not exists (
      select from pg_trigger where tgrelid = relation and tgname = needed and tgenabled in ('O', 'A')
    )
  )
  select jsonb_build_object(
    'version', public.schema_version(),
    'tables', (select jsonb_object_agg(name, relation is not null) from found),
    'problems', (select coalesce(jsonb_agg(to_jsonb(finding) order by object, problem, detail), '[]') from finding),
    'realtime', exists (select from pg_publication where pubname = 'supabase_realtime'),
    'pg_cron', exists (select from pg_extension where extname = 'pg_cron')
  )
$$;
comment on function public.telemetry_health() is
  'Which tables exist, and what of this file is missing, as {object, problem, detail}; version is schema_version().';


-- ── Who may call which function ──────────────────────────────────────────────────────────────────────────

-- Each of public runs with the caller's rights, so nobody reads through one what the table's policy does not show
-- them. PostgREST applies a function's own time limit to the request that calls it, whatever the role's is:
-- https://supabase.com/docs/guides/database/postgres/timeouts#function-level
do $$
declare
  for_readers constant regprocedure[] := array[
    'public.network_totals(timestamptz, timestamptz, text)',
    'public.network_coverage(timestamptz, timestamptz, text)',
    'public.retention_policy()',
    'public.graph_step(timestamptz, timestamptz, integer)',
    'public.system_points(timestamptz, timestamptz, text, integer)',
    'public.network_points(timestamptz, timestamptz, text, integer)',
    'public.network_gaps(timestamptz, timestamptz, text, interval)',
    'public.latest_system_stats()',
    'public.activity(timestamptz, timestamptz, text)',
    'public.top_songs(timestamptz, text, text, integer)',
    'public.top_listeners(timestamptz, text, text, integer)',
    'public.top_guilds(timestamptz, text, integer)',
    'public.play_history(timestamptz, text, text, timestamptz, uuid, integer)',
    'public.search_conversations(text, text, text, timestamptz, uuid, integer, text, timestamptz, timestamptz)',
    'public.conversation_guilds(text)',
    'public.database_time()',
    'public.network_bots()',
    'public.network_report(timestamptz, timestamptz, text, integer, integer)',
    'public.schema_version()'
  ];
  behind_them constant regprocedure[] := array[
    'otonari_private.is_dashboard_admin()',
    'otonari_private.hidden_until()',
    'otonari_private.clamped(timestamptz)',
    'otonari_private.clamped(integer, integer, integer)',
    'otonari_private.network_gaps(timestamptz, timestamptz, text, interval)',
    'otonari_private.song_ranking(timestamptz, text, text, integer)',
    'otonari_private.guild_ranking(timestamptz, text, integer)',
    'otonari_private.play_count(timestamptz, timestamptz, text)',
    'otonari_private.play_history(timestamptz, text, text, timestamptz, uuid, integer)'
  ];
  for_the_bot constant regprocedure[] := array[
    'public.personal_data_summary(text)',
    'public.personal_data(text)',
    'public.erase_personal_data(text, timestamptz)',
    'public.network_outliers_without_rows(double precision)',
    'public.network_outliers(double precision)',
    'public.remove_network_outliers(uuid[])',
    'public.database_bytes()',
    'public.apply_retention(integer)',
    'public.live_bytes()',
    'public.thin_stats(bigint, integer)',
    'public.telemetry_tables()',
    'public.telemetry_health()',
    'otonari_private.publishes_deletions()'
  ];
  for_triggers constant regprocedure[] := array[
    'public.enforce_privacy()',
    'public.keep_newest_name()',
    'public.add_to_network_stats_rollup()'
  ];
  signature regprocedure;
begin
  foreach signature in array for_readers || behind_them || for_the_bot || for_triggers loop
    execute format('revoke all on function %s from public, anon, authenticated, service_role', signature);
  end loop;
  foreach signature in array for_readers || behind_them || for_the_bot loop
    execute format('grant execute on function %s to service_role', signature);
  end loop;
  foreach signature in array for_readers || behind_them loop
    execute format('grant execute on function %s to authenticated', signature);
  end loop;
  foreach signature in array for_readers loop
    execute format('alter function %s set statement_timeout = ''8s''', signature);
  end loop;
end
$$;


-- The REST API learns of what is new here.
notify pgrst, 'reload schema';
