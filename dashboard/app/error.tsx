"use client";

import { Card } from "@/components/card";
import { usePreferences } from "@/lib/preferences";

/** In place of a page that broke; the menu and the other pages still work. */
export default function Broken({ error }: { error: Error }) {
  const { broken } = usePreferences().texts;
  return (
    <Card title={broken.title}>
      <p className="text-soft">
        {broken.lead} <span className="text-[13px] break-words">({error.message})</span>
      </p>
      <button
        type="button"
        onClick={() => window.location.reload()}
        className="mt-3 rounded-lg border border-line bg-card px-3 py-1.5 text-sm font-medium hover:bg-sunk"
      >
        {broken.reload}
      </button>
    </Card>
  );
}
