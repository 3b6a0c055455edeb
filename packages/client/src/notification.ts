import { Webhook } from 'standardwebhooks';
import type { webhooks } from './generated/schema.js';

/** A notification, by its `type`. */
export type Notification = {
  [Type in keyof webhooks]: webhooks[Type]['post']['requestBody']['content']['application/json'];
}[keyof webhooks];

/**
 * Verifies a notification and parses it. A receiver handles each `id` once, although it may arrive more often.
 *
 * @param secret of the endpoint
 * @param body exactly as it arrived
 * @param headers of the request
 * @throws {Error} if it was not signed with the secret, or more than five minutes ago
 */
export function verifyNotification(
  secret: string,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Notification {
  const single = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]);
  const text = typeof body === 'string' ? body : new TextDecoder().decode(body);
  return new Webhook(secret).verify(
    text,
    Object.fromEntries(single) as Record<string, string>,
  ) as Notification;
}
