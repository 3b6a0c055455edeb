import { failures } from '../../http/errors.js';
import { array, boolean, object, oneOf, type Param, removed, required, string } from '../../http/params.js';

/** Removed in the first version of Endive, in favor of `allowed_payment_method_types`. */
export const paymentMethodTypes = (): Param<string[]> =>
  removed(
    '2026-09-30',
    {
      code: 'payment_method_types_no_longer_supported',
      message:
        '`payment_method_types` is no longer supported in this API version. Use dynamic payment methods, or `allowed_payment_method_types` to limit the payment methods.',
    },
    array(string()),
  );

/** Rejected for intents that accept cards, as every intent here does; only those of invoices have one. */
export const statementDescriptor = (): Param<string> => ({
  isRequired: false,
  read(_value, name) {
    throw failures.invalidRequest(
      'The statement_descriptor parameter is not supported for the payment_method_type `card`. To continue supporting payment_method_type `card`, please pass in `statement_descriptor_suffix` or remove the `statement_descriptor` parameter altogether. Please see https://support.stripe.com/questions/use-of-the-statement-descriptor-parameter-on-paymentintents-for-card-charges for additional details.',
      { param: name },
    );
  },
});

/** Source: https://docs.stripe.com/get-started/account/statement-descriptors#requirements. */
const descriptorParam = (subject: string): Param<string> => ({
  isRequired: false,
  read(value, name, reading) {
    const text = string({ maxLength: 22 }).read(value, name, reading);
    if (/[<>\\'"*]/.test(text)) {
      throw failures.invalidRequest(
        `The ${subject} cannot contain any of the characters <, >, \\, ', ", or *.`,
        { param: name },
      );
    }
    if (!/[A-Za-z]/.test(text)) {
      throw failures.invalidRequest(`The ${subject} must contain at least one letter.`, { param: name });
    }
    return text;
  },
});

export const statementDescriptorSuffix = () => descriptorParam('statement descriptor suffix');

/** The whole descriptor of an invoice's payment. */
export const invoiceStatementDescriptor = () => descriptorParam('statement descriptor');

/** Source: https://docs.stripe.com/api/payment_intents/create#create_payment_intent-automatic_payment_methods. */
export const automaticPaymentMethods = () =>
  object({ allow_redirects: oneOf('always', 'never'), enabled: required(boolean()) });

/** Whether the cardholder is absent: a boolean, or one of the older API's reasons, which mean true. */
export const offSession = (): Param<boolean> => ({
  isRequired: false,
  read: (value, name, reading) =>
    ['one_off', 'recurring'].includes(value as string) || boolean().read(value, name, reading),
});
