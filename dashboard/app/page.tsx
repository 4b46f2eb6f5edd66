"use client";

import { useMemo } from "react";

import { BotList, StatusBanner } from "@/components/bot-status";
import { Card, Figure } from "@/components/card";
import { Choice, ExportButton } from "@/components/controls";
import { Answer, Empty } from "@/components/states";
import { TimeChart } from "@/components/time-chart";
import { useChoice } from "@/lib/address";
import { type BotStatus, useBots } from "@/lib/bots";
import { databaseNow } from "@/lib/clock";
import { download, toCsv, utcOffset } from "@/lib/csv";
import { useSystemHistory } from "@/lib/history";
import { useInserts, useReading, useThrottled } from "@/lib/live";
import { RANGE_MS, type Range, startOfToday } from "@/lib/periods";
import { usePreferences } from "@/lib/preferences";
import { activity, networkTotals } from "@/lib/queries";
import { toSeries } from "@/lib/series";
import { useSession } from "@/lib/session";
import type { SystemPoint } from "@/lib/tables";

const OVERVIEW_RANGES = ["hour", "day", "week"] as const satisfies Range[];

/** Is the bot well? */
export default function OverviewPage() {
  const { texts } = usePreferences();
  const { bots, error, reload, shown: bot } = useBots();
  return (
    <Answer of={{ data: bots, error, reload }} height={320}>
      {(known) => {
        if (!bot) return <Empty>{texts.overview.empty}</Empty>;
        return (
          <>
            {known.length > 1 && <BotList bots={known} chosen={bot.sample.bot_id} />}
            <StatusBanner bot={bot} />
            <Figures bot={bot} />
            <Today />
            <History botId={bot.sample.bot_id} />
          </>
        );
      }}
    </Answer>
  );
}

function Figures({ bot: { sample } }: { bot: BotStatus }) {
  const { texts, format } = usePreferences();
  const words = texts.overview;
  const quiet = (text: string) => <span className="text-base font-normal text-soft">{text}</span>;
  const none = quiet(words.none);
  const nodes = sample.lavalink_nodes;
  const noLavalink = nodes === null ? none : quiet(nodes === 0 ? words.unset : words.unanswered);
  const figure = (value: number | null, show: (value: number) => string) => (value === null ? none : show(value));
  return (
    <dl className="grid grid-cols-2 gap-3 sm:grid-cols-3 xl:grid-cols-6">
      <Figure name={words.cpu} value={figure(sample.cpu_usage, format.percent)} meter={sample.cpu_usage} />
      <Figure name={words.ram} value={figure(sample.ram_usage, format.percent)} meter={sample.ram_usage} />
      <Figure name={words.rss} value={figure(sample.memory_rss, format.mebibytes)} />
      <Figure name={words.gateway} value={figure(sample.ping_gateway, format.milliseconds)} />
      <Figure
        name={words.lavalink}
        value={sample.ping_lavalink === null ? noLavalink : format.milliseconds(sample.ping_lavalink)}
      />
      <Figure name={words.servers} value={figure(sample.server_count, format.integer)} />
    </dl>
  );
}

function Today() {
  const { client, isAdmin } = useSession();
  const { ids, botId } = useBots();
  const { texts, format } = usePreferences();
  const words = texts.overview;
  const traffic = useReading({
    key: ["network_totals", "today", botId],
    load: () => networkTotals(client, startOfToday(), botId),
  });
  const done = useReading({
    key: ["activity", botId],
    table: "music_logs",
    load: () => activity(client, startOfToday(), botId),
  });
  useInserts("network_stats", useThrottled(traffic.reload, 5_000));
  const count = useThrottled(done.reload, 500);
  useInserts("music_logs", count);
  useInserts("conversation_logs", count);
  useInserts("gemini_usage", count);

  const forAdmins = <span className="text-base font-normal text-soft">{words.adminFigure}</span>;
  return (
    <Card title={ids.length > 1 ? `${words.today} · ${botId ?? texts.allBots}` : words.today}>
      <Answer of={traffic} height={64}>
        {(totals) => (
          <Answer of={done} height={64}>
            {(counts) => (
              <dl className="grid grid-cols-2 gap-x-4 gap-y-4 lg:grid-cols-4">
                <TodayFigure
                  name={words.traffic}
                  value={format.bytes(totals.bytes_total)}
                  detail={words.trafficDetail(format.bytes(totals.bytes_sent), format.bytes(totals.bytes_recv))}
                />
                <TodayFigure name={words.plays} value={format.integer(counts.plays)} />
                <TodayFigure
                  name={words.conversations}
                  value={isAdmin ? format.integer(counts.conversations) : forAdmins}
                />
                <TodayFigure
                  name={words.tokens}
                  value={isAdmin ? format.integer(counts.prompt_tokens + counts.response_tokens) : forAdmins}
                  detail={
                    isAdmin &&
                    words.tokensDetail(format.integer(counts.prompt_tokens), format.integer(counts.response_tokens))
                  }
                />
              </dl>
            )}
          </Answer>
        )}
      </Answer>
    </Card>
  );
}

