import { expect, it } from 'vitest';
import { optionsOf } from './options.js';

it('reads the number of requests and the seed', () => {
  expect(optionsOf(['--requests', '2000', '--seed', '0'])).toEqual({ requests: 2000, seed: 0 });
  expect(optionsOf([])).toEqual({ requests: 20_000, seed: expect.any(Number) });
});

it.each([
  ['no requests', ['--requests', '0']],
  ['a negative number', ['--requests', '-1']],
  ['a fraction', ['--requests', '1.5']],
  ['an exponent', ['--requests', '1e3']],
  ['too many requests', ['--requests', '10000001']],
  ['a text as a seed', ['--seed', 'x']],
  ['an empty seed', ['--seed', '']],
  ['a seed beyond 31 bits', ['--seed', '2147483648']],
  ['a missing value', ['--seed']],
  ['an unknown option', ['--only', 'charges']],
  ['a stray argument', ['20000']],
])('refuses %s', (_what, args) => {
  expect(optionsOf(args)).toBeUndefined();
});
