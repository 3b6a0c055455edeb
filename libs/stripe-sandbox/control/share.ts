import { failures } from '../http/errors.js';
import type { Param } from '../http/params.js';

/** A share of all calls or events, 0 to 1. */
export const share = (): Param<number> => ({
  isRequired: false,
  read(value, name) {
    const number = typeof value === 'string' ? Number(value) : NaN;
    if (!(number >= 0 && number <= 1)) throw failures.badType('share', name, value);
    return number;
  },
});
