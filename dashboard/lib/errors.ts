/** Why nothing was read: what the visitor can do depends on it. */
export type Trouble = "unreachable" | "key" | "session" | "schema" | "forbidden" | "busy" | "other";

/** A query that Supabase did not answer with rows. */
export class QueryError extends Error {
  override name = "QueryError";

  constructor(
    message: string,
    readonly trouble: Trouble,
    readonly code: string,
  ) {
    super(message);
  }
}

/** Whether it may be gone in a moment without anybody's doing, so that it is worth asking again. */
export function isPassing({ trouble }: QueryError): boolean {
  return trouble === "unreachable" || trouble === "busy" || trouble === "other";
}

interface Answer {
  status: number;
  error: { message: string; code?: string } | null;
}

// https://docs.postgrest.org/en/stable/references/errors.html
const MISSING = new Set(["PGRST200", "PGRST202", "PGRST204", "PGRST205", "42P01", "42883", "42703"]);
const BAD_SESSION = new Set(["PGRST301", "PGRST302", "PGRST303"]);

/** The QueryError of an answer that brought an error; status 0 is supabase-js's for "no answer at all". */
export function queryError({ status, error }: Answer): QueryError {
  const code = error?.code || String(status);
  const message = error?.message || `HTTP ${status}`;
  return new QueryError(message, isKeyRefused(status, message) ? "key" : troubleOf(status, code), code);
}

/**
 * Whether an answer is the gateway's, which knows no such key: "Invalid API key", "Unregistered API key", "Legacy API
 * keys are disabled". It has no code of its own.
 */
export function isKeyRefused(status: number | undefined, message: string): boolean {
  return status === 401 && /\bapi keys?\b/i.test(message);
}

function troubleOf(status: number, code: string): Trouble {
  if (status === 0) return "unreachable";
  if (status === 401 || BAD_SESSION.has(code)) return "session";
  if (MISSING.has(code)) return "schema";
  if (code === "42501" || status === 403) return "forbidden";
  if (status === 429 || status >= 500) return "busy";
  return "other";
}
