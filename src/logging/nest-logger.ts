import type { LoggerService } from '@nestjs/common';
import type { Logger as Pino } from 'pino';

/** Makes Nest write to the process's pino log. */
export class NestLogger implements LoggerService {
  constructor(private readonly pino: Pino) {}

  /** Nest logs every module and route at boot, which is debug output. */
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

/** An object becomes fields of the log line, anything else its message. */
function lineOf(message: unknown, fields: object): [object, string?] {
  return isFields(message) ? [{ ...fields, ...message }] : [fields, String(message)];
}

function isFields(message: unknown): message is object {
  return typeof message === 'object' && message !== null && !(message instanceof Error);
}