function TodayFigure({ name, value, detail }: { name: string; value: React.ReactNode; detail?: React.ReactNode }) {
  return (
    <div className="min-w-0 border-l-2 border-line pl-3">
      <dt className="text-[13px] text-soft">{name}</dt>
      <dd>
        <span className="block text-xl leading-7 font-semibold tracking-tight tabular-nums">{value}</span>
        {detail && <span className="block text-[12px] text-balance text-soft tabular-nums">{detail}</span>}
      </dd>
    </div>
  );
}

const ONE = "--series-1";
const TWO = "--series-2";

function History({ botId }: { botId: string }) {
  const { texts, format } = usePreferences();
  const words = texts.overview;
  const [range, setRange] = useChoice("range", OVERVIEW_RANGES, "hour");
  const history = useSystemHistory(botId, range);
  const points = history.data;

  const charts = useMemo(() => {
    const draw = (lines: { name: string; color: typeof ONE | typeof TWO; key: keyof SystemPoint }[]) =>
      toSeries(
        points?.points ?? [],
        (point) => point.at,
        lines.map(({ name, color, key }) => ({ name, color, value: (point) => point[key] as number | null })),
        points?.breakMs,
      );
    return {
      load: draw([
        { name: words.cpu, color: ONE, key: "cpu_usage" },
        { name: words.ram, color: TWO, key: "ram_usage" },
      ]),
      memory: draw([{ name: words.rss, color: ONE, key: "memory_rss" }]),
      pings: draw([
        { name: words.gateway, color: ONE, key: "ping_gateway" },
        { name: words.lavalink, color: TWO, key: "ping_lavalink" },
      ]),
    };
  }, [points, words]);

  function save() {
    const header = ["at", "cpu_percent", "ram_percent", "rss_mb", "gateway_ms", "lavalink_ms", "servers", "utc_offset"];
    const rows = (points?.points ?? []).map((point) => [
      new Date(point.at),
      point.cpu_usage,
      point.ram_usage,
      point.memory_rss,
      point.ping_gateway,
      point.ping_lavalink,
      point.server_count,
      utcOffset(new Date(point.at)),
    ]);
    download(`otonari-system-${range}.csv`, toCsv(header, rows));
  }

  const to = points?.to ?? databaseNow();
  const span = { from: to - RANGE_MS[range], to };
  return (
    <>
      <div className="flex flex-wrap items-center gap-2">
        <Choice name={texts.rangeLabel} values={OVERVIEW_RANGES} label={texts.ranges} value={range} choose={setRange} />
        <div className="ml-auto">
          <ExportButton save={save} disabled={!points?.points.length} />
        </div>
      </div>
      <Answer of={history} height={560}>
        {({ points: some }) =>
          some.length === 0 ? (
            <Empty>{words.emptyRange}</Empty>
          ) : (
            <>
              <Card title={words.load}>
                <TimeChart label={words.load} series={charts.load} {...span} format={format.percent} ceiling={100} />
              </Card>
              <div className="grid grid-cols-[minmax(0,1fr)] gap-4 sm:gap-5 lg:grid-cols-2">
                <Card title={words.pings}>
                  <TimeChart
                    label={words.pings}
                    series={charts.pings}
                    {...span}
                    format={format.milliseconds}
                    height={180}
                  />
                </Card>
                <Card title={words.memory}>
                  <TimeChart
                    label={words.memory}
                    series={charts.memory}
                    {...span}
                    format={format.mebibytes}
                    height={180}
                  />
                </Card>
              </div>
            </>
          )
        }
      </Answer>
    </>
  );
}
