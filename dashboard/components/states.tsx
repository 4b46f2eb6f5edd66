"use client";

import type { ReactNode } from "react";

import type { QueryError } from "@/lib/errors";
import { type Loaded, useCommonTrouble, useLiveState } from "@/lib/live";
import { usePreferences } from "@/lib/preferences";
import { isSame } from "@/lib/troubles";

/** Nothing there yet, and what makes something appear. */
export function Empty({ children }: { children: ReactNode }) {
  return <p className="rounded-xl bg-sunk px-4 py-8 text-center text-soft">{children}</p>;
}

/** Grey shapes in the size of what will be there. */
export function Skeleton({ height = 160 }: { height?: number }) {
  const { texts } = usePreferences();
  return (
    <div role="status" className="animate-pulse rounded-xl bg-sunk" style={{ height }}>
      <span className="sr-only">{texts.states.loading}</span>
    </div>
  );
}

function Reason({ error }: { error: QueryError }) {
  const { states } = usePreferences().texts;
  return (
    <>
      <span>{states[error.trouble]}</span>{" "}
      {error.trouble !== "unreachable" && (
        <span className="text-[13px] opacity-90">
          {error.trouble === "other" ? `${error.message} ` : ""}({states.code(error.code)})
        </span>
      )}
    </>
  );
}

/** In place of data that could not be read. */
export function ErrorPanel({ error, retry }: { error: QueryError; retry(): void }) {
  const { states } = usePreferences().texts;
  return (
    <div role="alert" className="rounded-xl bg-bad-soft p-4 wrap-anywhere text-bad">
      <p>
        <Reason error={error} />
      </p>
      <button
        type="button"
        onClick={retry}
        className="mt-3 rounded-lg border border-current px-3 py-1.5 text-sm font-medium hover:bg-card"
      >
        {states.retry}
      </button>
    </div>
  );
}

/** Above data that is still shown, though it could not be read again. */
function StaleNote({ error, className = "" }: { error: QueryError; className?: string }) {
  const { states } = usePreferences().texts;
  return (
    <p role="alert" className={`rounded-xl bg-warn-soft px-4 py-2 text-[13px] wrap-anywhere text-warn ${className}`}>
      {states.stale} <Reason error={error} />
    </p>
  );
}

/** Above everything: what keeps more than one part of the page from being up to date, told once. */
export function CommonNotice() {
  const { texts } = usePreferences();
  const trouble = useCommonTrouble();
  if (useLiveState() === "offline") {
    return (
      <p role="alert" className="rounded-xl bg-warn-soft px-4 py-2 text-[13px] text-warn">
        {texts.live.offlineHelp}
      </p>
    );
  }
  return trouble && <StaleNote error={trouble} />;
}

/** In place of data that could not be read, for a reason that is told above everything. */
function NotReadYet({ retry }: { retry(): void }) {
  const { states } = usePreferences().texts;
  return (
    <div className="rounded-xl bg-sunk px-4 py-6 text-center text-soft">
      <p>{states.notRead}</p>
      <button
        type="button"
        onClick={retry}
        className="mt-3 rounded-lg border border-line bg-card px-3 py-1.5 text-sm font-medium hover:bg-paper"
      >
        {states.retry}
      </button>
    </div>
  );
}

/** In place of rows that could not be read, as loudly as nobody else says so. */
export function Unread({ error, retry }: { error: QueryError; retry(): void }) {
  const common = useCommonTrouble();
  return common && isSame(common, error) ? <NotReadYet retry={retry} /> : <ErrorPanel error={error} retry={retry} />;
}

/** Shows what a query brought: a skeleton before, an error instead of it, a note above it. */
export function Answer<Data>({
  of,
  height,
  children,
}: {
  of: Loaded<Data>;
  height?: number;
  children(data: Data): ReactNode;
}) {
  const common = useCommonTrouble();
  if (of.data === undefined) {
    return of.error ? <Unread error={of.error} retry={of.reload} /> : <Skeleton height={height} />;
  }
  return (
    <>
      {of.error && !(common && isSame(common, of.error)) && <StaleNote error={of.error} className="mb-3" />}
      {children(of.data)}
    </>
  );
}
