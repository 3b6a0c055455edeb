import { describe, expect } from 'vitest';
import { newSecret } from '../../src/access/api-key.js';
import { Caller } from '../support/caller.js';
import { paydeskTest } from '../support/paydesk-test.js';
import type { Paydesk } from '../support/paydesk.js';

const RATE_LIMITS = 'failures:2/1m';
const withoutProxies = paydeskTest({ environment: { RATE_LIMITS } });
const behindOthers = paydeskTest({ environment: { RATE_LIMITS, TRUST_PROXY: '10.0.0.0/8,127.0.0.2' } });
const behindProxies = paydeskTest({
  environment: { RATE_LIMITS, TRUST_PROXY: '127.0.0.1,10.0.0.0/8,fd00::/8' },
});

const THREE = ['192.0.2.1', '192.0.2.2', '192.0.2.3'];
const CONNECTION = '127.0.0.1';

/** The statuses of wrong keys, one after the other. The third of one address is 429. */
async function statusesOf({ url }: Paydesk, forwardedFor: readonly string[]): Promise<number[]> {
  const statuses: number[] = [];
  for (const addresses of forwardedFor) {
    const caller = new Caller(url, newSecret('partner'));
    statuses.push((await caller.get('/partners/user/a/payments', { 'x-forwarded-for': addresses })).status);
  }
  return statuses;
}

/** The address in the audit log of a change that came with this header. */
async function auditedAddress(paydesk: Paydesk, forwardedFor: string): Promise<string> {
  const admin = await paydesk.service('admin', { scopes: ['keys:admin'] });
  const key = { kind: 'partner', name: 'acme', scopes: ['charges:read'] };
  const created = await admin.post('/admin/keys', key, { 'x-forwarded-for': forwardedFor });
  const { body } = await admin.get(`/admin/audit?objectId=${created.body.id}`);
  return body.data[0].address;
}

describe('X-Forwarded-For', () => {
  withoutProxies('is ignored without TRUST_PROXY', async ({ paydesk }) => {
    expect(await statusesOf(paydesk, THREE)).toEqual([401, 401, 429]);
    expect(await auditedAddress(paydesk, '192.0.2.1')).toBe(CONNECTION);
  });

  behindOthers('is ignored from an address that is not in TRUST_PROXY', async ({ paydesk }) => {
    expect(await statusesOf(paydesk, THREE)).toEqual([401, 401, 429]);
    expect(await auditedAddress(paydesk, '192.0.2.1')).toBe(CONNECTION);
  });

  behindProxies('is the address of the caller if it comes from a proxy', async ({ paydesk }) => {
    expect(await statusesOf(paydesk, THREE)).toEqual([401, 401, 401]);
    expect(await auditedAddress(paydesk, '192.0.2.1')).toBe('192.0.2.1');
    expect(await auditedAddress(paydesk, '2001:db8::1')).toBe('2001:db8::1');
  });

  behindProxies('is read from the end to the first address that is no proxy', async ({ paydesk }) => {
    const chained = ['192.0.2.9, 10.1.2.3', '192.0.2.9,fd00::1', '192.0.2.9, 10.9.9.9, fd00::2'];
    expect(await statusesOf(paydesk, chained)).toEqual([401, 401, 429]);
    const spoofed = ['192.0.2.21, 198.51.100.1', '10.0.0.1, 198.51.100.1', 'x, 198.51.100.1'];
    expect(await statusesOf(paydesk, spoofed)).toEqual([401, 401, 429]);
    expect(await auditedAddress(paydesk, '192.0.2.21, 198.51.100.1, 10.1.1.1')).toBe('198.51.100.1');
  });

  behindProxies.for(['4242 4242 4242 4242', 'sk_live_51', 'unknown', '192.0.2.1:8080', '1.2.3', ''])(
    'is ignored if it is no address: "%s"',
    async (forwardedFor, { paydesk }) => {
      expect(await auditedAddress(paydesk, forwardedFor)).toBe(CONNECTION);
    },
  );
});
