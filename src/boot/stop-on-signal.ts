/**
 * Longer than any one call to Stripe may take. A request that makes several may be cut off: what it has begun is
 * stored, and a worker goes on with it, on another instance or after the next start.
 */
const STOP_DEADLINE_MS = 30_000;

/**
 * On SIGINT or SIGTERM stops one thing after the other, in the order of the list at that moment, and exits.
 * A second signal, or a stop that hangs, ends the process at once.
 */
export function stopOnSignal(stops: readonly (() => Promise<void>)[]): void {
  let stopping = false;
  const onSignal = (): void => {
    if (stopping) process.exit(1);
    stopping = true;
    setTimeout(() => process.exit(1), STOP_DEADLINE_MS).unref();
    void stopAll(stops);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
}

async function stopAll(stops: readonly (() => Promise<void>)[]): Promise<void> {
  let exitCode = 0;
  for (const stop of stops) {
    await stop().catch((error: unknown) => {
      exitCode = 1;
      process.stderr.write(`paydesk: ${error instanceof Error ? error.message : String(error)}\n`);
    });
  }
  process.exit(exitCode);
}
