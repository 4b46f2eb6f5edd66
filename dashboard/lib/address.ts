import { useSearchParams } from "next/navigation";
import { useCallback, useState } from "react";

/**
 * What was chosen, kept in the address: it survives reloading, goes along to other pages, and can be shared.
 *
 * Null removes it from the address.
 */
export function useAddress(name: string): [string | null, (value: string | null) => void] {
  const current = useSearchParams().get(name);
  // Next.js follows the address a moment later, and a control must not spring back meanwhile.
  const [ahead, setAhead] = useState<{ of: string | null; value: string | null } | null>(null);
  if (ahead && ahead.of !== current) setAhead(null);
  const set = useCallback(
    (value: string | null) => {
      setAhead({ of: current, value });
      const all = new URLSearchParams(window.location.search);
      if (value === null) all.delete(name);
      else all.set(name, value);
      window.history.replaceState(null, "", all.size ? `?${all}` : window.location.pathname);
    },
    [name, current],
  );
  return [ahead && ahead.of === current ? ahead.value : current, set];
}

/** One of a few values; `usual` where the address names none of them, and left out of it. */
export function useChoice<Value extends string>(
  name: string,
  values: readonly Value[],
  usual: NoInfer<Value>,
): [Value, (value: Value) => void] {
  const [text, set] = useAddress(name);
  const value = values.find((one) => one === text) ?? usual;
  return [value, (chosen) => set(chosen === usual ? null : chosen)];
}
