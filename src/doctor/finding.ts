/** The result of one check: one line of the doctor's table. */
export interface Finding {
  check: string;
  /** `skipped` if it does not apply, or can't be checked because of another red finding. */
  result: 'ok' | 'red' | 'skipped';
  /** Contains no secrets. */
  detail: string;
  /** What to do about a red one. */
  remedy?: string;
}

export function ok(check: string, detail: string): Finding {
  return { check, result: 'ok', detail };
}

export function red(check: string, detail: string, remedy: string): Finding {
  return { check, result: 'red', detail, remedy };
}

export function skipped(check: string, detail: string): Finding {
  return { check, result: 'skipped', detail };
}
