import { TextField } from './fields.js';

/** The longest URL that Stripe takes: https://docs.stripe.com/api/checkout/sessions/create */
const URL_MAX_LENGTH = 2048;

/** A URL that a customer is sent to: https, at one of REDIRECT_ORIGINS. */
export function RedirectUrlField(documented: { description: string; example: string }): PropertyDecorator {
  return TextField({ maxLength: URL_MAX_LENGTH, isReference: true, ...documented });
}

/** Where a customer is sent from a page of the portal. */
export function ReturnUrlField(): PropertyDecorator {
  return RedirectUrlField({
    description: "Where the link back from Stripe's page leads: an https URL at one of REDIRECT_ORIGINS",
    example: 'https://example.com/account',
  });
}
