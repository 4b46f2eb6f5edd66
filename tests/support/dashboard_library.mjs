// Calls functions of dashboard/lib: reads {module, calls: [[name, ...arguments]]} and writes what each returned.
// Node strips no types before 22.18, so the TypeScript compiler of the dashboard does it here.

import { readFileSync } from "node:fs";
import { createRequire, register } from "node:module";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";

const DASHBOARD = new URL("../../dashboard/", import.meta.url);

export function resolve(specifier, context, next) {
  const isOurs = context.parentURL?.endsWith(".ts") && /^(\.|@\/)/.test(specifier);
  if (!isOurs) return next(specifier, context);
  const path = specifier.startsWith("@/")
    ? new URL(specifier.slice(2), DASHBOARD)
    : new URL(specifier, context.parentURL);
  return { url: `${path.href.replace(/\.ts$/, "")}.ts`, shortCircuit: true };
}

export function load(url, context, next) {
  if (!url.endsWith(".ts")) return next(url, context);
  const compiler = createRequire(DASHBOARD)("typescript");
  const { outputText } = compiler.transpileModule(readFileSync(new URL(url), "utf8"), {
    compilerOptions: { module: compiler.ModuleKind.ESNext, target: compiler.ScriptTarget.ES2022 },
  });
  return { format: "module", source: outputText, shortCircuit: true };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  register(import.meta.url);
  const { module, calls } = JSON.parse(await text(process.stdin));
  const library = await import(new URL(`lib/${module}.ts`, DASHBOARD));
  process.stdout.write(JSON.stringify(calls.map(([name, ...given]) => library[name](...given) ?? null)));
}
