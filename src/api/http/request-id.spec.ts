import { describe, expect, it } from 'vitest';
import { requestIdOf } from './request-id.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function idFor(given?: string | string[]): string {
  return requestIdOf({ headers: { 'x-request-id': given } });
}

describe('the id of a request', () => {
  it.each(['a', '0f8fad5b-d9cb-469f-a165-70867728950e', 'Root.1-abc_DEF', 'x'.repeat(64)])(
    "is the caller's %s",
    (given) => {
      expect(idFor(given)).toBe(given);
    },
  );

  it.each([
    undefined,
    '',
    'x'.repeat(65),
    'a b',
    'a, b',
    'bob@example.com',
    'a\u00e9',
    'sk_live_abc',
    'whsec_abc',
    'seti_1_secret_2',
    '4242424242424242',
    '4242-4242-4242-4242',
  ])('is new instead of %s', (given) => {
    expect(idFor(given)).toMatch(UUID);
  });
});
