import fc from 'fast-check';

/** Ids of objects that exist, by prefix (`pi`, `cs`, ...), and users, tenants and what has a UUID. */
export type Pool = Readonly<Record<string, readonly string[]>>;

/** The prefixes of Stripe's ids that a pattern such as `^(cs|pi)_` allows, or that an example has. */
export function prefixesOf(pattern: string | undefined, example: unknown): string[] {
  const [, prefixes] = /^\^\(([a-z|]+)\)_/.exec(pattern ?? '') ?? /^([a-z]+)_/.exec(String(example)) ?? [];
  return prefixes?.split('|') ?? [];
}

/** Ids that exist and have one of the prefixes; undefined if there are none. */
export function idsWith(prefixes: readonly string[], pool: Pool): fc.Arbitrary<string> | undefined {
  const ids = prefixes.flatMap((prefix) => pool[prefix] ?? []);
  return ids.length > 0 ? fc.constantFrom(...ids) : undefined;
}

/** Any id that exists, of any kind. */
export function anyId(pool: Pool): fc.Arbitrary<string> {
  return fc.constantFrom(...Object.values(pool).flat());
}

/** An example with its ids replaced by ids that exist. */
export function withIds(example: unknown, pool: Pool): fc.Arbitrary<unknown> {
  if (typeof example === 'string')
    return idsWith(prefixesOf(undefined, example), pool) ?? fc.constant(example);
  if (Array.isArray(example)) return fc.tuple(...example.map((item) => withIds(item, pool)));
  if (typeof example !== 'object' || example === null) return fc.constant(example);
  const fields = Object.entries(example).map(([name, value]) => [name, withIds(value, pool)] as const);
  return fc.record(Object.fromEntries(fields));
}
