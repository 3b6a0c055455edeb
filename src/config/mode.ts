/**
 * Which Stripe the service uses: the embedded sandbox, an account in test mode, or one in live mode, where money moves.
 * https://docs.stripe.com/keys
 */
export const MODES = ['sandbox', 'test', 'live'] as const;
export type Mode = (typeof MODES)[number];

/** The mode of a Stripe secret key; `sandbox` if there is none. */
export function modeOfKey(secretKey: unknown): Mode {
  if (secretKey === undefined) return 'sandbox';
  return typeof secretKey === 'string' && /^(sk|rk)_live_/.test(secretKey) ? 'live' : 'test';
}
