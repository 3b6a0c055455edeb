import { expect, it, onTestFinished } from 'vitest';
import type { Mutation } from '../chaos/build.js';
import { Bench } from './bench.js';
import { run } from './run.js';

/** Bugs that the fuzzer must find, because a fuzzer that finds nothing may check nothing. */
const MUTANTS: [Mutation, RegExp][] = [
  [
    {
      name: 'a key needs no scope',
      changes: [
        {
          file: 'api/http/access.js',
          text: 'actor.scopes.includes(needed)',
          replacement: 'true',
        },
      ],
    },
    /accepted the credential: key without scopes/,
  ],
  [
    {
      name: 'unknown fields are ignored',
      changes: [
        {
          file: 'api/http/request.pipe.js',
          text: 'forbidNonWhitelisted: true',
          replacement: 'forbidNonWhitelisted: false',
        },
      ],
    },
    // Such a body is accepted, or refused for another reason after a call to Stripe.
    /accepted a body that breaks the schema|400 after calls to Stripe/,
  ],
  [
    {
      name: 'a problem repeats the URL',
      changes: [
        {
          file: 'api/http/problem.filter.js',
          text: '...problemHeaders(slug, extras),',
          replacement: "...problemHeaders(slug, extras), 'x-url': request.url,",
        },
      ],
    },
    /x-url repeats input/,
  ],
];

const OPTIONS = { requests: 8_000, seed: 2, endOnFailure: true };

it.each(MUTANTS)('finds the bug "$name"', async (mutation, fault) => {
  const bench = new Bench(mutation);
  onTestFinished(() => bench.close());
  await bench.open();
  const { failure } = await run(bench, OPTIONS, new AbortController().signal);
  expect(failure?.faults.join('\n')).toMatch(fault);
});
