import { createClient as createSupabaseClient, type SupabaseClient } from "@supabase/supabase-js";

import type { Database } from "./database";
import type { Project } from "./project";

export type Client = SupabaseClient<Database>;

const HEARTBEAT_MS = 15_000;

/** A client of the project, with the visitor's session from the last time. */
export function createClient(project: Project): Client {
  return createSupabaseClient<Database>(project.url, project.key, {
    auth: { persistSession: true, autoRefreshToken: true, detectSessionInUrl: true },
    realtime: { heartbeatIntervalMs: HEARTBEAT_MS },
  });
}
