/**
 * Longer than any single call to Stripe may take. A request that makes several calls may be cut off: its operation is
 * stored, and a worker resumes it, on another instance or after the next start.
 */
const STOP_DEADLINE_MS = 30_000;

/** What to stop. The boot adds to it with each part that it starts. */
export interface Shutdown {
  /** Runs before the stops after SIGTERM, while requests are still accepted. */
  drain?: () => Promise<void>;
  /** Run one after the other. */
  stops: (() => Promise<void>)[];
}

/**
 * Shuts down on SIGTERM, which an orchestrator sends, and on SIGINT, which is a Ctrl-C and does not wait for a drain.
 * A second signal, or stops that take longer than 30 s, end the process at once.
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
  setTimeout(() => process.exit(1), STOP_DEADLINE_MS).unref();
  process.exit((await stopAll(shutdown)) ? 0 : 1);
}

/** Runs all stops, also after one that fails. Returns whether all succeeded. */
export async function stopAll({ stops }: Shutdown): Promise<boolean> {
  let succeeded = true;
  for (const stop of stops) {
    await stop().catch((error: unknown) => {
      succeeded = false;
      process.stderr.write(`paydesk: ${error instanceof Error ? error.message : String(error)}\n`);
    });
  }
  return succeeded;
}
