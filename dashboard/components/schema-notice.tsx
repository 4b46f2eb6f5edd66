"use client";

import { useReading } from "@/lib/live";
import { usePreferences } from "@/lib/preferences";
import { SCHEMA_VERSION, schemaVersion } from "@/lib/queries";
import { useSession } from "@/lib/session";

const TEN_MINUTES_MS = 600_000;

/** Says where the database is of another version than these pages, and what to do. */
export function SchemaNotice() {
  const { client } = useSession();
  const { schema } = usePreferences().texts;
  const { data: version } = useReading({
    key: ["schema version"],
    load: () => schemaVersion(client),
    every: TEN_MINUTES_MS,
  });
  if (version === undefined || version === SCHEMA_VERSION) return null;
  return version < SCHEMA_VERSION ? (
    <p role="alert" className="rounded-xl bg-warn-soft px-4 py-2 text-[13px] text-warn">
      {schema.older(version, SCHEMA_VERSION)}
    </p>
  ) : (
    <p role="status" className="rounded-xl bg-sunk px-4 py-2 text-[13px] text-soft">
      {schema.newer(version, SCHEMA_VERSION)}
    </p>
  );
}
