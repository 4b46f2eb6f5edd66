import { type Block, blocksOf, type Span, spansOf } from "@/lib/markdown";

/** A text by people or a model, with what its Markdown means; nothing of it is ever HTML. */
export function Markdown({ text }: { text: string }) {
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-1.5 wrap-anywhere">
      {blocksOf(text).map((block, place) => (
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
        <blockquote className="border-l-2 border-line pl-3 whitespace-pre-wrap text-soft">
          <Spans spans={spansOf(block.text)} />
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
    const Tag = TAGS[span.kind];
    return (
      <Tag key={key}>
        <Spans spans={span.spans} />
      </Tag>
    );
  });
}
