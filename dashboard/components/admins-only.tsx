"use client";

import type { ReactNode } from "react";

import { usePreferences } from "@/lib/preferences";
import { useSession } from "@/lib/session";

import { Card } from "./card";
import { Copyable } from "./copyable";

/** The page for admins; how to become one for everybody else (who could not read the rows anyway). */
export function AdminsOnly({ children }: { children: ReactNode }) {
  const { isAdmin, email } = useSession();
  const { states } = usePreferences().texts;
  if (isAdmin) return children;
  const address = email.replaceAll("'", "''");
  return (
    <Card title={states.adminOnly}>
      <p className="max-w-prose text-soft">{states.adminHow}</p>
      <Copyable
        text={`insert into public.dashboard_admins (user_id) select id from auth.users where email = '${address}';`}
      />
    </Card>
  );
}
