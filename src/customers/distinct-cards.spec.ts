import { describe, expect, it } from 'vitest';
import type { SavedCard } from './customer.js';
import { distinctCards, sameCards } from './distinct-cards.js';

function card(paymentMethodId: string, fingerprint: string | null): SavedCard {
  return { paymentMethodId, fingerprint, brand: 'visa', last4: '4242', expMonth: 8, expYear: 2030 };
}

const CARDS = [card('pm_4', 'a'), card('pm_3', null), card('pm_2', 'a'), card('pm_1', null)];

describe('distinctCards', () => {
  it.each([
    ['shows the newest of equal cards', undefined, ['pm_4', 'pm_3', 'pm_1']],
    ['shows the default of equal cards', 'pm_2', ['pm_2', 'pm_3', 'pm_1']],
    ['does not take cards without a fingerprint for equal', 'pm_1', ['pm_4', 'pm_3', 'pm_1']],
  ])('%s', (_what, defaultId, shown) => {
    const cards = distinctCards(CARDS, defaultId);
    expect(cards.map((one) => one.paymentMethodId)).toEqual(shown);
    expect(cards.filter((one) => one.isDefault).map((one) => one.paymentMethodId)).toEqual(
      defaultId === undefined ? [] : [defaultId],
    );
  });
});

describe('sameCards', () => {
  it.each([
    [0, ['pm_4', 'pm_2']],
    [1, ['pm_3']],
  ])('finds the payment methods of the card at %i', (index, ids) => {
    expect(sameCards(CARDS, CARDS[index]!).map((one) => one.paymentMethodId)).toEqual(ids);
  });
});
