import { type ApiKey, stateOf } from '../access/api-key.js';

const HEADINGS = ['id', 'kind', 'name', 'state', 'created', 'last used', 'expires', 'label', 'scopes'];

/** API keys as a table for the terminal. */
export function formatKeys(keys: readonly ApiKey[], now: Date): string {
  const rows = [HEADINGS, ...keys.map((key) => cellsOf(key, now))];
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: string[]) => cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  return rows.map((cells) => `${line(cells).trimEnd()}\n`).join('');
}

/** One API key with all that is known of it, one line each. */
export function formatKey(key: ApiKey, now: Date): string {
  const { id, kind, name, label, scopes, replaces, createdAt, expiresAt, lastUsedAt, revokedAt } = key;
  const lines = {
    id,
    kind,
    name,
    label: label ?? '-',
    state: stateOf(key, now),
    scopes: scopes.join(',') || '-',
    created: createdAt.toISOString(),
    'last used': instant(lastUsedAt),
    expires: instant(expiresAt),
    revoked: instant(revokedAt),
    replaces: replaces ?? '-',
  };
  const width = Math.max(...Object.keys(lines).map(({ length }) => length));
  return Object.entries(lines)
    .map(([heading, value]) => `${heading.padEnd(width)}  ${value}\n`)
    .join('');
}

function cellsOf(key: ApiKey, now: Date): string[] {
  const { id, kind, name, label, scopes, createdAt, expiresAt, lastUsedAt } = key;
  const state = stateOf(key, now);
  const times = [createdAt, lastUsedAt, expiresAt].map(instant);
  return [id, kind, name, state, ...times, label ?? '-', scopes.join(',') || '-'];
}

function instant(time: Date | null): string {
  return time?.toISOString() ?? '-';
}
