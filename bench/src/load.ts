import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import autocannon from 'autocannon';
import { Pool } from 'undici';
import { cardOf, userId } from './users.js';

/** One kind of request of the benchmark. */
export interface Requests {
  method: 'GET' | 'POST';
  status: 200 | 201;
  /** The next request. */
  next(): { path: string; headers: Record<string, string>; body?: string };
}

/** A charge by a partner for one of its users, each time another one and under a new Idempotency-Key. */
export function charges(apiKey: string): Requests {
  let count = 0;
  return {
    method: 'POST',
    status: 201,
    next() {
      const user = userId((count += 1));
      return {
        path: `/partners/user/${user}/payment_intent`,
        headers: {
          Authorization: `Bearer ${apiKey}`,
          'Content-Type': 'application/json',
          'Idempotency-Key': randomUUID(),
        },
        body: JSON.stringify({
          amount: '3000',
          description: 'Wellness exam',
          stripe_payment_method_id: cardOf(user),
        }),
      };
    },
  };
}

/** The history of a signed-in user, of which no two requests in flight have the same one. */
export function reads(tokens: readonly string[]): Requests {
  let count = 0;
  return {
    method: 'GET',
    status: 200,
    next: () => ({
      path: '/payments/get-history',
      headers: { Authorization: `Bearer ${tokens[(count += 1) % tokens.length]}` },
    }),
  };
}

/**
 * Sends an amount of requests, on each connection one after the other, as fast as they are answered.
 *
 * @throws {Error} if an answer has another status
 */
export async function saturate(
  url: string,
  requests: Requests,
  { connections, amount }: { connections: number; amount: number },
): Promise<{ ms: number }> {
  const startedMs = performance.now();
  const result = await autocannon({
    url,
    connections,
    amount,
    requests: [
      {
        method: requests.method,
        setupRequest: (request) => ({ ...request, ...requests.next() }),
      },
    ],
  });
  const answers = result.statusCodeStats?.[`${requests.status}`]?.count ?? 0;
  if (answers < amount) {
    const failed = JSON.stringify({ ...result.statusCodeStats, errors: result.errors });
    throw new Error(`${amount - answers} requests failed: ${failed}`);
  }
  return { ms: performance.now() - startedMs };
}

/**
 * Sends requests at a rate, whether or not earlier ones are answered.
 *
 * @returns the milliseconds that each took, in ascending order
 */
export async function sendAtRate(
  url: string,
  requests: Requests,
  { perSecond, seconds }: { perSecond: number; seconds: number },
): Promise<number[]> {
  const pool = new Pool(url, { connections: perSecond });
  const startMs = performance.now();
  const latencies = await Promise.all(
    Array.from({ length: perSecond * seconds }, async (_, index) => {
      await delay((index * 1000) / perSecond - (performance.now() - startMs));
      const sentMs = performance.now();
      const { statusCode, body } = await pool.request({ method: requests.method, ...requests.next() });
      await body.dump();
      if (statusCode !== requests.status) throw new Error(`answered ${statusCode}`);
      return performance.now() - sentMs;
    }),
  );
  await pool.close();
  return latencies.sort((a, b) => a - b);
}
