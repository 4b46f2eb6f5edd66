import { useMemo } from "react";

import { useLiveReading } from "./live";
import { usePreferences } from "./preferences";
import { DIRECT, discordNames } from "./queries";
import { useSession } from "./session";
import type { DiscordName } from "./tables";
import { visible } from "./visible";

export interface Names {
  /** A server by its name; where that is not known, or not for this visitor, told as a server with an id. */
  guild(id: string | null): string;
  channel(id: string): string;
  /** A server's channel that a text names; told as unknown where its name is. */
  mentioned(id: string): string;
}

/** What servers and channels are called, as the bot has recorded it; for admins. */
export function useNames(): Names {
  const { client, isAdmin } = useSession();
  const { places } = usePreferences().texts;
  const { data } = useLiveReading({
    table: "discord_names",
    key: ["discord_names"],
    enabled: isAdmin,
    load: () => discordNames(client),
    add: (known, rows) => [...known.filter((one) => !rows.some((row) => row.discord_id === one.discord_id)), ...rows],
  });
  return useMemo(() => {
    const names = new Map(
      (data ?? []).map((row: DiscordName) => [row.discord_id, { ...row, name: visible(row.name) }]),
    );
    const named = ({ kind, name }: DiscordName) => (kind === "thread" ? places.thread(`#${name}`) : `#${name}`);
    return {
      guild: (id) => (id === null || id === DIRECT ? places.direct : (names.get(id)?.name ?? places.guild(id))),
      channel(id) {
        const row = names.get(id);
        return row ? named(row) : places.channel(id);
      },
      mentioned(id) {
        const row = names.get(id);
        return row && row.kind !== "guild" ? named(row) : places.unknown.channel;
      },
    };
  }, [data, places]);
}
