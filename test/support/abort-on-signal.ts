/** Aborts with the name of the first SIGINT or SIGTERM. At a terminal, npm forwards one that this process also got directly. */
export function abortOnSignal(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (!stop.signal.aborted) process.stdout.write(`${signal}: stopping what was started\n`);
      stop.abort(signal);
    });
  }
  return stop.signal;
}
