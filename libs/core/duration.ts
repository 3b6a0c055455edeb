const DURATION = /^([1-9]\d{0,5})([smhd])$/;
const UNIT_MS = { s: 1_000, m: 60_000, h: 60 * 60_000, d: 24 * 60 * 60_000 };

/** What a duration must look like, as the end of a sentence. */
export const DURATION_SHAPE = 'a number followed by s, m, h or d, such as 90d';

/** A duration such as `30s`, `15m`, `24h` or `90d` in milliseconds; undefined if the text is not one. */
export function parseDurationMs(text: string): number | undefined {
  const [, count, unit] = DURATION.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS];
}
