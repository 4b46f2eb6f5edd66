import type { Metadata, Viewport } from "next";
import type { ReactNode } from "react";

import { App } from "@/components/app";

import "./globals.css";

export const metadata: Metadata = {
  title: "Otonari · お隣さん",
  description: "See how your Otonari is, live.",
  robots: { index: false, follow: false },
};

export const viewport: Viewport = {
  width: "device-width",
  initialScale: 1,
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#f5f4f0" },
    { media: "(prefers-color-scheme: dark)", color: "#101419" },
  ],
};

/** Before the first paint, so that a dark room stays dark. */
const THEME = `
const stored = localStorage.getItem("otonari.theme");
const dark = stored === "dark" || (stored !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
document.documentElement.dataset.theme = dark ? "dark" : "light";
`;

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="ja" suppressHydrationWarning>
      <head>
        {/* biome-ignore lint/security/noDangerouslySetInnerHtml: a constant of this file */}
        <script dangerouslySetInnerHTML={{ __html: `{${THEME}}` }} />
      </head>
      <body className="min-h-dvh font-sans text-[15px] leading-relaxed">
        <App>{children}</App>
      </body>
    </html>
  );
}
