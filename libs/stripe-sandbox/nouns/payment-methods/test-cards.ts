import type { TestCard } from './test-card.js';
import { type Row, ROWS } from './test-card-rows.js';

function toCard([number, names, traits]: Row): TestCard {
  return {
    number,
    names: names === '' ? [] : names.split(' '),
    brand: 'visa',
    funding: 'credit',
    country: 'US',
    canAttach: true,
    authentication: 'never',
    threeDSecure: traits?.authentication === undefined ? 'unenrolled' : 'challenge',
    checks: {},
    risk: 'normal',
    refund: 'succeeds',
    bypassesPending: false,
    ...traits,
  };
}

/** All test cards, in the order of Stripe's page. */
export const testCards: readonly TestCard[] = ROWS.map(toCard);

const BY_NUMBER = new Map(testCards.map((card) => [card.number, card]));
const BY_NAME = new Map(testCards.flatMap((card) => card.names.map((name) => [name, card] as const)));

/** The card with this number, or undefined for one that is not on Stripe's page. */
export const cardByNumber = (number: string): TestCard | undefined => BY_NUMBER.get(number);

/** The card that a magic id (`pm_card_visa`) or a token (`tok_visa`) stands for. */
export function cardByName(id: string): TestCard | undefined {
  const name = /^(?:pm_card|tok)_(.+)$/.exec(id)?.[1];
  return name === undefined ? undefined : BY_NAME.get(name);
}
