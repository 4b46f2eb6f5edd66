import { claimsOf } from "./jwt";

/**
 * What a link of Supabase Auth left in the address. Anybody can write such a link, with their own account in it, so
 * nothing of it counts until the visitor has agreed.
 *
 * https://supabase.com/docs/guides/auth/sessions/implicit-flow
 */
export type SignInLink =
  | { kind: "session"; tokens: Tokens; user: LinkUser; isForPassword: boolean }
  | { kind: "refused"; reason: LinkRefusal };

export interface Tokens {
  access_token: string;
  refresh_token: string;
}

/** Whom the link names, and Supabase must confirm. */
export interface LinkUser {
  id: string;
  email: string;
}

export type LinkRefusal = "expired" | "denied" | "broken";

/** Links by which people come who have no password that they know. */
const FOR_PASSWORD = new Set(["invite", "recovery"]);

// https://supabase.com/docs/guides/auth/debugging/error-codes
const REFUSALS = new Map<string | null, LinkRefusal>([
  ["otp_expired", "expired"],
  ["flow_state_expired", "expired"],
  ["flow_state_not_found", "expired"],
  ["invite_not_found", "expired"],
  ["access_denied", "denied"],
  ["signup_disabled", "denied"],
  ["user_banned", "denied"],
  ["email_not_confirmed", "denied"],
  ["provider_disabled", "denied"],
]);

/**
 * The link in an address's parts after # and ?; null where there is none.
 *
 * Words of an error are never shown: whoever made the link wrote them.
 */
export function signInLinkOf(hash: string, search: string): SignInLink | null {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const errors = isError(given) ? given : new URLSearchParams(search);
  if (isError(errors)) {
    const reason = REFUSALS.get(errors.get("error_code")) ?? REFUSALS.get(errors.get("error"));
    return { kind: "refused", reason: reason ?? "broken" };
  }
  const access_token = given.get("access_token");
  if (access_token === null) return null;
  const refresh_token = given.get("refresh_token");
  const claims = claimsOf(access_token);
  if (!refresh_token || typeof claims?.sub !== "string") return { kind: "refused", reason: "broken" };
  return {
    kind: "session",
    tokens: { access_token, refresh_token },
    user: { id: claims.sub, email: typeof claims.email === "string" ? claims.email : "" },
    isForPassword: FOR_PASSWORD.has(given.get("type") ?? ""),
  };
}

function isError(given: URLSearchParams): boolean {
  return given.has("error_code") || given.has("error_description") || given.has("error");
}

/** Take the link out of the address bar and the history. */
export function forgetLink(): void {
  const kept = new URLSearchParams(window.location.search);
  for (const name of ["error", "error_code", "error_description"]) kept.delete(name);
  window.history.replaceState(null, "", kept.size ? `?${kept}` : window.location.pathname);
}
