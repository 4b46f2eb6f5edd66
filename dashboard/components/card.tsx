import type { ReactNode } from "react";

/** A sheet of paper. With a title it is a section of its own. */
export function Card({
  title,
  aside,
  children,
  className = "",
}: {
  title?: string;
  aside?: ReactNode;
  children: ReactNode;
  className?: string;
}) {
  const sheet = `rounded-2xl border border-line bg-card p-4 shadow-card sm:p-5 ${className}`;
  if (!title) return <div className={sheet}>{children}</div>;
  return (
    <section className={sheet} aria-label={title}>
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <h2 className="mr-auto min-w-0 font-semibold wrap-anywhere">{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}

/** One figure with its name. */
export function Figure({
  name,
  value,
  detail,
  meter,
}: {
  name: string;
  value: ReactNode;
  detail?: ReactNode;
  /** 0 to 100: drawn as a thin bar below. */
  meter?: number | null;
}) {
  return (
    <div className="min-w-0 rounded-2xl border border-line bg-card p-4 shadow-card">
      <dt className="text-[13px] text-soft wrap-anywhere">{name}</dt>
      <dd className="mt-0.5">
        <span className="block text-[22px] leading-8 font-semibold tracking-tight tabular-nums">{value}</span>
        {meter !== undefined && (
          <span className="mt-1.5 block h-1 overflow-hidden rounded-full bg-sunk" aria-hidden="true">
            <span
              className={`block h-full rounded-full transition-[width] duration-700 ${(meter ?? 0) >= 90 ? "bg-bad" : "bg-accent"}`}
              style={{ width: `${Math.min(100, Math.max(0, meter ?? 0))}%` }}
            />
          </span>
        )}
        {detail && <span className="mt-0.5 block text-[13px] text-soft tabular-nums">{detail}</span>}
      </dd>
    </div>
  );
}
