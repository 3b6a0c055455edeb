import { describe, expect, it } from 'vitest';
import { unpaidStatus } from './payment-status.js';

describe('unpaidStatus', () => {
  it.each([
    ['charge', 'succeeded', 'ACCEPTED'],
    ['charge', 'pending', 'PENDING'],
    ['charge', 'failed', 'FAILED'],
    ['invoice', 'draft', 'PENDING'],
    ['invoice', 'open', 'PENDING'],
    ['invoice', 'paid', 'ACCEPTED'],
    ['invoice', 'void', 'FAILED'],
    ['invoice', 'uncollectible', 'FAILED'],
    ['invoice', null, 'PENDING'],
    ['subscription', 'incomplete', 'PENDING'],
    ['subscription', 'past_due', 'PENDING'],
    ['subscription', 'paused', 'PENDING'],
    ['subscription', 'active', 'ACCEPTED'],
    ['subscription', 'trialing', 'ACCEPTED'],
    ['subscription', 'canceled', 'FAILED'],
    ['subscription', 'incomplete_expired', 'FAILED'],
    ['subscription', 'unpaid', 'FAILED'],
    ['subscription', 'a status of later', 'PENDING'],
  ] as const)('of a %s that is %s', (kind, status, expected) => {
    expect(unpaidStatus({ kind, status })).toBe(expected);
  });
});
