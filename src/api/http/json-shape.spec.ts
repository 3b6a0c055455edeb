import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countKeys, jsonShape } from './json-shape.js';

/** Values whose texts contain quotes, backslashes, colons and brackets too. */
const json = fc.jsonValue({
  stringUnit: fc.constantFrom('"', '\\', ':', '{', '}', '[', ']', ',', 'a', '\n', 'é'),
});

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

describe('the shape of a JSON text', () => {
  it('has the keys and the depth of its value', () => {
    fc.assert(
      fc.property(json, fc.integer({ min: 0, max: 2 }), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        const parsed: unknown = JSON.parse(text);
        expect(jsonShape(text)).toEqual({ depth: depthOf(parsed), keys: countKeys(parsed) });
      }),
    );
  });

  it('has more keys than the value if one is repeated, also if it is escaped in another way', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), json, { minKeys: 1 }),
        json,
        fc.boolean(),
        (object, value, escaped) => {
          const [key = ''] = Object.keys(object);
          const again = escaped ? `"${escapeAll(key)}"` : JSON.stringify(key);
          const text = `${JSON.stringify(object).slice(0, -1)},${again}:${JSON.stringify(value)}}`;
          expect(jsonShape(text).keys).toBeGreaterThan(countKeys(JSON.parse(text)));
        },
      ),
    );
  });
});

function escapeAll(text: string): string {
  return [...Array(text.length).keys()]
    .map((i) => `\\u${text.charCodeAt(i).toString(16).padStart(4, '0')}`)
    .join('');
}
