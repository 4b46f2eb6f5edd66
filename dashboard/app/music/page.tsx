"use client";

import type { ReactNode } from "react";

import { Card } from "@/components/card";
import { Choice, ExportButton, Select } from "@/components/controls";
import { Name } from "@/components/name";
import { Older } from "@/components/older";
import { Answer, Empty } from "@/components/states";
import { useAddress, useChoice } from "@/lib/address";
import { useBots } from "@/lib/bots";
import { asId, download, toCsv, utcOffset } from "@/lib/csv";
import { type Loaded, useInserts, useReading, useThrottled } from "@/lib/live";
import { type Names, useNames } from "@/lib/names";
import { usePages } from "@/lib/pages";
import { PERIODS, type Period, periodStart } from "@/lib/periods";
import { usePreferences } from "@/lib/preferences";
import { DIRECT, type PlayFilter, plays, playsWithNames, topGuilds, topListeners, topSongs } from "@/lib/queries";
import { useSession } from "@/lib/session";
import type { Play } from "@/lib/tables";
import { visible } from "@/lib/visible";

const RANKING_MS = 500;

/** What is being played, what was, and what people like. */
export default function MusicPage() {
  const { client } = useSession();
  const { botId } = useBots();
  const { texts, format } = usePreferences();
  const [period, setPeriod] = useChoice("period", PERIODS, "week");
  const [named, setGuildId] = useAddress("server");
  const guildId = named === DIRECT ? null : named;
  const names = useNames();
  const guilds = useReading({
    key: ["top_guilds", botId],
    table: "music_logs",
    load: () => topGuilds(client, periodStart("all"), botId),
  });
  useInserts("music_logs", useThrottled(guilds.reload, RANKING_MS));
  const words = texts.music;

  const known = guilds.data ?? [];
  const options = [
    { value: "", label: words.allServers },
    ...known.map((guild) => ({
      value: guild.guild_id,
      label: `${names.guild(guild.guild_id)} (${words.count(format.integer(guild.play_count))})`,
    })),
    ...(guildId === null || known.some((guild) => guild.guild_id === guildId)
      ? []
      : [{ value: guildId, label: names.guild(guildId) }]),
  ];
  const filter = { botId, guildId };
  return (
    <>
      <div className="flex flex-wrap items-center gap-2">
        <div className="w-full sm:w-auto">
          <Choice name={texts.rangeLabel} values={PERIODS} label={texts.periods} value={period} choose={setPeriod} />
        </div>
        <Select name={words.server} options={options} value={guildId ?? ""} choose={(id) => setGuildId(id || null)} />
      </div>
      <Rankings filter={filter} period={period} />
      <History filter={filter} period={period} isEverEmpty={guilds.data?.length === 0} />
    </>
  );
}

function Rankings({ filter, period }: { filter: PlayFilter; period: Period }) {
  const { client, isAdmin } = useSession();
  const { texts } = usePreferences();
  const of = [period, filter.botId, filter.guildId];
  const songs = useReading({
    key: ["top_songs", ...of],
    table: "music_logs",
    load: () => topSongs(client, periodStart(period), filter),
  });
  const listeners = useReading({
    key: ["top_listeners", ...of],
    enabled: isAdmin,
    load: () => topListeners(client, periodStart(period), filter),
  });
  useInserts("music_logs", useThrottled(songs.reload, RANKING_MS));
  useInserts("music_logs", useThrottled(listeners.reload, RANKING_MS));
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4 sm:gap-5 lg:grid-cols-2">
      <Card title={texts.music.songs}>
        <Ranking
          of={songs}
          name={(song) => <Name of={song.song_title} />}
          identity={(song) => song.song_title}
          count={(song) => song.play_count}
        />
      </Card>
      <Card title={texts.music.listeners}>
        {isAdmin ? (
          <Ranking
            of={listeners}
            name={(one) => <Name of={one.requested_by} />}
            identity={(one) => one.requested_by_id}
            count={(one) => one.play_count}
          />
        ) : (
          <Empty>{texts.overview.adminFigure}</Empty>
        )}
      </Card>
    </div>
  );
}

