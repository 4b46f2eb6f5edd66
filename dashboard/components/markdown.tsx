import { createContext, useContext } from "react";

import { databaseNow } from "@/lib/clock";
import { LOCALES } from "@/lib/format";
import { type Block, blocksOf, type Span, spansOf } from "@/lib/markdown";
import { usePreferences } from "@/lib/preferences";
import { momentText, type Reference } from "@/lib/references";

/** What somebody or something that a text names by its id is called. */
export type Naming = (kind: "user" | "role" | "channel", id: string) => string;

const NamingContext = createContext<Naming>((_, id) => id);

/** A text by people or a model, with what its Markdown means; nothing of it is ever HTML. */
export function Markdown({ text, naming }: { text: string; naming: Naming }) {
  return (
    <NamingContext value={naming}>
      <Blocks blocks={blocksOf(text)} />
    </NamingContext>
  );
}

function Blocks({ blocks }: { blocks: readonly Block[] }) {
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-1.5 wrap-anywhere">
      {blocks.map((block, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a text has no other keys, and does not change
        <BlockView key={place} block={block} />
      ))}
    </div>
  );
}

function BlockView({ block }: { block: Block }) {
  switch (block.kind) {
    case "code":
      return (
        <pre className="rounded-lg bg-sunk p-3 text-[13px] leading-5 font-normal wrap-anywhere whitespace-pre-wrap">
          <code>{block.text}</code>
        </pre>
      );
    case "heading":
      return (
        <p className={`font-semibold ${block.level === 1 ? "text-lg" : ""}`}>
          <Spans spans={spansOf(block.text)} />
        </p>
      );
    case "quote":
      return (
        <blockquote className="border-l-2 border-line pl-3 text-soft">
          <Blocks blocks={block.blocks} />
        </blockquote>
      );
    case "item":
      return (
        <p className="flex gap-2" style={{ paddingLeft: `${block.depth}em` }}>
          <span className="shrink-0 text-soft">{block.mark}</span>
          <span className="min-w-0 whitespace-pre-wrap">
            <Spans spans={spansOf(block.text)} />
          </span>
        </p>
      );
    case "subtext":
      return (
        <p className="text-[0.8em] whitespace-pre-wrap text-soft">
          <Spans spans={spansOf(block.text)} />
        </p>
      );
    case "text":
      return (
        <p className="whitespace-pre-wrap">
          <Spans spans={spansOf(block.text)} />
        </p>
      );
  }
}

const TAGS = { strong: "strong", emphasis: "em", underline: "u", strike: "s" } as const;

function Spans({ spans }: { spans: readonly Span[] }) {
  return spans.map((span, place) => {
    const key = `${place}`;
    if (span.kind === "text") return span.text;
    if (span.kind === "code") {
      return (
        <code key={key} className="rounded bg-sunk px-1 py-px text-[0.9em] whitespace-pre-wrap">
          {span.text}
        </code>
      );
    }
    if (span.kind === "reference") return <ReferenceView key={key} to={span.to} />;
    const Tag = TAGS[span.kind];
    return (
      <Tag key={key}>
        <Spans spans={span.spans} />
      </Tag>
    );
  });
}

function ReferenceView({ to }: { to: Reference }) {
  const naming = useContext(NamingContext);
  const { format, language } = usePreferences();
  switch (to.kind) {
    case "emoji":
      return to.name;
    case "command":
      return <bdi className="rounded bg-accent-soft px-1 text-accent">{to.name}</bdi>;
    case "time":
      return (
        <time dateTime={new Date(to.at).toISOString()} title={format.full(to.at)} className="rounded bg-sunk px-1">
          {momentText(to.at, to.style, LOCALES[language], databaseNow())}
        </time>
      );
    default:
      return (
        <bdi title={`ID ${to.id}`} className="rounded bg-accent-soft px-1 text-accent">
          {naming(to.kind, to.id)}
        </bdi>
      );
  }
}
