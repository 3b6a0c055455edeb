import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import autocannon from 'autocannon';
import { Pool } from 'undici';
import { arrivalsMs } from './arrivals.js';
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
 * @param sample is called at the first answer and at the last. autocannon itself tells only after how many whole seconds
 *   it has noticed the end
 * @throws {Error} if an answer has another status
 */
export async function saturate<Sample>(
  url: string,
  requests: Requests,
  { connections, amount }: { connections: number; amount: number },
  sample: () => Sample,
): Promise<{ first: Sample; last: Sample }> {
  const samples: Sample[] = [];
  let answers = 0;
  const onAnswer = (status: number) => {
    if (status !== requests.status) return;
    answers += 1;
    if (answers === 1 || answers === amount) samples.push(sample());
  };
  const result = await autocannon({
    url,
    connections,
    amount,
    setupClient: (client) => client.on('response', onAnswer),
    requests: [
      {
        method: requests.method,
        setupRequest: (request) => ({ ...request, ...requests.next() }),
      },
    ],
  });
  const [first, last] = samples;
  if (first === undefined || last === undefined) {
    const { statusCodeStats, errors, timeouts } = result;
    const failed = JSON.stringify({ ...statusCodeStats, errors, timeouts });
    throw new Error(`${amount - answers} requests failed: ${failed}`);
  }
  return { first, last };
}

/**
 * Sends requests at a rate, at random times, whether or not earlier ones are answered.
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
    arrivalsMs(perSecond * seconds, perSecond).map(async (atMs) => {
      await delay(atMs - (performance.now() - startMs));
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
