import type { Keyring } from '../encryption/keyring.js';

/** What a valid token is for. */
export interface ConfirmToken {
  paymentId: string;
  expiresAt: Date;
}

/** `<id of the payment>.<expiry in seconds, in base 36>.<signature>` */
const SHAPE = /^((?:pi|cs)_\w{1,200})\.([0-9a-z]{1,8})\.([\w-]{43})$/;

/** Keeps a signature of a token from being valid for anything else. */
const PURPOSE = 'confirm';

/** The token of a link to the confirm page of one payment. The same payment and expiry have the same token. */
export function confirmTokenOf({ paymentId, expiresAt }: ConfirmToken, keyring: Keyring): string {
  const content = `${paymentId}.${Math.floor(expiresAt.getTime() / 1000).toString(36)}`;
  return `${content}.${keyring.sign(`${PURPOSE}/${content}`)}`;
}

/** What a token is for, also after its expiry; undefined if we have not signed it. */
export function readConfirmToken(token: string, keyring: Keyring): ConfirmToken | undefined {
  const [, paymentId, expiry, signature] = SHAPE.exec(token) ?? [];
  if (paymentId === undefined || expiry === undefined || signature === undefined) return undefined;
  if (!keyring.isSignature(signature, `${PURPOSE}/${paymentId}.${expiry}`)) return undefined;
  return { paymentId, expiresAt: new Date(Number.parseInt(expiry, 36) * 1000) };
}
