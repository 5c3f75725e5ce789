/** What an operator should see: one line of text, then what is known about it. Goes to stderr; stdout is for the user. */
export const log = {
  error(text: string, fields?: Readonly<Record<string, unknown>>): void {
    if (fields) console.error(`stator: ${text}`, fields);
    else console.error(`stator: ${text}`);
  },
};
