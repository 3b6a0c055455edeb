import { Stripe } from 'stripe';
import { expect, onTestFinished, test as base } from 'vitest';
import { ManualClock } from '../clock.js';
import { createSandbox, type Sandbox, type SandboxOptions } from '../create-sandbox.js';
import type { Observer } from '../http/pipeline.js';
import { Checker } from './schemas/checker.js';
import { loadSchemas } from './schemas/load.js';

export const TEST_KEY = 'sk_test_sandbox';

export interface Bench {
  sandbox: Sandbox;
  clock: ManualClock;
  stripe: Stripe;
}

const checker = new Checker(await loadSchemas());

type BenchOptions = Omit<SandboxOptions, 'clock' | 'observe'>;

/**
 * `test` for the sandbox's specs. Each test has a `bench` of its own: a `sandbox` at 2026-11-01T00:00:00Z, its `clock`, and
 * `stripe`, a real stripe-node. The test fails if a response differs from stripe-node's types.
 */
export const test = base
  .extend('bench', ({ onTestFinished: onEnd }) => startBench({}, onEnd))
  .extend('sandbox', ({ bench }) => bench.sandbox)
  .extend('clock', ({ bench }) => bench.clock)
  .extend('stripe', ({ bench }) => bench.stripe);

/** Opens a bench for a test that needs options, or several benches. It is closed when the test ends. */
export function openBench(options: BenchOptions = {}): Promise<Bench> {
  return startBench(options, onTestFinished);
}

/** Opens a bench that is closed by what `onEnd` is given. */
export async function startBench(
  options: BenchOptions,
  onEnd: (close: () => Promise<void>) => void,
): Promise<Bench> {
  const clock = new ManualClock(Date.UTC(2026, 10, 1));
  const problems = new Set<string>();
  const observe: Observer = ({ method, path }, reply) => {
    const found = reply ? checker.problemsOf(JSON.parse(reply.body)) : [];
    for (const problem of found) problems.add(`${method} ${path}: ${problem}`);
  };
  const sandbox = await createSandbox({ ...options, clock, observe });
  onEnd(async () => {
    await sandbox.close();
    expect([...problems], "responses that differ from stripe-node's types").toEqual([]);
  });
  return { sandbox, clock, stripe: clientOf(sandbox) };
}

export function clientOf(sandbox: Sandbox): Stripe {
  return new Stripe(TEST_KEY, {
    host: '127.0.0.1',
    port: sandbox.port,
    protocol: 'http',
    telemetry: false,
    maxNetworkRetries: 0,
  });
}

export interface Answer {
  status: number;
  headers: Headers;
  body: { error?: Record<string, unknown> } & Record<string, unknown>;
}

/** Sends a request without stripe-node, which hides some details. */
export async function request(
  { url }: Sandbox,
  method: string,
  path: string,
  {
    form,
    headers = {},
    signal,
  }: { form?: string; headers?: Record<string, string>; signal?: AbortSignal } = {},
): Promise<Answer> {
  const response = await fetch(url + path, {
    method,
    headers: {
      authorization: `Bearer ${TEST_KEY}`,
      ...(form !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
      ...headers,
    },
    body: form,
    signal,
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Answer['body'],
  };
}

/** The error that a call to stripe-node fails with. */
export async function failureOf(call: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  return call.then(
    () => {
      throw new Error('the call succeeded');
    },
    (error: Stripe.errors.StripeError) => error,
  );
}
