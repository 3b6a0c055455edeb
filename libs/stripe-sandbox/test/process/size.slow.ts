import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Stripe } from 'stripe';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../folders.js';
import { CARD_ONLY } from '../payments.js';
import { startSandbox, type SandboxProcess } from './sandbox-process.js';

/** The full size is 100,000, with a customer for every ten: `PAYMENTS=100000 npm run test:slow -- process/size`. */
const PAYMENTS = Number(process.env['PAYMENTS'] ?? 3000);
const CUSTOMERS = PAYMENTS / 10;
const CLIENTS = 16;

/** A payment as a service makes it, by a key: the intent, its charge, its balance transaction, four events and the kept reply. */
const BYTES_ON_DISK = 10_000;
const BYTES_IN_MEMORY = 13_000;
/** What the sandbox takes before it holds anything. */
const IDLE_MB = 40;

interface Saved {
  customer: string;
  payment_method: string;
}

/** Does it for each number, several at once. */
async function forEach(count: number, work: (nth: number) => Promise<void>): Promise<void> {
  let next = 0;
  const client = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
}

async function saveCards({ stripe }: SandboxProcess): Promise<Saved[]> {
  const saved: Saved[] = [];
  await forEach(CUSTOMERS, async (nth) => {
    const method = 'pm_card_visa';
    const { id, invoice_settings } = await stripe.customers.create({
      email: `${nth}@shop.example`,
      payment_method: method,
      invoice_settings: { default_payment_method: method },
    });
    saved.push({ customer: id, payment_method: invoice_settings.default_payment_method as string });
  });
  return saved;
}

async function payAll({ stripe }: SandboxProcess, saved: readonly Saved[]): Promise<Stripe.PaymentIntent[]> {
  const paid: Stripe.PaymentIntent[] = [];
  await forEach(PAYMENTS, async (nth) => {
    const payment = {
      ...CARD_ONLY,
      ...saved[nth % CUSTOMERS],
      amount: 1000,
      confirm: true,
      off_session: true,
    };
    paid.push(await stripe.paymentIntents.create(payment, { idempotencyKey: `payment ${nth}` }));
  });
  return paid;
}

test('payments stay within bounds of disk and memory, and a start does not rewrite the journal', async () => {
  const dataDir = temporaryFolder();
  const filled = await startSandbox({ dataDir });
  const paid = await payAll(filled, await saveCards(filled));
  await filled.kill();
  const journal = () => statSync(join(dataDir, 'journal.jsonl'));
  const { ino, size } = journal();
  expect(size).toBeLessThan(PAYMENTS * BYTES_ON_DISK);

  // A process that needs more memory than this ends.
  const memoryMb = IDLE_MB + Math.ceil((PAYMENTS * BYTES_IN_MEMORY) / 1024 / 1024);
  const { stripe } = await startSandbox({ dataDir, memoryMb });
  // A rewrite would be another file. Balance transactions that are due by now may be added to this one.
  expect(journal().ino).toBe(ino);
  expect(await stripe.paymentIntents.retrieve(paid[0]!.id)).toEqual(paid[0]);
  const customer = paid.at(-1)!.customer as string;
  const { data } = await stripe.paymentIntents.list({ customer, limit: 100 });
  expect(data).toHaveLength(PAYMENTS / CUSTOMERS);
});
