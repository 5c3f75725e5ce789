/** Where no backslash is escaped this tells whether there is a half; most texts are done with it. */
const mayBeHalf = /\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F]/;
const anyEscape = /\\(?:u[dD][89abAB][0-9a-fA-F]{2}(\\u[dD][c-fC-F][0-9a-fA-F]{2})?|u[dD][c-fC-F][0-9a-fA-F]{2}|.)/gs;
const halfPair = /^\\u[dD][89a-fA-F]/;

/**
 * The same JSON text, in which each escape that stands for half a surrogate pair is U+FFFD: names and values are stored as
 * UTF-8, which has no halves. Everywhere alike, so that what is written under a name is found under it.
 */
export function withWholeCharacters(text: string): string {
  if (!text.includes('\\u')) return text;
  if (!mayBeHalf.test(text) && !text.includes('\\\\')) return text;
  return text.replace(anyEscape, (found, low?: string) =>
    low === undefined && halfPair.test(found) ? '\\ufffd' : found,
  );
}
