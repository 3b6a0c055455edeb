import { randomUUID } from 'node:crypto';

/**
 * A running attempt renews its lease long before it expires; the row of a dead one is taken over after it has expired. If
 * clocks differ by more than 4 s, rows of running attempts are taken over too, so an attempt must be safe to repeat.
 */
const LEASE_MS = 6_000;
export const LEASE_RENEWAL_MS = 2_000;
const EXPIRED = new Date(0);

/** The columns of a row that say which attempt may change it. */
export interface Lease {
  leaseId: string;
  leaseExpiresAt: Date;
}

export function leaseFrom(now: Date): Lease {
  return { leaseId: randomUUID(), leaseExpiresAt: leaseEnd(now) };
}

export function leaseEnd(now: Date): Date {
  return new Date(now.getTime() + LEASE_MS);
}

/** A lease that nobody holds. Its new id prevents a renewal that is in flight from extending the previous lease. */
export function expiredLease(): Lease {
  return { leaseId: randomUUID(), leaseExpiresAt: EXPIRED };
}

/** Runs an attempt while `renew` extends its lease again and again. */
export async function underLease<T>(renew: () => Promise<unknown>, attempt: () => Promise<T>): Promise<T> {
  const renewal = setInterval(() => void renew().catch(ignoreRenewalFailure), LEASE_RENEWAL_MS);
  try {
    return await attempt();
  } finally {
    clearInterval(renewal);
  }
}

/** The lease outlasts a failed renewal, and the next one extends it. */
function ignoreRenewalFailure(): void {}
