"use client";

import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from "react";

import { type Format, formatFor, type Language } from "./format";
import { en, type Texts } from "./texts/en";
import { ja } from "./texts/ja";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

interface Preferences {
  language: Language;
  setLanguage(language: Language): void;
  theme: Theme;
  setTheme(theme: Theme): void;
  /** Whether the page is dark now, whoever decided it. */
  isDark: boolean;
  texts: Texts;
  format: Format;
}

const Context = createContext<Preferences | null>(null);

export const THEME_KEY = "otonari.theme";
const LANGUAGE_KEY = "otonari.language";

function browserLanguage(): Language {
  const stored = localStorage.getItem(LANGUAGE_KEY);
  if (stored === "ja" || stored === "en") return stored;
  return navigator.language.toLowerCase().startsWith("ja") ? "ja" : "en";
}

function storedTheme(): Theme {
  const stored = localStorage.getItem(THEME_KEY);
  return THEMES.find((theme) => theme === stored) ?? "system";
}

const DARK_SYSTEM = "(prefers-color-scheme: dark)";

/** Shows nothing until the browser's own preferences are known, so that nothing flickers. */
export function PreferencesProvider({ children }: { children: ReactNode }) {
  const [language, chooseLanguage] = useState<Language | null>(null);
  const [theme, chooseTheme] = useState<Theme>("system");
  const [systemIsDark, setSystemIsDark] = useState(false);

  useEffect(() => {
    chooseLanguage(browserLanguage());
    chooseTheme(storedTheme());
    const media = window.matchMedia(DARK_SYSTEM);
    const follow = () => setSystemIsDark(media.matches);
    follow();
    media.addEventListener("change", follow);
    return () => media.removeEventListener("change", follow);
  }, []);

  const isDark = theme === "dark" || (theme === "system" && systemIsDark);
  useEffect(() => {
    if (language === null) return;
    document.documentElement.lang = language;
    document.documentElement.dataset.theme = isDark ? "dark" : "light";
  }, [language, isDark]);

  const setLanguage = useCallback((chosen: Language) => {
    localStorage.setItem(LANGUAGE_KEY, chosen);
    chooseLanguage(chosen);
  }, []);
  const setTheme = useCallback((chosen: Theme) => {
    localStorage.setItem(THEME_KEY, chosen);
    chooseTheme(chosen);
  }, []);

  const preferences = useMemo(
    () =>
      language && {
        language,
        setLanguage,
        theme,
        setTheme,
        isDark,
        texts: language === "ja" ? ja : en,
        format: formatFor(language),
      },
    [language, setLanguage, theme, setTheme, isDark],
  );
  return preferences && <Context value={preferences}>{children}</Context>;
}

export function usePreferences(): Preferences {
  const preferences = useContext(Context);
  if (!preferences) throw new Error("usePreferences is for what PreferencesProvider contains");
  return preferences;
}
