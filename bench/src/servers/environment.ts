import { readFileSync } from 'node:fs';

/** What the servers for comparison know instead of a database: the key of a partner, and who is signed in. */
interface Sessions {
  apiKey: string;
  userByToken: Record<string, string>;
}

export const STRIPE_URL = new URL(process.env['STRIPE_API_BASE'] ?? '');
export const { apiKey, userByToken } = JSON.parse(
  readFileSync(process.env['SESSIONS_FILE'] ?? '', 'utf8'),
) as Sessions;
