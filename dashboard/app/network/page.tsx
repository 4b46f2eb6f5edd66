"use client";

import { useMemo, useState } from "react";

import { Card } from "@/components/card";
import { Choice, ExportButton } from "@/components/controls";
import { Answer, Empty } from "@/components/states";
import { TimeChart } from "@/components/time-chart";
import { useChoice } from "@/lib/address";
import { useBots } from "@/lib/bots";
import { databaseNow } from "@/lib/clock";
import { coveragePercent } from "@/lib/coverage";
import { download, toCsv, utcOffset } from "@/lib/csv";
import { common } from "@/lib/gaps";
import { useNetworkHistory } from "@/lib/history";
import { useInserts, useReading, useThrottled } from "@/lib/live";
import { PERIODS, type Period, periodStart, RANGE_MS, RANGES, rangeStart } from "@/lib/periods";
import { usePreferences } from "@/lib/preferences";
import { networkGaps, networkTotals } from "@/lib/queries";
import { toSeries } from "@/lib/series";
import { useSession } from "@/lib/session";
import type { Gap, NetworkTotals } from "@/lib/tables";

const TOTALS_MS = 5_000;
const GAPS_MS = 60_000;
const GAPS_SHOWN = 8;

/** How much went over the network, by the totals of the database, and when nobody was counting. */
export default function NetworkPage() {
  const { botId } = useBots();
  return (
    <>
      <Totals />
      <Traffic key={botId} />
    </>
  );
}

function Totals() {
  const { client } = useSession();
  const { botId } = useBots();
  const { texts } = usePreferences();
  const totals = useReading({
    key: ["network_totals", botId],
    load: () => Promise.all(PERIODS.map((period) => networkTotals(client, periodStart(period), botId))),
  });
  useInserts("network_stats", useThrottled(totals.reload, TOTALS_MS));
  return (
    <section aria-label={texts.network.totals}>
      <h2 className="sr-only">{texts.network.totals}</h2>
      <Answer of={totals} height={152}>
        {(all) => (
          <ul className="grid grid-cols-2 gap-3 xl:grid-cols-4">
            {PERIODS.map((period, place) => {
              const one = all[place];
              return one && <PeriodTotals key={period} period={period} totals={one} />;
            })}
          </ul>
        )}
      </Answer>
    </section>
  );
}

function PeriodTotals({ period, totals }: { period: Period; totals: NetworkTotals }) {
  const { texts, format } = usePreferences();
  const words = texts.network;
  const coverage = coveragePercent(totals);
  return (
    <li className="rounded-2xl border border-line bg-card p-4 shadow-card" data-period={period}>
      <h3 className="text-[13px] text-soft">{texts.periods[period]}</h3>
      <p className="text-[22px] leading-8 font-semibold tracking-tight tabular-nums">
        <span className="sr-only">{words.total} </span>
        {format.bytes(totals.bytes_total)}
      </p>
      <dl className="mt-2 grid gap-2 text-[13px] tabular-nums sm:grid-cols-2">
        <div className="border-l-[3px] border-series-1 pl-2">
          <dt className="text-soft">{words.sent}</dt>
          <dd className="font-medium">{format.bytes(totals.bytes_sent)}</dd>
        </div>
        <div className="border-l-[3px] border-series-2 pl-2">
          <dt className="text-soft">{words.received}</dt>
          <dd className="font-medium">{format.bytes(totals.bytes_recv)}</dd>
        </div>
      </dl>
      <p className="mt-2 flex flex-wrap gap-x-2 text-[12px] text-soft">
        <span>{words.samples(format.integer(totals.samples))}</span>
        {coverage !== null && <span>{words.coverage(format.percent(coverage))}</span>}
      </p>
    </li>
  );
}

const RATES = [
  { key: "bytes_sent", color: "--series-1", name: "sent" },
  { key: "bytes_recv", color: "--series-2", name: "received" },
] as const;

