/** The role that a legacy JWT key names; undefined for anything else. */
function roleOf(key: string): string | undefined {
  const payload = key.split(".")[1];
  if (!key.startsWith("eyJ") || !payload) return undefined;
  try {
    const claims: unknown = JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/")));
    return typeof claims === "object" && claims && "role" in claims ? String(claims.role) : undefined;
  } catch {
    return undefined;
  }
}

export class SecretKeyError extends Error {
  override name = "SecretKeyError";
}

/** Throws SecretKeyError for a key that opens everything: a page must never hold one. */
export function assertPublishable(key: string): void {
  if (key.startsWith("sb_secret_") || roleOf(key) === "service_role") {
    throw new SecretKeyError(
      "This is a secret key. The dashboard needs the publishable key (sb_publishable_…) of the project.",
    );
  }
}
