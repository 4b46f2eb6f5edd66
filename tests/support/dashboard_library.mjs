// Calls functions of dashboard/lib: reads {module, calls: [[name, ...arguments]], counting} and writes what each
// returned, or how many steps it took.
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

let steps = 0;

/** Have what goes through a string count the characters that it looks at, or may look at. */
function countSteps() {
  const { charAt, indexOf, startsWith } = String.prototype;
  const { exec } = RegExp.prototype;
  const counting = (of, cost) =>
    function (...given) {
      const found = of.apply(this, given);
      steps += cost.call(this, found, ...given);
      return found;
    };
  Object.assign(String.prototype, {
    charAt: counting(charAt, () => 1),
    startsWith: counting(startsWith, (_, part) => part.length),
    indexOf: counting(indexOf, function (found, _, from = 0) {
      return 1 + (found < 0 ? this.length : found) - from;
    }),
  });
  RegExp.prototype.exec = function (given) {
    const from = this.global || this.sticky ? this.lastIndex : 0;
    const found = exec.call(this, given);
    const end = found ? found.index + found[0].length : given.length;
    steps += 1 + (this.sticky ? Math.min(MOST_OF_ONE, end - from) : end - from);
    return found;
  };
}

/** Characters that a pattern which begins at one place, with bounds on what it repeats, looks at. */
const MOST_OF_ONE = 200;

function stepsOf(call) {
  steps = 0;
  call();
  return steps;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  register(import.meta.url);
  const { module, calls, counting } = JSON.parse(await text(process.stdin));
  const library = await import(new URL(`lib/${module}.ts`, DASHBOARD));
  if (counting) countSteps();
  const results = calls.map(([name, ...given]) =>
    counting ? stepsOf(() => library[name](...given)) : (library[name](...given) ?? null),
  );
  process.stdout.write(JSON.stringify(results));
}
