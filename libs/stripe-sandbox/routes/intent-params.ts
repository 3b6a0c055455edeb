import { array, boolean, object, oneOf, removed, required, string, type Param } from '../http/params.js';

/** Taken away in the first version of Endive, in favour of `allowed_payment_method_types`. */
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

export const automaticPaymentMethods = () =>
  object({ allow_redirects: oneOf('always', 'never'), enabled: required(boolean()) });

/** Whether the cardholder is away: true, false, or, from the older API, in which way. */
export const offSession = (): Param<boolean> => ({
  isRequired: false,
  read: (value, name, reading) =>
    oneOf('true', 'false', 'one_off', 'recurring').read(value, name, reading) !== 'false',
});
