import { describe, expect } from 'vitest';
import { visit } from '../support/plain-browser.js';
import { confirmTest } from './confirm-test.js';

const LIMIT = 4;
const it = confirmTest({ environment: { RATE_LIMITS: `confirm:${LIMIT}/1m` } });

describe('the confirm page', () => {
  it('is 429 beyond the limit of its payment, and asks Stripe nothing then', async ({
    paydesk,
    refusedCharge,
  }) => {
    const { url } = await refusedCharge();
    for (let count = 0; count < LIMIT; count += 1) {
      expect((await visit(count % 2 === 0 ? url : `${url}/return`)).status).toBe(200);
    }
    const before = paydesk.stripeCalls.length;
    const refused = await visit(url);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused.text).toContain('Please try again in a moment');
    expect((await visit(`${url}/return`)).status).toBe(429);
    expect(paydesk.stripeCalls).toHaveLength(before);
    const other = await refusedCharge();
    expect((await visit(other.url)).status).toBe(200);
  });
});
