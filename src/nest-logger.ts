import type { LoggerService } from '@nestjs/common';
import type { Logger as Pino } from 'pino';

/** Has Nest write to the one log of the process. */
export class NestLogger implements LoggerService {
  constructor(private readonly pino: Pino) {}

  /** Nest tells of every module and route at boot, which only a developer wants to read. */
  log(message: unknown, context?: string): void {
    this.pino.debug({ context }, String(message));
  }

  warn(message: unknown, context?: string): void {
    this.pino.warn({ context }, String(message));
  }

  error(message: unknown, stack?: string, context?: string): void {
    this.pino.error({ context, stack }, String(message));
  }
}
