"use client";

import { useId } from "react";

import { usePreferences } from "@/lib/preferences";

import { SaveIcon } from "./icons";

/** One of a few choices, side by side. */
export function Choice<Value extends string>({
  name,
  values,
  label,
  value,
  choose,
}: {
  name: string;
  values: readonly Value[];
  label: Record<NoInfer<Value>, string>;
  value: NoInfer<Value>;
  choose(value: NoInfer<Value>): void;
}) {
  const group = useId();
  return (
    <fieldset className="flex rounded-lg bg-sunk p-0.5 text-[13px]">
      <legend className="sr-only">{name}</legend>
      {values.map((one) => (
        <label
          key={one}
          className="grow cursor-pointer rounded-md px-2 py-1 text-center text-soft whitespace-nowrap sm:px-2.5 transition-colors hover:text-ink has-checked:bg-card has-checked:font-medium has-checked:text-ink has-checked:shadow-card has-focus-visible:outline-2 has-focus-visible:outline-accent"
        >
          <input
            type="radio"
            className="sr-only"
            name={group}
            value={one}
            checked={one === value}
            onChange={() => choose(one)}
          />
          {label[one]}
        </label>
      ))}
    </fieldset>
  );
}

/** A drop-down list with its name read aloud. */
export function Select({
  name,
  options,
  value,
  choose,
}: {
  name: string;
  options: readonly { value: string; label: string }[];
  value: string;
  choose(value: string): void;
}) {
  return (
    <select
      aria-label={name}
      value={value}
      onChange={(event) => choose(event.target.value)}
      className="max-w-56 min-w-0 rounded-lg border border-line bg-card px-2.5 py-1 text-[13px]"
    >
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  );
}

export function ExportButton({ save, disabled }: { save(): void; disabled: boolean }) {
  const { texts } = usePreferences();
  return (
    <button
      type="button"
      onClick={save}
      disabled={disabled}
      className="inline-flex items-center gap-1.5 rounded-lg border border-line bg-card px-2.5 py-1 text-[13px] text-soft enabled:hover:text-ink disabled:cursor-default disabled:border-dashed disabled:bg-transparent"
    >
      <SaveIcon />
      {texts.states.csv}
    </button>
  );
}
