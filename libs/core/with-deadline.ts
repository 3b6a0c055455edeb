/**
 * Runs something whose signal is aborted after `timeoutMs`, or together with `stopping`. `AbortSignal.any` with
 * `AbortSignal.timeout` is no replacement: if the garbage collector takes the timeout, it never ends anything
 * (https://github.com/nodejs/node/issues/57736).
 */
export async function withDeadline<T>(
  timeoutMs: number,
  stopping: AbortSignal,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const abort = () => controller.abort();
  const timer = setTimeout(abort, timeoutMs);
  stopping.addEventListener('abort', abort, { once: true });
  if (stopping.aborted) abort();
  try {
    return await run(controller.signal);
  } finally {
    clearTimeout(timer);
    stopping.removeEventListener('abort', abort);
  }
}
