import type { LoggerService } from '@nestjs/common';
import type { Logger as Pino } from 'pino';

/** Has Nest write to the one log of the process. */
export class NestLogger implements LoggerService {
  constructor(private readonly pino: Pino) {}

  /** Nest tells of every module and route at boot, which only a developer wants to read. */
  log(message: unknown, context?: string): void {
    this.pino.debug(...lineOf(message, { context }));
  }

  warn(message: unknown, context?: string): void {
    this.pino.warn(...lineOf(message, { context }));
  }

  error(message: unknown, stack?: string, context?: string): void {
    this.pino.error(...lineOf(message, { context, stack }));
  }
}

/** An object holds fields of a line; anything else is its text. */
function lineOf(message: unknown, fields: object): [object, string?] {
  return isFields(message) ? [{ ...fields, ...message }] : [fields, String(message)];
}

function isFields(message: unknown): message is object {
  return typeof message === 'object' && message !== null && !(message instanceof Error);
}
