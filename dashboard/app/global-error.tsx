"use client";

import { PreferencesProvider } from "@/lib/preferences";

import Broken from "./error";

import "./globals.css";

/** In place of everything, where what is around the pages broke. */
export default function AllBroken({ error }: { error: Error }) {
  return (
    <html lang="ja">
      <body className="min-h-dvh font-sans text-[15px] leading-relaxed">
        <PreferencesProvider>
          <main className="mx-auto grid min-h-dvh max-w-lg content-center p-6">
            <Broken error={error} />
          </main>
        </PreferencesProvider>
      </body>
    </html>
  );
}
