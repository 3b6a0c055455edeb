import { query } from './database.js';
import type { Paydesk } from './paydesk.js';

const LOST_KEY_ID = '00000000';

/**
 * Makes the plans of all running operations look as if they were encrypted with a key that is not in `ENCRYPTION_KEY`.
 *
 * @returns puts the key back
 */
export async function loseKey(paydesk: Paydesk): Promise<() => Promise<void>> {
  const [row] = await query(
    paydesk,
    `select plan ->> 'enc' as enc from operations where state = 'running' limit 1`,
  );
  const [, keyId] = /^v1\.([^.]+)/.exec(String(row?.['enc'])) ?? [];
  if (keyId === undefined) throw new Error('no running operation has a plan');
  await renameKey(paydesk, LOST_KEY_ID);
  return () => renameKey(paydesk, keyId);
}

async function renameKey(paydesk: Paydesk, keyId: string): Promise<void> {
  await query(
    paydesk,
    `update operations set plan = jsonb_set(plan, '{enc}',
       to_jsonb(regexp_replace(plan ->> 'enc', '^v1\\.[^.]+', 'v1.${keyId}')))
     where state = 'running'`,
  );
}
