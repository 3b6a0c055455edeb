/** A read that runs. */
interface RunningRead {
  result: Promise<unknown> | undefined;
}

/**
 * Equal reads that run at the same time are one call to Stripe. After a change at Stripe by this process nobody joins a
 * read that began before it, so that everybody sees what they have changed.
 */
export class SharedReads {
  private running = new Map<string, RunningRead>();

  /** @param key see {@link readKey} */
  run<T>(key: string, read: () => Promise<T>): Promise<T> {
    const joined = this.running.get(key)?.result as Promise<T> | undefined;
    if (joined) return joined;
    const { running } = this;
    const entry: RunningRead = { result: undefined };
    const result = read().finally(() => {
      running.delete(key);
      // V8 keeps earlier tables of a Map with what was in them: docs/adr/0015-speed.md.
      entry.result = undefined;
    });
    entry.result = result;
    running.set(key, entry);
    return result;
  }

  /** Something has changed at Stripe. */
  forget(): void {
    if (this.running.size > 0) this.running = new Map();
  }
}

/** The key of a read: what is read, then of which customer or object, and its parameters. */
export function readKey(what: string, ...of: unknown[]): string {
  return JSON.stringify([what, ...of]);
}
