// Writes into every built page what it may load and run: its own files, and the very scripts that Next.js put into it.
// It stands in the pages, so that it holds on any host; what only a host can say is in public/_headers.
// https://developer.mozilla.org/docs/Web/HTTP/Guides/CSP

import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";

const OUT = new URL("../out/", import.meta.url);
const INLINE = /<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g;

/** With a project of config.json, any address; lib/project.ts narrows it as soon as that is read. */
function connections() {
  const { project } = JSON.parse(readFileSync(new URL("build.json", OUT), "utf8"));
  if (!project) return "'self' https: wss: http: ws:";
  const { origin } = new URL(project);
  return `'self' ${origin} ${origin.replace(/^http/, "ws")}`;
}

function policyOf(page, reachable) {
  const hashes = Array.from(page.matchAll(INLINE), ([, script]) =>
    createHash("sha256").update(script).digest("base64"),
  );
  return [
    "default-src 'self'",
    `script-src 'self'${Array.from(new Set(hashes), (hash) => ` 'sha256-${hash}'`).join("")}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    `connect-src ${reachable}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
  ].join("; ");
}

const origins = connections();
for (const name of readdirSync(OUT, { recursive: true })) {
  if (!name.endsWith(".html")) continue;
  const file = new URL(name.replaceAll("\\", "/"), OUT);
  const page = readFileSync(file, "utf8").replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, "");
  const meta = `<meta http-equiv="Content-Security-Policy" content="${policyOf(page, origins)}">`;
  writeFileSync(file, page.replace("<head>", `<head>${meta}`));
}
