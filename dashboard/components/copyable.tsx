"use client";

import { useRef, useState } from "react";

import { usePreferences } from "@/lib/preferences";

import { CopyIcon, DoneIcon } from "./icons";

/** Lines to be pasted elsewhere, with a button that copies them. */
export function Copyable({ text }: { text: string }) {
  const { states } = usePreferences().texts;
  const lines = useRef<HTMLPreElement>(null);
  const [outcome, setOutcome] = useState<"copied" | "selected" | null>(null);

  async function copy() {
    try {
      // There is no clipboard where the page came by plain HTTP, and a browser may refuse it.
      await navigator.clipboard.writeText(text);
      setOutcome("copied");
    } catch {
      if (lines.current) window.getSelection()?.selectAllChildren(lines.current);
      setOutcome("selected");
    }
  }

  return (
    <div className="mt-3 flex flex-wrap items-start gap-2">
      <pre
        ref={lines}
        className="min-w-0 grow basis-64 rounded-lg bg-sunk p-3 text-[13px] wrap-anywhere whitespace-pre-wrap"
      >
        {text}
      </pre>
      <button
        type="button"
        onClick={() => void copy()}
        className="inline-flex items-center gap-1.5 rounded-lg border border-line bg-card px-3 py-2 text-[13px] hover:bg-sunk"
      >
        {outcome === "copied" ? <DoneIcon /> : <CopyIcon />}
        {outcome === "copied" ? states.copied : states.copy}
      </button>
      <p role="status" className={outcome === "selected" ? "w-full text-[13px] text-soft" : "sr-only"}>
        {outcome === "copied" && states.copied}
        {outcome === "selected" && states.copyByHand}
      </p>
    </div>
  );
}
