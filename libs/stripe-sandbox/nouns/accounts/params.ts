import { failures } from '../../http/errors.js';
import { boolean, object, oneOf, type Param } from '../../http/params.js';

/** The account itself, which issues invoices and owes taxes: there are no connected accounts. */
export const ownAccountParam = object({ type: oneOf('self') });

const fields = object({ enabled: boolean(), liability: ownAccountParam });

/**
 * `automatic_tax`, which can't be enabled: the account has no head office address.
 * Source: https://docs.stripe.com/tax/set-up.
 */
export const automaticTaxParam: Param<{ enabled: false }> = {
  isRequired: false,
  read(value, name, options) {
    if (fields.read(value, name, options).enabled) {
      throw failures.invalidRequest(
        'You must have a valid head office address to enable automatic tax calculation in test mode. Visit https://dashboard.stripe.com/test/settings/tax to update it.',
        { param: `${name}[enabled]` },
      );
    }
    return { enabled: false };
  },
};
