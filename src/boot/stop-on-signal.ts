/**
 * Longer than any single call to Stripe may take. A request that makes several calls may be cut off: its operation is
 * stored, and a worker resumes it, on another instance or after the next start.
 */
const STOP_DEADLINE_MS = 30_000;
/** Reserved for each stop at the end, so that one that hangs does not leave the embedded PostgreSQL running. */
const LAST_STOP_MS = 3_000;

/** What to stop. The boot adds to it with each part that it starts. */
export interface Shutdown {
  /** Runs before the stops after SIGTERM, while requests are still accepted. */
  drain?: () => Promise<void>;
  /** Run one after the other. */
  stops: (() => Promise<void>)[];
}

/**
 * Shuts down on SIGTERM, which an orchestrator sends, and on SIGINT, which is a Ctrl-C and does not wait for a drain.
 * A second signal ends the process at once, and stops that hang end it after 30 s.
 */
export function stopOnSignal(shutdown: Shutdown): void {
  let stopping = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(1);
    stopping = true;
    void shutDown(shutdown, signal === 'SIGTERM');
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
}

async function shutDown(shutdown: Shutdown, withDrain: boolean): Promise<void> {
  if (withDrain) await shutdown.drain?.();
  process.exit((await stopAll(shutdown)) ? 0 : 1);
}

/** Runs all stops, also after one that fails or takes too long. Returns whether all succeeded. */
export async function stopAll({ stops }: Shutdown): Promise<boolean> {
  const endMs = performance.now() + STOP_DEADLINE_MS;
  let succeeded = true;
  for (const [i, stop] of stops.entries()) {
    const reservedMs = (stops.length - i - 1) * LAST_STOP_MS;
    const stopMs = Math.max(endMs - reservedMs - performance.now(), LAST_STOP_MS);
    await withDeadline(stop(), stopMs).catch((error: unknown) => {
      succeeded = false;
      process.stderr.write(`paydesk: ${error instanceof Error ? error.message : String(error)}\n`);
    });
  }
  return succeeded;
}

async function withDeadline(work: Promise<void>, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('a part did not stop in time')), timeoutMs);
  });
  await Promise.race([work, deadline]).finally(() => clearTimeout(timer));
}
