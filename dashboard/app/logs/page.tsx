"use client";

import { useState } from "react";

import { AdminsOnly } from "@/components/admins-only";
import { Card } from "@/components/card";
import { Choice, ExportButton } from "@/components/controls";
import { Older } from "@/components/older";
import { Answer, Empty } from "@/components/states";
import { useChoice } from "@/lib/address";
import { useBots } from "@/lib/bots";
import { asId, download, toCsv, utcOffset } from "@/lib/csv";
import { usePages } from "@/lib/pages";
import { usePreferences } from "@/lib/preferences";
import { logLines } from "@/lib/queries";
import { useSession } from "@/lib/session";
import type { LogLine } from "@/lib/tables";

/** The levels of Python's logging that each choice shows. */
const LEVELS = {
  ALL: ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"],
  WARNING: ["WARNING", "ERROR", "CRITICAL"],
  ERROR: ["ERROR", "CRITICAL"],
} as const;
type Level = keyof typeof LEVELS;
const CHOICES = ["ALL", "WARNING", "ERROR"] as const satisfies Level[];

/** What went wrong. */
export default function LogsPage() {
  return (
    <AdminsOnly>
      <Logs />
    </AdminsOnly>
  );
}

function Logs() {
  const { client } = useSession();
  const { botId } = useBots();
  const { texts, format } = usePreferences();
  const words = texts.logs;
  const [level, setLevel] = useChoice("level", CHOICES, "ALL");
  const [isFollowing, setFollowing] = useState(true);
  const levels: readonly string[] = LEVELS[level];
  const pages = usePages(
    {
      table: "bot_logs",
      read: (before, limit) => logLines(client, { botId, levels }, before, limit),
      matches: (row) => levels.includes(row.level) && (botId === null || row.bot_id === botId),
    },
    `${botId} ${level}`,
    isFollowing,
  );

  function save() {
    const header = ["timestamp", "level", "logger", "message", "error_id", "traceback", "bot_id", "utc_offset"];
    const rows = (pages.data ?? []).map((line) => [
      new Date(line.timestamp),
      line.level,
      line.logger,
      line.message,
      asId(line.error_id),
      line.traceback,
      asId(line.bot_id),
      utcOffset(new Date(line.timestamp)),
    ]);
    download("otonari-logs.csv", toCsv(header, rows));
  }

  return (
    <>
      <div className="flex flex-wrap items-center gap-2">
        <div className="w-full sm:w-auto">
          <Choice name={words.level} values={CHOICES} label={words.levels} value={level} choose={setLevel} />
        </div>
        <label className="inline-flex items-center gap-2 rounded-lg px-2 py-1 text-[13px]">
          <input
            type="checkbox"
            role="switch"
            checked={isFollowing}
            aria-checked={isFollowing}
            className="size-4 accent-accent"
            onChange={(event) => setFollowing(event.target.checked)}
          />
          {words.tail}
        </label>
        {pages.waiting > 0 && (
          <button
            type="button"
            onClick={() => setFollowing(true)}
            className="rounded-full bg-accent px-3 py-1 text-[13px] font-medium text-on-accent"
          >
            {words.paused(format.integer(pages.waiting), pages.isMoreWaiting)}
          </button>
        )}
        <div className="ml-auto">
          <ExportButton save={save} disabled={!pages.data?.length} />
        </div>
      </div>
      <Card>
        <Answer of={pages} height={480}>
          {(rows) =>
            rows.length === 0 ? (
              <Empty>{words.empty[level]}</Empty>
            ) : (
              <>
                <ol className="divide-y divide-line" aria-live="off">
                  {rows.map((line) => (
                    <Line key={line.id} line={line} />
                  ))}
                </ol>
                <Older pages={pages} />
              </>
            )
          }
        </Answer>
      </Card>
    </>
  );
}

const COLORS: Record<string, string> = {
  CRITICAL: "bg-bad text-card",
  ERROR: "bg-bad-soft text-bad",
  WARNING: "bg-warn-soft text-warn",
};

function Line({ line }: { line: LogLine }) {
  const { texts, format } = usePreferences();
  return (
    <li className="arrived py-2.5 first:pt-0">
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5 text-[12px] text-soft">
        <span className={`rounded px-1.5 py-px text-[11px] font-semibold ${COLORS[line.level] ?? "bg-sunk text-soft"}`}>
          {line.level}
        </span>
        <time dateTime={line.timestamp} title={format.full(line.timestamp)} className="tabular-nums">
          {format.moment(line.timestamp)}
        </time>
        <span className="min-w-0 wrap-anywhere">{line.logger}</span>
        {line.error_id && (
          <span className="min-w-0 wrap-anywhere">
            {texts.logs.errorId} <code className="text-ink">{line.error_id}</code>
          </span>
        )}
      </div>
      <p className="mt-0.5 font-mono text-[13px] wrap-anywhere whitespace-pre-wrap">{line.message}</p>
      {line.traceback && (
        <details className="mt-1 text-[13px]">
          <summary className="cursor-pointer text-accent">{texts.logs.traceback}</summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
          <pre className="mt-1 overflow-x-auto rounded-lg bg-sunk p-3 text-[12px] leading-5" tabIndex={0}>
            {line.traceback}
          </pre>
        </details>
      )}
    </li>
  );
}
