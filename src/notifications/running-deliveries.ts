/** Counts the deliveries that this instance attempts now. */
export class RunningDeliveries {
  private readonly byEndpoint = new Map<string, number>();

  /** By endpoint, without those that have none. */
  get counts(): ReadonlyMap<string, number> {
    return this.byEndpoint;
  }

  begin(endpointId: string): void {
    this.byEndpoint.set(endpointId, (this.byEndpoint.get(endpointId) ?? 0) + 1);
  }

  end(endpointId: string): void {
    const count = (this.byEndpoint.get(endpointId) ?? 0) - 1;
    if (count > 0) this.byEndpoint.set(endpointId, count);
    else this.byEndpoint.delete(endpointId);
  }
}
