/** The claims of a JSON Web Token, which nobody has verified; undefined for anything else (RFC 7519). */
export function claimsOf(token: string): Partial<Record<string, unknown>> | undefined {
  const payload = token.split(".")[1];
  if (!token.startsWith("eyJ") || !payload) return undefined;
  try {
    const bytes = Uint8Array.from(atob(payload.replaceAll("-", "+").replaceAll("_", "/")), (byte) =>
      byte.charCodeAt(0),
    );
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof claims === "object" && claims !== null ? { ...claims } : undefined;
  } catch {
    return undefined;
  }
}
