"use client";

import type { QueryError } from "@/lib/errors";
import { usePreferences } from "@/lib/preferences";

import { Unread } from "./states";

interface Props {
  pages: {
    showOlder(): void;
    isBusy: boolean;
    isEnd: boolean;
    isFull: boolean;
    olderError: QueryError | null;
  };
}

/** The way into the past, below a list. */
export function Older({ pages }: Props) {
  const { states } = usePreferences().texts;
  if (pages.olderError) return <Unread error={pages.olderError} retry={pages.showOlder} />;
  if (pages.isEnd) return <p className="pt-3 text-center text-[13px] text-soft">{states.end}</p>;
  if (pages.isFull) return <p className="pt-3 text-center text-[13px] text-soft">{states.limit}</p>;
  return (
    <div className="pt-3 text-center">
      <button
        type="button"
        onClick={pages.showOlder}
        disabled={pages.isBusy}
        className="rounded-lg border border-line bg-card px-4 py-2 text-[13px] font-medium hover:bg-sunk disabled:opacity-60"
      >
        {pages.isBusy ? states.loading : states.older}
      </button>
    </div>
  );
}
