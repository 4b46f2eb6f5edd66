"use client";

import type { ReactNode } from "react";

import type { QueryError } from "@/lib/errors";
import type { Loaded } from "@/lib/live";
import { usePreferences } from "@/lib/preferences";

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
function StaleNote({ error }: { error: QueryError }) {
  const { states } = usePreferences().texts;
  return (
    <p role="alert" className="mb-3 rounded-xl bg-warn-soft px-4 py-2 text-[13px] text-warn">
      {states.stale} <Reason error={error} />
    </p>
  );
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
  if (of.data === undefined) {
    return of.error ? <ErrorPanel error={of.error} retry={of.reload} /> : <Skeleton height={height} />;
  }
  return (
    <>
      {of.error && <StaleNote error={of.error} />}
      {children(of.data)}
    </>
  );
}
