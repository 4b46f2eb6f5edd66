"use client";

import { SecretKeyError } from "@/lib/keys";
import { usePreferences } from "@/lib/preferences";
import type { NotConfiguredError } from "@/lib/project";

import { Card } from "./card";
import { Copyable } from "./copyable";

/** What the owner has to do before there is anything to sign in to. */
export function Setup({ because }: { because: SecretKeyError | NotConfiguredError }) {
  const { setup } = usePreferences().texts;
  const fault = because instanceof SecretKeyError ? setup.secret : because.url && setup.address(because.url);
  return (
    <main className="mx-auto grid min-h-dvh max-w-xl content-center gap-4 p-6">
      <h1 className="text-xl font-semibold">{setup.title}</h1>
      {fault ? (
        <p role="alert" className="rounded-xl bg-bad-soft p-4 wrap-anywhere text-bad">
          {fault}
        </p>
      ) : (
        <Card>
          <p>{setup.lead}</p>
          <p className="mt-2 text-soft">{setup.how}</p>
          <Copyable text={"NEXT_PUBLIC_SUPABASE_URL\nNEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY"} />
        </Card>
      )}
    </main>
  );
}
