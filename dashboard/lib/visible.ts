/** Names and titles that others wrote, so that nothing in them acts on the text around. */

/** Bidi controls, and what is never seen by itself; not what joins emoji and letters or chooses how they look. */
const UNSEEN =
  /(?!\u200c|\u200d|\ufe0e|\ufe0f|[\u{e0061}-\u{e007f}]|[\u{e0100}-\u{e01ef}])\p{Default_Ignorable_Code_Point}/gu;
const BREAKS = /[\p{Cc}\p{Zl}\p{Zp}\u2800]+/gu;
const RIGHT_TO_LEFT = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/** The name in one line, or a dash where nothing of it can be seen. */
export function visible(name: string): string {
  const shown = name.replace(BREAKS, " ").replace(UNSEEN, "").trim();
  return /[^\p{Default_Ignorable_Code_Point}\s]/u.test(shown) ? shown : "—";
}

/** The name for use within a sentence, whose direction it leaves alone (FSI and PDI of UAX #9). */
export function isolated(name: string): string {
  const shown = visible(name);
  return RIGHT_TO_LEFT.test(shown) ? `\u2068${shown}\u2069` : shown;
}
