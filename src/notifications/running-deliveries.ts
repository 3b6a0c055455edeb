import type { QueueRow } from './queues.store.js';

/** The queues whose first delivery this instance attempts now. */
export class RunningDeliveries {
  private readonly rows = new Set<QueueRow>();

  get held(): readonly QueueRow[] {
    return [...this.rows];
  }

  /** How many there are by endpoint, without endpoints that have none. */
  get counts(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { endpointId } of this.rows) counts.set(endpointId, (counts.get(endpointId) ?? 0) + 1);
    return counts;
  }

  begin(row: QueueRow): void {
    this.rows.add(row);
  }

  end(row: QueueRow): void {
    this.rows.delete(row);
  }
}
