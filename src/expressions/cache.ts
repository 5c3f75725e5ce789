/** Characters of all keys of one generation. A tree takes some twenty times the memory of its text. */
const generationCharactersMax = 131_072;

/**
 * Remembers what was computed for the texts seen lately, within bounded memory: two generations, the older of which is
 * dropped when the younger is full; what is used again moves to the younger.
 */
export function createCache<T>(compute: (text: string) => T): (text: string) => T {
  let young = new Map<string, T>();
  let old = new Map<string, T>();
  let characters = 0;
  return text => {
    const known = young.get(text);
    if (known !== undefined) return known;
    const value = old.get(text) ?? compute(text);
    if (characters + text.length > generationCharactersMax) {
      old = young;
      young = new Map();
      characters = 0;
    }
    young.set(text, value);
    characters += text.length + 100;
    return value;
  };
}
