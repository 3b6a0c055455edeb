import type { Logger } from '@nestjs/common';
import { withoutQuery } from '../database/without-query.js';

/** Logs an error of a background task as a warning. The next run tries again. */
export function warnOf(logger: Logger, msg: string): (error: unknown) => void {
  return (error) => logger.warn(`${msg}: ${String(withoutQuery(error))}`);
}
