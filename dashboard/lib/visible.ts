/** Names and titles that others wrote, so that nothing in them acts on the text around; as `bot/escaping.py` has it. */

/** C0 and C1 controls, line and paragraph separators, and blanks that count as letters or symbols. */
const BLANK = /[\p{Cc}\u115f\u1160\p{Zl}\p{Zp}\u2800\u3164\uffa0]+/gu;
/** Bidi controls and what else is never seen by itself; the flags of England, Scotland and Wales need their tags. */
const UNSEEN =
  /(\u{1f3f4}\u{e0067}\u{e0062}(?:\u{e0065}\u{e006e}\u{e0067}|\u{e0073}\u{e0063}\u{e0074}|\u{e0077}\u{e006c}\u{e0073})\u{e007f})|(?!\u200c|\u200d|\ufe0e|\ufe0f|[\u{e0100}-\u{e01ef}])[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/gu;
/** Marks on one letter; no language needs more, and hundreds would cover the lines around. */
const MANY_MARKS = /([\p{M}\u200c\u200d]{8})[\p{M}\u200c\u200d]+/gu;
/** Variation selectors that do not choose how an emoji looks, or a kanji of somebody's name. */
const LONE_SELECTOR =
  /(?<![0-9#*\u00a9\u00ae\u203c-\u2bff\u3030\u303d\u3297\u3299\u{1f000}-\u{1faff}])[\ufe0e\ufe0f]+|(?<![\u3400-\u9fff\uf900-\ufaff\u{20000}-\u{3ffff}])[\u{e0100}-\u{e01ef}]+/gu;
const JOINED =
  "\\u0600-\\u109f\\u1780-\\u1cff\\ufb50-\\ufefc\\u00a9\\u00ae\\u203c-\\u2bff\\u3030\\u303d\\u3297\\u3299\\u{1f000}-\\u{1faff}";
/** Joiners that neither make one emoji of several nor shape letters of Persian and the scripts of India. */
const LONE_JOINER = new RegExp(
  `(?<![${JOINED}\\ufe0f])[\\u200c\\u200d]+|[\\u200c\\u200d]+(?![${JOINED}])|(?<=[\\u200c\\u200d])[\\u200c\\u200d]+`,
  "gu",
);
/** What is seen by itself; marks, spaces and format characters are not. */
const STANDS_ALONE = /[^\p{M}\p{Z}\p{Cc}\p{Cf}]/u;
/** The blocks of Hebrew, Arabic and their kin. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** The name in one line, or a dash where nothing of it can be seen. */
export function visible(name: string): string {
  const seen = name.replace(BLANK, " ").replace(UNSEEN, "$1").replace(MANY_MARKS, "$1");
  const shown = seen.replace(LONE_SELECTOR, "").replace(LONE_JOINER, "").trim();
  return STANDS_ALONE.test(shown) ? shown : "—";
}

/** The name for use within a sentence, whose direction it leaves alone (FSI and PDI of UAX #9). */
export function isolated(name: string): string {
  const shown = visible(name);
  return RIGHT_TO_LEFT.test(shown) ? `\u2068${shown}\u2069` : shown;
}
