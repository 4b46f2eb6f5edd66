import { visible } from "@/lib/visible";

/** A name or title that somebody else wrote. */
export function Name({ of }: { of: string }) {
  return <bdi>{visible(of)}</bdi>;
}
