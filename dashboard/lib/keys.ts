import { claimsOf } from "./jwt";

export class SecretKeyError extends Error {
  override name = "SecretKeyError";
}

/** Throws SecretKeyError for a key that opens everything: a page must never hold one. */
export function assertPublishable(key: string): void {
  if (key.startsWith("sb_secret_") || claimsOf(key)?.role === "service_role") {
    throw new SecretKeyError(
      "This is a secret key. The dashboard needs the publishable key (sb_publishable_…) of the project.",
    );
  }
}
