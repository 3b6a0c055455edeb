import { sql, type SQL } from 'drizzle-orm';
import { apiKeys } from '../database/schema.js';
import { CALLBACK_ENDPOINT_ID } from './callback-id.js';

/**
 * The endpoints that are switched on and whose caller may still have them, with `all_payments`: whether the caller sees
 * those of others. An endpoint belongs to a caller, not to a key: it goes on after a rotation, until the caller's last key
 * with `notifications:manage` is revoked or has expired.
 */
export function ableEndpoints(now: Date): SQL {
  return sql`
    select
      endpoint.id, endpoint.caller, endpoint.tenant, endpoint.types,
      case when endpoint.has_key then ${hasKeyWith('{notifications:manage,payments:any}', now)}
      else endpoint.sees_all end as all_payments
    from notification_endpoints endpoint
    where endpoint.enabled and (not endpoint.has_key or ${hasKeyWith('{notifications:manage}', now)})
  `;
}

/** What the caller of an endpoint, as `able`, may see of notifications, as `notification`. */
const MAY_SEE = `
  (notification.caller = able.caller or notification.tenant = able.tenant
    or able.tenant is null and able.all_payments)
`;

/**
 * Whether an endpoint of {@link ableEndpoints}, as `able`, may get a notification, as `notification`: that of a payment
 * which its caller started, of its own tenant if it is a partner, and of all others with `payments:any`. A test is for one
 * only.
 */
export const IS_ALLOWED_FOR_ABLE = sql.raw(`
  case when notification.endpoint_id is null then ${MAY_SEE} else notification.endpoint_id = able.id end
`);

/** Whether it may get it and wants it. `PAYMENT_CALLBACK_URL` gets only what has a body for it. */
export const IS_FOR_ABLE = sql.raw(`
  case when notification.endpoint_id is null
    then (able.types is null or notification.type = any (able.types)) and ${MAY_SEE}
      and (able.id <> '${CALLBACK_ENDPOINT_ID}' or notification.callback is not null)
  else notification.endpoint_id = able.id end
`);

/** Whether the caller of the endpoint in this row has a valid key with these scopes. */
function hasKeyWith(scopes: string, now: Date): SQL {
  return sql`exists (
    select from ${apiKeys} key
    where key.kind || ':' || key.name = endpoint.caller and key.scopes @> ${scopes}::text[]
      and key.revoked_at is null and (key.expires_at is null or key.expires_at > ${now.toISOString()}::timestamptz)
  )`;
}
