-- The tables as the two documents have them that Otonari was created from.

create table system_stats (
  id uuid primary key default gen_random_uuid(),
  bot_id text default 'primary',
  cpu_usage real default 0,
  ram_usage real default 0,
  memory_rss real default 0,
  memory_heap real default 0,
  ping_gateway real default 0,
  ping_lavalink real default 0,
  server_count integer default 0,
  guild_count integer default 0,
  uptime integer default 0,
  status text default 'online',
  timestamp timestamptz default now(),
  updated_at timestamptz default now(),
  created_at timestamptz default now()
);
create index idx_system_stats_timestamp on system_stats (timestamp desc);
create index idx_system_stats_bot_id on system_stats (bot_id, timestamp desc);

create table conversation_logs (
  id uuid primary key default gen_random_uuid(),
  user_id text not null,
  user_name text not null,
  prompt text not null,
  response text not null,
  timestamp timestamptz default now(),
  created_at timestamptz default now()
);
create index idx_conversation_logs_user_id on conversation_logs (user_id, timestamp desc);
create index idx_conversation_logs_timestamp on conversation_logs (timestamp desc);

create table music_logs (
  id uuid primary key default gen_random_uuid(),
  guild_id text not null,
  song_title text not null,
  requested_by text not null,
  requested_by_id text not null,
  timestamp timestamptz default now(),
  created_at timestamptz default now()
);
create index idx_music_logs_guild_id on music_logs (guild_id, timestamp desc);
create index idx_music_logs_timestamp on music_logs (timestamp desc);

create table if not exists network_stats (
  id uuid primary key default gen_random_uuid(),
  bytes_sent bigint not null,
  bytes_recv bigint not null,
  bytes_total bigint not null,
  mb_sent real not null,
  mb_recv real not null,
  mb_total real not null,
  recorded_at timestamptz default now(),
  created_at timestamptz default now()
);
create index if not exists idx_network_stats_recorded_at on network_stats (recorded_at desc);

alter table network_stats enable row level security;
create policy "Allow authenticated read access" on network_stats for select to authenticated using (true);
create policy "Allow service role full access" on network_stats for all to service_role using (true);
