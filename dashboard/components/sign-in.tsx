"use client";

import { type FormEvent, useId, useState } from "react";

import { usePreferences } from "@/lib/preferences";
import type { Client } from "@/lib/supabase";

import { LogoIcon } from "./icons";
import { LanguageButton, ThemeButton } from "./preference-buttons";

type Problem = "wrong" | "unconfirmed" | "tooMany" | "unreachable" | { reason: string };

// https://supabase.com/docs/guides/auth/debugging/error-codes
const PROBLEMS: Record<string, Problem> = {
  invalid_credentials: "wrong",
  email_not_confirmed: "unconfirmed",
  over_request_rate_limit: "tooMany",
};

/** All that a visitor without an account ever sees. */
export function SignIn({ client, ended }: { client: Client; ended: boolean }) {
  const { texts } = usePreferences();
  const words = texts.signIn;
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isWorking, setWorking] = useState(false);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setWorking(true);
    setProblem(null);
    const { error } = await client.auth.signInWithPassword({
      email: String(form.get("email")),
      password: String(form.get("password")),
    });
    setWorking(false);
    if (!error) return;
    const isUnreachable = error.name === "AuthRetryableFetchError";
    setProblem(PROBLEMS[error.code ?? ""] ?? (isUnreachable ? "unreachable" : { reason: error.message }));
  }

  return (
    <div className="mx-auto flex min-h-dvh max-w-sm flex-col p-6">
      <div className="flex justify-end gap-1">
        <LanguageButton />
        <ThemeButton />
      </div>
      <main className="my-auto pb-16">
        <div className="mb-6 flex items-center gap-3">
          <LogoIcon />
          <div>
            <p className="text-lg leading-tight font-semibold">{texts.product}</p>
            <p className="text-[13px] text-soft">{words.lead}</p>
          </div>
        </div>
        <form
          onSubmit={(event) => void submit(event)}
          className="grid gap-4 rounded-2xl border border-line bg-card p-6 shadow-card"
        >
          <h1 className="text-lg font-semibold">{words.title}</h1>
          {ended && !problem && (
            <p role="status" className="rounded-lg bg-warn-soft px-3 py-2 text-sm text-warn">
              {words.ended}
            </p>
          )}
          <Field name="email" type="email" label={words.email} autoComplete="username" />
          <Field name="password" type="password" label={words.password} autoComplete="current-password" />
          {problem && (
            <p role="alert" className="rounded-lg bg-bad-soft px-3 py-2 text-sm text-bad">
              {typeof problem === "string" ? words[problem] : words.failed(problem.reason)}
            </p>
          )}
          <button
            type="submit"
            disabled={isWorking}
            className="rounded-lg bg-accent px-4 py-2.5 font-medium text-on-accent transition-opacity hover:opacity-90 disabled:opacity-60"
          >
            {isWorking ? words.working : words.submit}
          </button>
        </form>
        <p className="mt-4 text-[13px] text-soft">{words.help}</p>
      </main>
    </div>
  );
}

function Field({ name, type, label, autoComplete }: Record<"name" | "type" | "label" | "autoComplete", string>) {
  const id = useId();
  return (
    <div className="grid gap-1">
      <label htmlFor={id} className="text-[13px] text-soft">
        {label}
      </label>
      <input
        id={id}
        name={name}
        type={type}
        autoComplete={autoComplete}
        required
        className="rounded-lg border border-line bg-paper px-3 py-2"
      />
    </div>
  );
}
