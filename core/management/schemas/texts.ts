import * as z from 'zod';

/**
 * Texts that people write and others read, in lists, mails and logs: what they hold can be seen. Normalised
 * first (white space around it gone, Unicode's form C), then checked, so what is stored passes again.
 */

/**
 * Controls, line and paragraph separators, halves of surrogate pairs, and what nobody sees or what turns the
 * direction of all that follows. The joiners and variation selectors that scripts and emoji need may stay.
 */
const UNSEEN =
  /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}[\p{Default_Ignorable_Code_Point}--[\u200c\u200d\p{Variation_Selector}]]]/v;
/** Something to see: no blank (Braille has one that counts as a symbol), joiner or mark on nothing. */
const SEEN = /[^\p{Z}\p{M}\p{Cf}\u2800]/u;

const HOLDS_UNSEEN =
  'expected characters that can be seen: no control, line break, invisible or direction character';

/** The same for readers of the document, whose regular expressions know no properties; without rare scripts'. */
const UNSEEN_RANGES =
  '\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180e\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ufeff\\uffa0\\ufff0-\\ufff8';

/** A name or sentence of 1 to `longest` characters (code points). */
export function words(longest: number) {
  return sentence(longest)
    .refine((text) => SEEN.test(text), 'expected something to read')
    .meta({
      minLength: 1,
      maxLength: longest,
      pattern: `^[^${UNSEEN_RANGES}]*[^\\s${UNSEEN_RANGES}][^${UNSEEN_RANGES}]*$`,
    });
}

/** The same, or nothing. */
export function maybeWords(longest: number) {
  return sentence(longest).meta({ maxLength: longest, pattern: `^[^${UNSEEN_RANGES}]*$` });
}

/** Lines of Markdown, of at most `mostBytes` in UTF-8; of characters that nobody sees they may hold line ends and tabs. */
export function markdown(mostBytes: number) {
  return z
    .string()
    .normalize('NFC')
    .refine((text) => Buffer.byteLength(text) <= mostBytes, `expected at most ${mostBytes} bytes`)
    .refine((text) => !UNSEEN.test(text.replaceAll(/[\n\r\t]/g, ' ')), HOLDS_UNSEEN)
    .meta({ maxLength: mostBytes });
}

function sentence(longest: number) {
  return exactly(z.string().normalize('NFC').trim(), longest);
}

/** A text that is compared or given back to the letter, so kept as it was sent: a name of another system. */
export function exactText(longest: number, shortest = 1) {
  return exactly(z.string().min(shortest), longest).meta({
    maxLength: longest,
    pattern: `^[^${UNSEEN_RANGES}]*$`,
  });
}

function exactly(text: z.ZodString, longest: number) {
  return text
    .refine((value) => lengthOf(value) <= longest, `expected at most ${longest} characters`)
    .refine((value) => !UNSEEN.test(value), HOLDS_UNSEEN);
}

/** In code points, as JSON Schema counts; a pair of surrogates is one. */
function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}
