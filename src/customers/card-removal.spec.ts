import { describe, expect, it } from 'vitest';
import { planRemoval } from './card-removal.js';
import type { SavedCard } from './customer.js';

/** A card with the fingerprint of its brand. */
function cardOf(paymentMethodId: string, brand: string): SavedCard {
  return { paymentMethodId, brand, last4: '4242', expMonth: 1, expYear: 2030, fingerprint: brand };
}

const VISA = cardOf('pm_visa', 'visa');
const AMEX = cardOf('pm_amex', 'amex');
const BANK_ACCOUNT = 'pm_sepa_debit';

/** The removal of all Visas from a customer with these cards, whose subscriptions have these defaults of their own. */
function remove(
  cards: SavedCard[],
  customerDefault: string | undefined,
  ...ownDefaults: (string | undefined)[]
) {
  const subscriptions = ownDefaults.map((ownDefault, index) => ({ id: `sub_${index}`, ownDefault }));
  const visas = cards.filter(({ brand }) => brand === 'visa').map(({ paymentMethodId }) => paymentMethodId);
  const { replacement, freed = [] } = planRemoval('cus_1', cards, visas, { customerDefault, subscriptions });
  return { replacement, freed };
}

describe('the removal of a card', () => {
  it.each([
    ['without a subscription', [VISA], 'pm_visa', []],
    ['if a bank account is the default', [AMEX, VISA], BANK_ACCOUNT, [undefined]],
    ['if it is the only card, and a bank account is the default', [VISA], BANK_ACCOUNT, [undefined]],
    ['if another card is the default', [VISA, AMEX], 'pm_amex', [undefined, BANK_ACCOUNT]],
    ['if it is the only card, and subscriptions have a bank account', [VISA], 'pm_visa', [BANK_ACCOUNT]],
  ] as const)('replaces no default %s', (_case, cards, customerDefault, ownDefaults) => {
    const nothing = { replacement: null, freed: [] };
    expect(remove([...cards], customerDefault, ...ownDefaults)).toEqual(nothing);
  });

  it.each([
    ['the newest card without a default', [AMEX, VISA], undefined, 'pm_amex'],
    ['the newest card if the default is removed', [VISA, AMEX], 'pm_visa', 'pm_amex'],
  ] as const)('gives its subscriptions %s', (_case, cards, customerDefault, paymentMethod) => {
    const replacement = { customer: 'cus_1', paymentMethod, subscriptions: ['sub_1'] };
    expect(remove([...cards], customerDefault, undefined, 'pm_visa')).toEqual({ replacement, freed: [] });
  });

  it.each([
    ['a bank account', BANK_ACCOUNT],
    ['a bank account that is a source', 'ba_1'],
    ['another card', 'pm_amex'],
  ] as const)('leaves its subscriptions to the default, which is %s', (_case, customerDefault) => {
    const freed = { replacement: null, freed: ['sub_1'] };
    expect(remove([AMEX, VISA], customerDefault, undefined, 'pm_visa')).toEqual(freed);
  });

  it.each([
    ['the default', [VISA], 'pm_visa', undefined],
    ['the own card of a subscription', [VISA], undefined, 'pm_visa'],
    ['saved twice', [cardOf('pm_twin', 'visa'), VISA], 'pm_visa', undefined],
  ] as const)('is refused if nothing else can pay: %s', (_case, cards, customerDefault, ownDefault) => {
    expect(() => remove([...cards], customerDefault, ownDefault)).toThrow(
      expect.objectContaining({ slug: 'invalid-state' }),
    );
  });
});
