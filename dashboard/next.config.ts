import type { NextConfig } from "next";

import { assertPublishable } from "./lib/keys";

// A key given at build time ends up in files that everybody can read.
assertPublishable(process.env.NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY ?? "");

const config: NextConfig = {
  output: "export",
  trailingSlash: true,
  basePath: process.env.NEXT_PUBLIC_BASE_PATH || undefined,
  reactStrictMode: true,
  devIndicators: false,
  turbopack: { root: import.meta.dirname },
};

export default config;