function Ranking<Row>({
  of,
  name,
  identity,
  count,
}: {
  of: Loaded<Row[]>;
  name(row: Row): ReactNode;
  identity(row: Row): string;
  count(row: Row): number;
}) {
  const { texts, format } = usePreferences();
  return (
    <Answer of={of} height={200}>
      {(rows) => {
        const first = rows[0];
        if (!first) return <Empty>{texts.music.emptyPeriod}</Empty>;
        return (
          <ol className="grid gap-2">
            {rows.map((row, place) => (
              <li
                key={identity(row)}
                className="grid grid-cols-[1.5rem_minmax(0,1fr)_auto] items-center gap-x-2 text-[14px]"
              >
                <span className="text-right text-[12px] text-soft tabular-nums">{place + 1}</span>
                <span className="line-clamp-2 wrap-anywhere">{name(row)}</span>
                <span className="text-soft tabular-nums">{texts.music.count(format.integer(count(row)))}</span>
                <span className="col-start-2 col-end-4 mt-0.5 h-1 rounded-full bg-sunk" aria-hidden="true">
                  <span
                    className="block h-full rounded-full bg-accent opacity-70"
                    style={{ width: `${(100 * count(row)) / count(first)}%` }}
                  />
                </span>
              </li>
            ))}
          </ol>
        );
      }}
    </Answer>
  );
}

function History({ filter, period, isEverEmpty }: { filter: PlayFilter; period: Period; isEverEmpty: boolean }) {
  const { client, isAdmin } = useSession();
  const { texts } = usePreferences();
  const names = useNames();
  const read = isAdmin ? playsWithNames : plays;
  const words = texts.music;
  const pages = usePages(
    {
      table: "music_logs",
      read: (before, limit) => read(client, periodStart(period), filter, before, limit),
      matches: (row) =>
        (filter.botId === null || row.bot_id === filter.botId) &&
        (filter.guildId === null || row.guild_id === filter.guildId),
    },
    `${filter.botId} ${filter.guildId} ${period}`,
  );

  function save() {
    const header = [
      "timestamp",
      "song_title",
      "requested_by",
      "requested_by_id",
      "guild_id",
      "bot_id",
      "server",
      "utc_offset",
    ];
    const rows = (pages.data ?? []).map((play) => [
      new Date(play.timestamp),
      play.song_title,
      play.requested_by,
      asId(play.requested_by_id),
      asId(play.guild_id),
      asId(play.bot_id),
      names.guild(play.guild_id),
      utcOffset(new Date(play.timestamp)),
    ]);
    download("otonari-plays.csv", toCsv(header, rows));
  }

  return (
    <Card title={words.plays} aside={<ExportButton save={save} disabled={!pages.data?.length} />}>
      <Answer of={pages} height={320}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty>{isEverEmpty ? words.empty : words.emptyPeriod}</Empty>
          ) : (
            <>
              <div
                aria-hidden="true"
                className={`${COLUMNS} hidden border-b border-line pb-1 text-[12px] text-soft sm:grid`}
              >
                <span>{words.song}</span>
                <span>{isAdmin && words.requestedBy}</span>
                <span>{words.server}</span>
                <span className="text-right">{words.time}</span>
              </div>
              <ol className="divide-y divide-line">
                {rows.map((play) => (
                  <PlayRow key={play.id} play={play} names={names} />
                ))}
              </ol>
              <Older pages={pages} />
            </>
          )
        }
      </Answer>
    </Card>
  );
}

const COLUMNS =
  "grid-cols-[minmax(0,1fr)_auto] gap-x-4 sm:grid-cols-[minmax(0,1fr)_minmax(0,11rem)_minmax(0,11.5rem)_8.5rem]";

function PlayRow({ play, names }: { play: Play; names: Names }) {
  const { format } = usePreferences();
  return (
    <li className={`arrived grid ${COLUMNS} items-baseline py-2`}>
      <span className="line-clamp-3 font-medium wrap-anywhere" title={visible(play.song_title)}>
        <Name of={play.song_title} />
      </span>
      <span className="col-start-1 row-start-2 line-clamp-2 text-[13px] text-soft wrap-anywhere sm:col-start-2 sm:row-start-1">
        {play.requested_by !== null && <Name of={play.requested_by} />}
      </span>
      <span className="hidden text-[12px] text-soft wrap-anywhere sm:line-clamp-2">{names.guild(play.guild_id)}</span>
      <time
        dateTime={play.timestamp}
        title={format.full(play.timestamp)}
        className="text-right text-[13px] text-soft tabular-nums"
      >
        {format.moment(play.timestamp)}
      </time>
    </li>
  );
}
