import { useCallback, useState } from "react";

/** Throw, in the next render, what only a promise has seen: there an error boundary shows it. */
export function useRaise(): (error: unknown) => void {
  const [, set] = useState<never>();
  return useCallback((error: unknown) => {
    set(() => {
      throw error;
    });
  }, []);
}
