import { assertPublishable } from "./keys";

/** The owner's Supabase project. */
export interface Project {
  url: string;
  key: string;
}

/** There is no project (`url` is empty), or its address is none. */
export class NotConfiguredError extends Error {
  override name = "NotConfiguredError";

  constructor(readonly url = "") {
    super();
  }
}

const BASE_PATH = process.env.NEXT_PUBLIC_BASE_PATH ?? "";

/**
 * The project that was named at build time; else the one of `config.json` ({"url", "key"}) beside the
 * pages, so that one build serves any project.
 *
 * Throws NotConfiguredError where there is neither or the address cannot be one, and SecretKeyError for a key
 * that is not for pages.
 */
export async function loadProject(): Promise<Project> {
  const built = {
    url: process.env.NEXT_PUBLIC_SUPABASE_URL ?? "",
    key: process.env.NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY ?? "",
  };
  const project = built.url && built.key ? built : await fetchProject();
  assertPublishable(project.key);
  if (!/^https?:\/\//i.test(project.url) || !URL.canParse(project.url)) throw new NotConfiguredError(project.url);
  allowOnly(new URL(project.url).origin);
  return project;
}

/** From now on, what runs in this page reaches its own host and the project, and nobody else. */
function allowOnly(origin: string): void {
  const policy = document.createElement("meta");
  policy.httpEquiv = "Content-Security-Policy";
  policy.content = `connect-src 'self' ${origin} ${origin.replace(/^http/, "ws")}`;
  document.head.append(policy);
}

async function fetchProject(): Promise<Project> {
  const answer = await fetch(`${BASE_PATH}/config.json`, { cache: "no-store" }).catch(() => undefined);
  const config: unknown = answer?.ok ? await answer.json().catch(() => undefined) : undefined;
  if (typeof config === "object" && config && "url" in config && "key" in config) {
    return { url: String(config.url), key: String(config.key) };
  }
  throw new NotConfiguredError();
}
