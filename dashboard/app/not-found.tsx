"use client";

import { Card } from "@/components/card";
import { usePreferences } from "@/lib/preferences";

export default function NotFound() {
  const { notFound } = usePreferences().texts;
  return (
    <Card title={notFound.title}>
      <p className="text-soft">{notFound.lead}</p>
    </Card>
  );
}
