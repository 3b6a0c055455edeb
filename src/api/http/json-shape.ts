const QUOTE = '"'.charCodeAt(0);
const BACKSLASH = '\\'.charCodeAt(0);
const COLON = ':'.charCodeAt(0);
const OPENING: ReadonlySet<number> = new Set(['{'.charCodeAt(0), '['.charCodeAt(0)]);
const CLOSING: ReadonlySet<number> = new Set(['}'.charCodeAt(0), ']'.charCodeAt(0)]);

/** What a JSON text contains, before it is parsed. */
export interface JsonShape {
  /** How deeply objects and arrays are nested; 1 for `{}`. */
  depth: number;
  /** The keys of all objects, each as often as it is written. */
  keys: number;
}

/** The shape of a JSON text. For a text that is not JSON it means nothing. */
export function jsonShape(text: string): JsonShape {
  let depth = 0;
  let deepest = 0;
  let keys = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) i = endOfString(text, i);
    else if (code === COLON) keys++;
    else if (OPENING.has(code)) deepest = Math.max(deepest, ++depth);
    else if (CLOSING.has(code)) depth--;
  }
  return { depth: deepest, keys };
}

/**
 * The keys of all objects of a parsed value. There are fewer than in its text if an object had a key twice, of which
 * `JSON.parse` keeps the last and other parsers the first: https://www.rfc-editor.org/rfc/rfc8259#section-4
 */
export function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const items: unknown[] = Object.values(value);
  const own = Array.isArray(value) ? 0 : items.length;
  return items.reduce<number>((sum, item) => sum + countKeys(item), own);
}

function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) return i;
    if (code === BACKSLASH) i++;
  }
  return text.length;
}
