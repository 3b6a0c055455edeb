import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the work of an operation begins and ends a span, which is all that tracing adds to a charge while it is off. */
const CALL = codeLike(
  'return this.tracing.inSpan({ name: `operation ${step}`, attributes, continues }, work)',
);
const STEP = codeLike('const attributes = { "paydesk.kind": name };');
const TRACEPARENT = codeLike('return this.tracing.traceparent ?? null');

/**
 * Copies the bundle of a checkout without the calls for traces on the path of a charge, to measure what they cost.
 *
 * @returns the folder of the copy
 * @throws {Error} if they are not where they were
 */
export function untracedBundle(root: string): string {
  const copy = join(root, 'dist/untraced-bundle');
  cpSync(join(root, 'dist/bundle'), copy, { recursive: true });
  const counts = new Map([CALL, STEP, TRACEPARENT].map((pattern) => [pattern, 0]));
  const remove = (text: string, pattern: RegExp, replacement: string) =>
    text.replace(pattern, () => {
      counts.set(pattern, (counts.get(pattern) ?? 0) + 1);
      return replacement;
    });
  for (const name of readdirSync(copy).filter((each) => each.endsWith('.js'))) {
    const text = readFileSync(join(copy, name), 'utf8');
    const untraced = remove(
      remove(remove(text, CALL, 'return work({})'), STEP, ''),
      TRACEPARENT,
      'return null',
    );
    if (untraced !== text) writeFileSync(join(copy, name), untraced);
  }
  if ([...counts.values()].some((count) => count !== 1))
    throw new Error('the calls for traces are not where they were');
  return copy;
}

/** Some code, wherever it has spaces and ends of lines. */
function codeLike(code: string): RegExp {
  const characters = Array.from(code.replaceAll(' ', ''), (each) =>
    each.replace(/[$()*+.?[\\\]^{|}]/, String.raw`\$&`),
  );
  return new RegExp(characters.join(String.raw`\\?\s*`), 'g');
}
