"use client";

import { type FormEvent, type ReactNode, useId, useState } from "react";

import { type AuthProblem, authProblemOf } from "@/lib/auth-problems";
import { usePreferences } from "@/lib/preferences";
import type { Client } from "@/lib/supabase";

import { LogoIcon } from "./icons";
import { LanguageButton, ThemeButton } from "./preference-buttons";

/** All that a visitor without an account ever sees. */
export function SignIn({ client, ended }: { client: Client; ended: boolean }) {
  const { texts } = usePreferences();
  const words = texts.signIn;
  const [problem, setProblem] = useState<AuthProblem | null>(null);
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
    setProblem(authProblemOf(error));
  }

  return (
    <Doorstep>
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
        <AuthProblemText problem={problem} />
        <SubmitButton isWorking={isWorking}>{isWorking ? words.working : words.submit}</SubmitButton>
      </form>
      <p className="mt-4 text-[13px] text-soft">{words.help}</p>
    </Doorstep>
  );
}

/** The page of those who are not inside yet. */
export function Doorstep({ children }: { children: ReactNode }) {
  const { texts } = usePreferences();
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
            <p className="text-[13px] text-soft">{texts.signIn.lead}</p>
          </div>
        </div>
        {children}
      </main>
    </div>
  );
}

export function Field({ name, type, label, autoComplete }: Record<"name" | "type" | "label" | "autoComplete", string>) {
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

export function AuthProblemText({ problem }: { problem: AuthProblem | null }) {
  const words = usePreferences().texts.signIn;
  if (!problem) return null;
  return (
    <p role="alert" className="rounded-lg bg-bad-soft px-3 py-2 text-sm wrap-anywhere text-bad">
      {typeof problem === "string" ? words[problem] : words.failed(problem.reason)}
    </p>
  );
}

export function SubmitButton({ isWorking, children }: { isWorking: boolean; children: ReactNode }) {
  return (
    <button
      type="submit"
      disabled={isWorking}
      className="rounded-lg bg-accent px-4 py-2.5 font-medium wrap-anywhere text-on-accent transition-opacity hover:opacity-90 disabled:opacity-60"
    >
      {children}
    </button>
  );
}
