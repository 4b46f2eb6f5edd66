"use client";

import { skipToken, useQuery } from "@tanstack/react-query";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from "react";

import type { QueryError } from "./errors";
import { SecretKeyError } from "./keys";
import { loadProject, NotConfiguredError, type Project } from "./project";
import { isDashboardAdmin, readDatabaseClock } from "./queries";
import { createQueryClient, pollAfter, useReason } from "./query-client";
import { forgetLink, type SignInLink, signInLinkOf } from "./sign-in-link";
import { type Client, createClient } from "./supabase";

export interface SignedIn {
  client: Client;
  userId: string;
  email: string;
  isAdmin: boolean;
  signOut(): void;
  /** Get a fresh session after the server refused this one; signs out where there is none to get. */
  renew(): Promise<void>;
}

export type SessionState =
  | { name: "loading" }
  | { name: "unconfigured"; because: SecretKeyError | NotConfiguredError }
  | { name: "signed-out"; client: Client; ended: boolean }
  | { name: "link"; link: SignInLink; client: Client; project: Project; current: string | null; leave(): void }
  | { name: "unsure"; error: QueryError; retry(): void }
  | { name: "signed-in"; session: SignedIn };

interface User {
  id: string;
  email: string;
}

const Context = createContext<SessionState>({ name: "loading" });

const queries = createQueryClient();

function isUnconfigured(error: Error): error is SecretKeyError | NotConfiguredError {
  return error instanceof SecretKeyError || error instanceof NotConfiguredError;
}

export function SessionProvider({ children }: { children: ReactNode }) {
  const project = useQuery<{ project: Project; client: Client }, Error>(
    {
      queryKey: ["project"],
      queryFn: async () => {
        const loaded = await loadProject();
        return { project: loaded, client: createClient(loaded) };
      },
      structuralSharing: false,
      staleTime: Number.POSITIVE_INFINITY,
      throwOnError: (error) => !isUnconfigured(error),
    },
    queries,
  );
  const client = project.data?.client;
  const [link, leaveLink] = useLink(client !== undefined);
  const [user, setUser] = useState<User | null | undefined>(undefined);
  const [ended, setEnded] = useState(false);
  const hasRenewed = useRef(false);

  useEffect(() => {
    if (!client) return;
    const { data } = client.auth.onAuthStateChange((event, session) => {
      const next = session ? { id: session.user.id, email: session.user.email ?? "" } : null;
      // The same person stays the same object: a renewed token is no reason to read everything again.
      setUser((known) => (known && next && known.id === next.id ? known : next));
      if (event === "SIGNED_IN") setEnded(false);
    });
    return () => data.subscription.unsubscribe();
  }, [client]);

  const membership = useQuery(
    {
      queryKey: ["membership", user?.id],
      queryFn:
        client && user
          ? async () => {
              // What is shown depends on the right time as well.
              const [isMember] = await Promise.all([isDashboardAdmin(client, user.id), readDatabaseClock(client)]);
              return isMember;
            }
          : skipToken,
      gcTime: 0,
      refetchInterval: (query) => pollAfter(query.state.error),
    },
    queries,
  );
  const { data: isAdmin, refetch } = membership;
  const reason = useReason(membership);

  const renew = useCallback(async () => {
    if (!client) return;
    const { error } = await client.auth.refreshSession();
    if (!error || error.name === "AuthRetryableFetchError") return;
    setEnded(true);
    await client.auth.signOut({ scope: "local" });
  }, [client]);

  useEffect(() => {
    if (isAdmin !== undefined) hasRenewed.current = false;
    // Once: a server that refuses fresh sessions too would be asked for ever.
    if (reason?.trouble !== "session" || hasRenewed.current) return;
    hasRenewed.current = true;
    void renew().then(() => refetch());
  }, [isAdmin, reason, renew, refetch]);

  const current = user?.email ?? null;
  const state = useMemo<SessionState>(() => {
    if (project.error && isUnconfigured(project.error)) return { name: "unconfigured", because: project.error };
    if (!project.data || !client || user === undefined) return { name: "loading" };
    if (link) {
      return { name: "link", link, client, project: project.data.project, current, leave: leaveLink };
    }
    if (user === null) return { name: "signed-out", client, ended };
    if (isAdmin === undefined) {
      return reason ? { name: "unsure", error: reason, retry: () => void refetch() } : { name: "loading" };
    }
    const signOut = () => {
      setEnded(false);
      void client.auth.signOut({ scope: "local" });
    };
    const session = { client, userId: user.id, email: user.email, isAdmin, signOut, renew };
    return { name: "signed-in", session };
  }, [project.error, project.data, client, link, leaveLink, current, user, ended, isAdmin, reason, refetch, renew]);

  return <Context value={state}>{children}</Context>;
}

/** The link that brought the visitor here, also to a page that was open already, and how to be done with it. */
function useLink(isReady: boolean): [SignInLink | null, () => void] {
  const [link, setLink] = useState<SignInLink | null>(null);
  useEffect(() => {
    if (!isReady) return;
    const look = () => {
      const found = signInLinkOf(window.location.hash, window.location.search);
      if (!found) return;
      forgetLink();
      setLink(found);
    };
    look();
    window.addEventListener("hashchange", look);
    return () => window.removeEventListener("hashchange", look);
  }, [isReady]);
  return [link, useCallback(() => setLink(null), [])];
}

export function useSessionState(): SessionState {
  return useContext(Context);
}

/** The session of a signed-in visitor; only for what is shown to one. */
export function useSession(): SignedIn {
  const state = useContext(Context);
  if (state.name !== "signed-in") throw new Error("useSession is for what a signed-in visitor sees");
  return state.session;
}
