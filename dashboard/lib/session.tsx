"use client";

import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from "react";

import { isPassing, QueryError } from "./errors";
import { SecretKeyError } from "./keys";
import { POLL_MS } from "./live-feed";
import { loadProject, NotConfiguredError } from "./project";
import { isDashboardAdmin } from "./queries";
import { useRaise } from "./raise";
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
  | { name: "unsure"; error: QueryError; retry(): void }
  | { name: "signed-in"; session: SignedIn };

interface User {
  id: string;
  email: string;
}

const Context = createContext<SessionState>({ name: "loading" });

export function SessionProvider({ children }: { children: ReactNode }) {
  const [client, setClient] = useState<Client | null>(null);
  const [unconfigured, setUnconfigured] = useState<SessionState | null>(null);
  const [user, setUser] = useState<User | null | undefined>(undefined);
  const [ended, setEnded] = useState(false);
  const [membership, setMembership] = useState<boolean | QueryError | null>(null);
  const [attempt, setAttempt] = useState(0);
  const hasRenewed = useRef(false);
  const raise = useRaise();

  useEffect(() => {
    loadProject()
      .then((project) => setClient(createClient(project)))
      .catch((error: unknown) => {
        const isKnown = error instanceof SecretKeyError || error instanceof NotConfiguredError;
        if (isKnown) setUnconfigured({ name: "unconfigured", because: error });
        else raise(error);
      });
  }, [raise]);

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

  useEffect(() => {
    if (!client || !user) {
      setMembership(null);
      return;
    }
    let current = true;
    isDashboardAdmin(client, user.id).then(
      (isAdmin) => current && setMembership(isAdmin),
      (error: unknown) => {
        if (!(error instanceof QueryError)) raise(error);
        else if (current) setMembership(error);
      },
    );
    return () => {
      current = false;
    };
  }, [client, user, attempt, raise]);

  const renew = useCallback(async () => {
    if (!client) return;
    const { error } = await client.auth.refreshSession();
    if (!error || error.name === "AuthRetryableFetchError") return;
    setEnded(true);
    await client.auth.signOut({ scope: "local" });
  }, [client]);

  useEffect(() => {
    if (typeof membership === "boolean") hasRenewed.current = false;
    // Once: a server that refuses fresh sessions too would be asked for ever.
    if (!(membership instanceof QueryError) || membership.trouble !== "session" || hasRenewed.current) return;
    hasRenewed.current = true;
    void renew().then(() => setAttempt((count) => count + 1));
  }, [membership, renew]);

  useEffect(() => {
    if (!(membership instanceof QueryError) || !isPassing(membership)) return;
    const timer = setTimeout(() => setAttempt((count) => count + 1), POLL_MS);
    return () => clearTimeout(timer);
  }, [membership]);

  const state = useMemo<SessionState>(() => {
    if (unconfigured) return unconfigured;
    if (!client || user === undefined) return { name: "loading" };
    if (user === null) return { name: "signed-out", client, ended };
    if (membership === null) return { name: "loading" };
    if (membership instanceof QueryError) {
      return { name: "unsure", error: membership, retry: () => setAttempt((count) => count + 1) };
    }
    const signOut = () => {
      setEnded(false);
      void client.auth.signOut({ scope: "local" });
    };
    const session = { client, userId: user.id, email: user.email, isAdmin: membership, signOut, renew };
    return { name: "signed-in", session };
  }, [unconfigured, client, user, ended, membership, renew]);

  return <Context value={state}>{children}</Context>;
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
