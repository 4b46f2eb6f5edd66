"use client";

import { THEMES, usePreferences } from "@/lib/preferences";

import { LanguageIcon, MoonIcon, ScreenIcon, SunIcon } from "./icons";

const BUTTON = "inline-flex items-center gap-2 rounded-lg p-2 text-soft hover:bg-sunk hover:text-ink";

export function LanguageButton({ withText = false }: { withText?: boolean }) {
  const { language, setLanguage, texts } = usePreferences();
  const other = language === "ja" ? "en" : "ja";
  return (
    <button
      type="button"
      lang={other}
      className={BUTTON}
      onClick={() => setLanguage(other)}
      aria-label={withText ? undefined : texts.language}
      title={withText ? undefined : texts.language}
    >
      <LanguageIcon />
      {withText && <span className="text-[13px]">{texts.language}</span>}
    </button>
  );
}

const ICONS = { system: ScreenIcon, light: SunIcon, dark: MoonIcon };

/** Goes round the three themes, and is named after the one that is on. */
export function ThemeButton({ withText = false }: { withText?: boolean }) {
  const { theme, setTheme, texts } = usePreferences();
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "system";
  const ThemeIcon = ICONS[theme];
  return (
    <button
      type="button"
      className={BUTTON}
      onClick={() => setTheme(next)}
      aria-label={withText ? undefined : texts.theme[theme]}
      title={withText ? undefined : texts.theme[theme]}
    >
      <ThemeIcon />
      {withText && <span className="text-[13px]">{texts.theme[theme]}</span>}
    </button>
  );
}
