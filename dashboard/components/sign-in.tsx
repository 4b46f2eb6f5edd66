"use client";

import type { AuthError } from "@supabase/supabase-js";
import { type FormEvent, useId, useState } from "react";

import { isKeyRefused } from "@/lib/errors";
import { usePreferences } from "@/lib/preferences";
import type { Client } from "@/lib/supabase";

import { LogoIcon } from "./icons";
import { LanguageButton, ThemeButton } from "./preference-buttons";

type Refusal = "wrong" | "unconfirmed" | "tooMany" | "banned" | "noPasswords";
type Problem = Refusal | "unreachable" | "busy" | "key" | "address" | { reason: string };

// https://supabase.com/docs/guides/auth/debugging/error-codes
const PROBLEMS: Record<string, Refusal> = {
  invalid_credentials: "wrong",
  validation_failed: "wrong",
  email_address_invalid: "wrong",
  email_not_confirmed: "unconfirmed",
  over_request_rate_limit: "tooMany",
  user_banned: "banned",
  email_provider_disabled: "noPasswords",
};

const TOO_MANY = 429;
const NOT_FOUND = 404;
const SERVER_FAULT = 500;

function problemOf({ name, message, status = 0, code = "" }: AuthError): Problem {
  const named = PROBLEMS[code];
  if (named) return named;
  if (isKeyRefused(status, message)) return "key";
  if (status === TOO_MANY) return "tooMany";
  if (status >= SERVER_FAULT) return "busy";
  // Something answered that is not Supabase Auth: a page of HTML, which is no JSON, or nothing at this path.
  if (name === "AuthUnknownError" || status === NOT_FOUND || /JSON/.test(message)) return "address";
  if (name === "AuthRetryableFetchError") return "unreachable";
  return { reason: message };
}

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
    setProblem(problemOf(error));
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
            <p role="alert" className="rounded-lg bg-bad-soft px-3 py-2 text-sm wrap-anywhere text-bad">
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
