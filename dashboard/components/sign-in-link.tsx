"use client";

import { type FormEvent, useState } from "react";

import { type AuthProblem, authProblemOf } from "@/lib/auth-problems";
import { usePreferences } from "@/lib/preferences";
import type { Project } from "@/lib/project";
import type { SignInLink } from "@/lib/sign-in-link";
import { type Client, createTrialClient } from "@/lib/supabase";
import { isolated } from "@/lib/visible";

import { AuthProblemText, Doorstep, Field, SubmitButton } from "./sign-in";

interface Props {
  link: SignInLink;
  client: Client;
  project: Project;
  /** Who is signed in now. */
  current: string | null;
  leave(): void;
}

/** Asks before a link in the address signs anybody in, or says why it cannot. */
export function SignInLinkView(props: Props) {
  const { link, leave } = props;
  const words = usePreferences().texts.link;
  if (link.kind === "session") return <Question {...props} link={link} />;
  return (
    <Doorstep>
      <section className="grid gap-4 rounded-2xl border border-line bg-card p-6 shadow-card">
        <h1 className="text-lg font-semibold">{words.failed}</h1>
        <p role="alert" className="rounded-lg bg-bad-soft px-3 py-2 text-sm text-bad">
          {words[link.reason]}
        </p>
        <LeaveButton leave={leave}>{words.goOn}</LeaveButton>
      </section>
    </Doorstep>
  );
}

type Problem = AuthProblem | "spent" | "unequal";

/** Characters of an address of e-mail (RFC 5321, 4.5.3.1). */
const LONGEST = 320;

function Question({ link, client, project, current, leave }: Props & { link: SignInLink & { kind: "session" } }) {
  const words = usePreferences().texts.link;
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isWorking, setWorking] = useState(false);
  const who = isolated((link.user.email || link.user.id).slice(0, LONGEST));

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const password = link.isForPassword ? String(form.get("password")) : null;
    if (password !== null && password !== form.get("again")) {
      setProblem("unequal");
      return;
    }
    setWorking(true);
    const found = await adopt(link, client, project, password);
    setWorking(false);
    setProblem(found);
    if (!found) leave();
  }

  return (
    <Doorstep>
      <form
        onSubmit={(event) => void submit(event)}
        className="grid gap-4 rounded-2xl border border-line bg-card p-6 shadow-card"
      >
        <h1 className="text-lg font-semibold wrap-anywhere">
          {link.isForPassword ? words.passwordTitle : words.title(who)}
        </h1>
        <p className="text-sm wrap-anywhere">{link.isForPassword ? words.passwordLead(who) : words.lead}</p>
        {current !== null && (
          <p className="rounded-lg bg-warn-soft px-3 py-2 text-sm wrap-anywhere text-warn">
            {words.instead(isolated(current))}
          </p>
        )}
        {link.isForPassword && (
          <>
            <input type="hidden" name="username" autoComplete="username" value={link.user.email} readOnly />
            <Field name="password" type="password" label={words.password} autoComplete="new-password" />
            <Field name="again" type="password" label={words.again} autoComplete="new-password" />
          </>
        )}
        {problem === "spent" || problem === "unequal" ? (
          <p role="alert" className="rounded-lg bg-bad-soft px-3 py-2 text-sm text-bad">
            {problem === "spent" ? words.expired : words.unequal}
          </p>
        ) : (
          <AuthProblemText problem={problem} />
        )}
        <SubmitButton isWorking={isWorking}>
          {link.isForPassword ? words.passwordSubmit : words.submit(who)}
        </SubmitButton>
        <LeaveButton leave={leave}>{words.no}</LeaveButton>
      </form>
    </Doorstep>
  );
}

/**
 * Take over the link's session, with a new password where one is given; nothing changes unless all of it succeeds.
 *
 * Returns what is in the way: "spent" also where Supabase knows the session as another person's than the link says.
 */
async function adopt(
  link: SignInLink & { kind: "session" },
  client: Client,
  project: Project,
  password: string | null,
): Promise<Problem | null> {
  const trial = createTrialClient(project);
  const { data, error } = await trial.auth.setSession(link.tokens);
  if (error) return isOfTheLink(error) ? "spent" : authProblemOf(error);
  const { session, user } = data;
  if (!session || user?.id !== link.user.id || (user.email ?? "") !== link.user.email) return "spent";
  if (password !== null) {
    const { error: refusal } = await trial.auth.updateUser({ password });
    if (refusal) return authProblemOf(refusal);
  }
  const { error: failure } = await client.auth.setSession(session);
  return failure && authProblemOf(failure);
}

/** Whether Supabase refused these tokens, and not the project's key, the network or everybody. */
function isOfTheLink({ name, status = 0, code }: { name: string; status?: number; code?: string }): boolean {
  if (name === "AuthInvalidJwtError" || name === "AuthSessionMissingError") return true;
  return (status === 401 || status === 403 || status === 400 || status === 404) && code !== undefined;
}

function LeaveButton({ leave, children }: { leave(): void; children: string }) {
  return (
    <button
      type="button"
      onClick={leave}
      className="rounded-lg border border-line bg-card px-4 py-2.5 font-medium hover:bg-sunk"
    >
      {children}
    </button>
  );
}
