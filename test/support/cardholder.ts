import { expect } from 'vitest';
import type { Answer, Caller } from './caller.js';
import { expectProblem } from './expect-problem.js';
import type { Paydesk } from './paydesk.js';
import { saveCard, someUser } from './saved-card.js';

/** A partner's user with a saved card, who is charged with it. */
export async function cardholder(paydesk: Paydesk, partner: Caller, testCard = 'pm_card_visa') {
  const user = someUser();
  const card = await saveCard(paydesk, partner, user, testCard);
  const path = `/partners/user/${user}/payment_intent`;
  const body = { amount: '3000', description: 'Visit', stripe_payment_method_id: card };
  const charge = (key?: string) =>
    partner.post(path, body, key === undefined ? {} : { 'idempotency-key': key });
  return { user, charge };
}

/** Runs something several times at once. */
export function times<T>(count: number, run: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => run(index)));
}

/** The statuses of requests that are sent one after the other. */
export async function oneByOne(count: number, run: (index: number) => Promise<Answer>): Promise<number[]> {
  const statuses: number[] = [];
  for (let index = 0; index < count; index += 1) statuses.push((await run(index)).status);
  return statuses;
}

export function countOf(status: number, answers: readonly Answer[]): number {
  return answers.filter((answer) => answer.status === status).length;
}

/** Expects a charge or SetupIntent to be stopped by the brake against card testing. */
export function expectStopped(answer: Answer, retryAfterSeconds: number): void {
  expectProblem(answer, 'too-many-attempts');
  expect(answer.headers.get('retry-after')).toBe(String(retryAfterSeconds));
  expect(answer.body).not.toHaveProperty('declineCode');
}
