export const dynamic = "force-static";

/** Tells of a finished build which project it is for; null: the one of config.json. */
export function GET(): Response {
  return Response.json({ project: process.env.NEXT_PUBLIC_SUPABASE_URL || null });
}
