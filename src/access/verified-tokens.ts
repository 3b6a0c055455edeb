import { hash as hashOnce } from 'node:crypto';
import { setNewest } from '#core/set-newest.js';

const LIFETIME_MS = 60_000;
/** About 5 MB. */
const TOKENS_MAX = 10_000;

/**
 * Remembers verified tokens by their SHA-256 for a minute, because checking a signature takes longer than the rest of a
 * read.
 */
export class VerifiedTokens<Verified> {
  private readonly entries = new Map<string, { verified: Verified; untilMs: number }>();

  /** What was remembered of a token, unless it is too old. */
  find(hash: string, nowMs: number): Verified | undefined {
    const entry = this.entries.get(hash);
    return entry && nowMs < entry.untilMs ? entry.verified : undefined;
  }

  /** Remembers a token, until it expires at the latest. The oldest one makes room for it. */
  add(hash: string, verified: Verified, expiresAtMs: number, nowMs: number): void {
    const untilMs = Math.min(expiresAtMs, nowMs + LIFETIME_MS);
    setNewest(this.entries, hash, { verified, untilMs }, TOKENS_MAX);
  }
}

/** The hash by which a token is remembered. */
export function hashOf(token: string): string {
  return hashOnce('sha256', token, 'base64');
}
