"use client";

import type { ReactNode } from "react";

import { BotProvider } from "@/lib/bots";
import { LiveProvider } from "@/lib/live";
import { PreferencesProvider, usePreferences } from "@/lib/preferences";
import { SessionProvider, useSessionState } from "@/lib/session";

import { Setup } from "./setup";
import { Shell } from "./shell";
import { SignIn } from "./sign-in";
import { SignInLinkView } from "./sign-in-link";
import { ErrorPanel } from "./states";

/** Everything around a page; a page itself is rendered for signed-in visitors only. */
export function App({ children }: { children: ReactNode }) {
  return (
    <PreferencesProvider>
      <SessionProvider>
        <SignedInOnly>{children}</SignedInOnly>
      </SessionProvider>
    </PreferencesProvider>
  );
}

function SignedInOnly({ children }: { children: ReactNode }) {
  const state = useSessionState();
  const { texts } = usePreferences();
  switch (state.name) {
    case "loading":
      return (
        <main className="grid min-h-dvh place-items-center text-soft" aria-busy="true">
          <h1 className="sr-only">{texts.product}</h1>
          <p role="status">{texts.states.loading}</p>
        </main>
      );
    case "unconfigured":
      return <Setup because={state.because} />;
    case "signed-out":
      return <SignIn client={state.client} ended={state.ended} />;
    case "link":
      return <SignInLinkView {...state} />;
    case "unsure":
      return (
        <main className="mx-auto grid min-h-dvh max-w-lg content-center p-6">
          <h1 className="sr-only">{texts.product}</h1>
          <ErrorPanel error={state.error} retry={state.retry} />
        </main>
      );
    case "signed-in":
      return (
        <LiveProvider>
          <BotProvider>
            <Shell>{children}</Shell>
          </BotProvider>
        </LiveProvider>
      );
  }
}