function Traffic() {
  const { client } = useSession();
  const { ids, botId } = useBots();
  const { texts, format } = usePreferences();
  const words = texts.network;
  const [range, setRange] = useChoice("range", RANGES, "hour");
  const history = useNetworkHistory(botId, range);
  const gaps = useReading({
    key: ["network_gaps", range, botId],
    load: () => networkGaps(client, rangeStart(range), botId),
    every: GAPS_MS, // samples that stay away tell nobody
  });
  const points = history.data;

  const series = useMemo(
    () =>
      toSeries(
        points?.points ?? [],
        (point) => point.at,
        RATES.map(({ key, color, name }) => ({
          name: words[name],
          color,
          value: (point) => (point.seconds_covered > 0 ? point[key] / point.seconds_covered : null),
        })),
        points?.breakMs,
      ),
    [points, words],
  );
  const spans = useMemo(() => {
    const found = gaps.data ?? [];
    const asked = botId === null ? ids : [botId];
    const names = new Set([...asked, ...found.map((gap) => gap.bot_id)]);
    return common(
      [...names].map((name) =>
        found
          .filter((gap) => gap.bot_id === name)
          .map(
            (gap) =>
              [Date.parse(gap.gap_from), gap.goesOn ? Number.POSITIVE_INFINITY : Date.parse(gap.gap_to)] as const,
          ),
      ),
    );
  }, [gaps.data, ids, botId]);

  function save() {
    const header = ["at", "bytes_sent", "bytes_recv", "seconds_covered", "samples", "utc_offset"];
    const rows = (points?.points ?? []).map((point) => [
      new Date(point.at),
      point.bytes_sent,
      point.bytes_recv,
      point.seconds_covered,
      point.samples,
      utcOffset(new Date(point.at)),
    ]);
    download(`otonari-network-${range}.csv`, toCsv(header, rows));
  }

  const to = points?.to ?? databaseNow();
  const isEmpty = points?.points.length === 0 && gaps.data?.length === 0; // nothing is no gap
  return (
    <>
      <Card
        title={words.traffic}
        aside={
          <>
            <div className="order-last w-full sm:order-none sm:w-auto">
              <Choice name={texts.rangeLabel} values={RANGES} label={texts.ranges} value={range} choose={setRange} />
            </div>
            <ExportButton save={save} disabled={!points?.points.length} />
          </>
        }
      >
        <Answer of={history} height={330}>
          {({ points: some }) =>
            some.length === 0 ? (
              <Empty>{words.empty}</Empty>
            ) : (
              <TimeChart
                label={words.traffic}
                series={series}
                from={to - RANGE_MS[range]}
                to={to}
                format={format.rate}
                base={1024}
                gaps={spans}
                height={300}
              />
            )
          }
        </Answer>
        <p className="mt-3 text-[12px] text-soft">{words.host}</p>
      </Card>
      {!isEmpty && (
        <Card title={`${words.gaps} · ${texts.ranges[range]}`}>
          <Answer of={gaps} height={80}>
            {(found) => <Gaps gaps={found} isOneBot={botId !== null || ids.length < 2} />}
          </Answer>
        </Card>
      )}
    </>
  );
}

function Gaps({ gaps, isOneBot }: { gaps: readonly (Gap & { goesOn: boolean })[]; isOneBot: boolean }) {
  const { texts, format } = usePreferences();
  const words = texts.network;
  const [isOpen, setOpen] = useState(false);
  if (gaps.length === 0) return <p className="text-soft">{words.noGaps}</p>;
  const newest = gaps.slice(isOpen ? 0 : -GAPS_SHOWN).reverse();
  return (
    <>
      <p className="mb-2 text-[13px] text-soft">{words.gapsLead}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="overflow-x-auto" tabIndex={0} aria-label={words.gaps}>
        <table className="w-full text-left text-[13px] tabular-nums">
          <thead className="text-soft">
            <tr>
              {!isOneBot && (
                <th scope="col" className="py-1 pr-4 font-normal">
                  {texts.bot}
                </th>
              )}
              <th scope="col" className="py-1 pr-4 font-normal">
                {words.from}
              </th>
              <th scope="col" className="py-1 pr-4 font-normal">
                {words.to}
              </th>
              <th scope="col" className="py-1 pr-4 font-normal">
                {words.length}
              </th>
            </tr>
          </thead>
          <tbody>
            {newest.map((gap) => (
              <tr key={`${gap.bot_id} ${gap.gap_from}`} className="border-t border-line">
                {!isOneBot && (
                  <td className="max-w-20 truncate py-1.5 pr-4 sm:max-w-none" title={gap.bot_id}>
                    {gap.bot_id}
                  </td>
                )}
                <td className="py-1.5 pr-4 whitespace-nowrap">{format.moment(gap.gap_from)}</td>
                <td className="py-1.5 pr-4 whitespace-nowrap">
                  {gap.goesOn ? words.gapOngoing : format.moment(gap.gap_to)}
                </td>
                <td className="py-1.5 pr-4 whitespace-nowrap">
                  {format.duration((Date.parse(gap.gap_to) - Date.parse(gap.gap_from)) / 1000)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {gaps.length > GAPS_SHOWN && (
        <button
          type="button"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
          className="mt-2 rounded text-[13px] text-accent underline"
        >
          {isOpen ? words.gapLess : words.gapMore(format.integer(gaps.length - GAPS_SHOWN))}
        </button>
      )}
    </>
  );
}
