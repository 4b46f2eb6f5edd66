import type { AuthError } from "@supabase/supabase-js";

import { isKeyRefused } from "./errors";

type Refusal = "wrong" | "unconfirmed" | "tooMany" | "banned" | "noPasswords" | "weak" | "same";
/** Why Supabase Auth did not do it. */
export type AuthProblem = Refusal | "unreachable" | "busy" | "key" | "address" | { reason: string };

// https://supabase.com/docs/guides/auth/debugging/error-codes
const PROBLEMS = new Map<string, Refusal>([
  ["invalid_credentials", "wrong"],
  ["validation_failed", "wrong"],
  ["email_address_invalid", "wrong"],
  ["email_not_confirmed", "unconfirmed"],
  ["over_request_rate_limit", "tooMany"],
  ["user_banned", "banned"],
  ["email_provider_disabled", "noPasswords"],
  ["weak_password", "weak"],
  ["same_password", "same"],
]);

const TOO_MANY = 429;
const NOT_FOUND = 404;
const SERVER_FAULT = 500;

export function authProblemOf({ name, message, status = 0, code = "" }: AuthError): AuthProblem {
  const named = PROBLEMS.get(code);
  if (named) return named;
  if (isKeyRefused(status, message)) return "key";
  if (status === TOO_MANY) return "tooMany";
  if (status >= SERVER_FAULT) return "busy";
  // Something answered that is not Supabase Auth: a page of HTML, which is no JSON, or nothing at this path.
  if (name === "AuthUnknownError" || status === NOT_FOUND || /JSON/.test(message)) return "address";
  if (name === "AuthRetryableFetchError") return "unreachable";
  return { reason: message };
}
