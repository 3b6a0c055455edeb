import { readdirSync, readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const FOLDER = 'dist/bundle';

it.each([
  ['OperationAttempt', 'src/operations/operation-attempt.js'],
  ['SchedulesStripe', 'src/subscriptions/schedules.stripe.js'],
  ['EarlyRefusal', 'src/api/http/early-refusal.js'],
  ['StripeProvider', 'libs/stripe/stripe.provider.js'],
])('the source maps of the bundle name the file of %s', (name, file) => {
  const sources = sourcesOf(new RegExp(String.raw`__Name\(\s*this,\s*"${name}"\)`));
  expect(sources.map((source) => source.endsWith(`/${file}`))).toEqual([true]);
});

it('runs with the same options of Node by npm, in a container and by a process manager', () => {
  const texts = ['package.json', 'Dockerfile', 'README.md'].map((file) => readFileSync(file, 'utf8'));
  const options = texts.map((text) => {
    const [command = ''] = /(--[\w=-]+[", ]+)+dist\/bundle\/main\.js/.exec(text) ?? [];
    return command.match(/--[\w=-]+/g);
  });
  expect(options[0]).toEqual([
    expect.stringMatching(/^--max-semi-space-size=\d+$/),
    expect.stringMatching(/^--heap-growing-percent=\d+$/),
  ]);
  expect(options).toEqual(texts.map(() => options[0]));
});

/** The files that code of the bundle comes from, by its source maps. */
function sourcesOf(code: RegExp): string[] {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith('.js'));
  return names.flatMap((name) => {
    const text = readFileSync(join(FOLDER, name), 'utf8');
    const at = text.search(code);
    if (at === -1) return [];
    const lines = text.slice(0, at).split('\n');
    const map = new SourceMap(
      JSON.parse(readFileSync(join(FOLDER, `${name}.map`), 'utf8')) as SourceMapPayload,
    );
    const entry = map.findEntry(lines.length - 1, lines.at(-1)!.length);
    return 'originalSource' in entry ? [entry.originalSource] : [];
  });
}
