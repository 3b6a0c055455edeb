import { OPERATIONS } from '../support/openapi.js';
import type { Exchange } from './check-answer.js';

/** With fewer requests, an operation may have no success by chance. */
const ENOUGH_REQUESTS = 100;

/** The number of answers of each operation, by status. */
export class Tally {
  private readonly counts = new Map<string, Map<number, number>>();

  count({ draft, answer }: Exchange): void {
    const { name } = draft.operation;
    const statuses = this.counts.get(name) ?? new Map<number, number>();
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    this.counts.set(name, statuses);
  }

  /** Operations that never succeeded although they had enough requests: their inner parts were not reached. */
  get unreached(): string[] {
    return OPERATIONS.map(({ name }) => name).filter((name) => {
      const statuses = [...(this.counts.get(name) ?? [])];
      const requests = statuses.reduce((sum, [, count]) => sum + count, 0);
      return requests >= ENOUGH_REQUESTS && !statuses.some(([status]) => status < 400);
    });
  }

  /** One line for each operation. */
  toString(): string {
    const width = Math.max(...OPERATIONS.map(({ name }) => name.length));
    return OPERATIONS.map(({ name }) => {
      const statuses = [...(this.counts.get(name) ?? [])].sort(([a], [b]) => a - b);
      return `  ${name.padEnd(width)}  ${statuses.map(([status, count]) => `${status}: ${count}`).join('  ')}`;
    }).join('\n');
  }
}
