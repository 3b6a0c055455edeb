import { loadKeyring } from '../../src/encryption/load-keyring.js';
import { query } from './database.js';
import type { Paydesk } from './paydesk.js';

/** The plan of the newest operation of a kind, which is encrypted in its row. */
export async function newestPlan(paydesk: Paydesk, kind: string): Promise<Record<string, unknown>> {
  const [row] = await query<{ id: string; enc: string }>(
    paydesk,
    "select id, plan ->> 'enc' as enc from operations where kind = $1 order by created_at desc limit 1",
    [kind],
  );
  const keyring = await loadKeyring(paydesk.settings);
  return JSON.parse(keyring.decrypt(row?.enc ?? '', `${row?.id}/plan`)) as Record<string, unknown>;
}
