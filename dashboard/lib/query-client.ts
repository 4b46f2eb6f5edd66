import { QueryClient, type UseQueryResult } from "@tanstack/react-query";
import { useState } from "react";

import { isPassing, QueryError } from "./errors";

declare module "@tanstack/react-query" {
  interface Register {
    defaultError: QueryError;
  }
}

/** How often is asked again where nobody tells of what is new, or where the last answer was an error. */
export const POLL_MS = 10_000;

/** Whether to ask again by itself; `error` is the last answer's. */
export function pollAfter(error: QueryError | null): number | false {
  return error && isPassing(error) ? POLL_MS : false;
}

/** A cache of answers: who asks learns of an error at once, and an error boundary of what is none of Supabase's. */
export function createQueryClient(): QueryClient {
  const isFault = (error: Error) => !(error instanceof QueryError);
  return new QueryClient({
    defaultOptions: {
      queries: {
        networkMode: "always",
        refetchOnReconnect: false, // LiveFeed knows better when something was missed
        refetchOnWindowFocus: false,
        retry: false,
        throwOnError: isFault,
      },
      mutations: { networkMode: "always", throwOnError: isFault },
    },
  });
}

/** Why there is no newer answer. While a question without any answer is asked again, the last reason stays. */
export function useReason({ data, error, errorUpdateCount }: UseQueryResult<unknown>): QueryError | null {
  const [last, setLast] = useState<QueryError | null>(null);
  if (error && error !== last) setLast(error);
  return error ?? (data === undefined && errorUpdateCount > 0 ? last : null);
}
