import { createClient as createSupabaseClient, type SupabaseClient } from "@supabase/supabase-js";
import type { Project } from "./project";
import type { KnownDatabase } from "./tables";

export type Client = SupabaseClient<KnownDatabase>;

const HEARTBEAT_MS = 15_000;

/** A client of the project, with the visitor's session from the last time. */
export function createClient(project: Project): Client {
  return createSupabaseClient<KnownDatabase>(project.url, project.key, {
    // A session in the address may be somebody else's: see sign-in-link.ts.
    auth: { persistSession: true, autoRefreshToken: true, detectSessionInUrl: false },
    realtime: { heartbeatIntervalMs: HEARTBEAT_MS },
  });
}

/** A client for a session that the visitor does not have yet; it forgets everything. */
export function createTrialClient(project: Project): Client {
  return createSupabaseClient<KnownDatabase>(project.url, project.key, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false, storageKey: "otonari-trial" },
  });
}
