/** How often and how long a request is tried. */
export interface RepeatOptions {
  /** Of one request, with the first. */
  attempts: number;
  /** Of one attempt. */
  timeoutMs: number;
  fetch: typeof fetch;
}

const FIRST_WAIT_MS = 500;
const WAIT_MAX_MS = 30_000;
/** These may be repeated without an Idempotency-Key: https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2 */
const IDEMPOTENT_METHODS = new Set(['GET', 'HEAD', 'PUT']);

/**
 * A `fetch` that sends a request again, with the same Idempotency-Key, if there was no response or if the response says
 * that it is `retryable`. It waits as `Retry-After` says, else longer each time.
 */
export function repeating({
  attempts,
  timeoutMs,
  fetch,
}: RepeatOptions): (request: Request) => Promise<Response> {
  return async (request) => {
    for (let attempt = 1; ; attempt += 1) {
      const isLast = attempt >= attempts || !isRepeatable(request);
      const signal = AbortSignal.any([request.signal, AbortSignal.timeout(timeoutMs)]);
      try {
        const response = await fetch(request.clone(), { signal });
        if (isLast || !(await isRetryable(response))) return response;
        await wait(retryAfterMs(response) ?? backoffMs(attempt), request.signal);
      } catch (error) {
        if (isLast || request.signal.aborted) throw error;
        await wait(backoffMs(attempt), request.signal);
      }
    }
  };
}

function isRepeatable({ method, headers }: Request): boolean {
  return IDEMPOTENT_METHODS.has(method) || headers.has('idempotency-key');
}

async function isRetryable(response: Response): Promise<boolean> {
  if (response.ok) return false;
  if (!response.headers.get('content-type')?.startsWith('application/problem+json'))
    return response.status >= 502;
  const { retryable } = (await response.clone().json()) as { retryable?: boolean };
  return retryable === true;
}

function retryAfterMs({ headers }: Response): number | undefined {
  const seconds = Number(headers.get('retry-after') ?? NaN);
  return Number.isFinite(seconds) ? Math.min(seconds * 1000, WAIT_MAX_MS) : undefined;
}

/** With a random part, so that clients that failed together do not come back together. */
function backoffMs(attempt: number): number {
  return Math.min(FIRST_WAIT_MS * 2 ** (attempt - 1), WAIT_MAX_MS) * (0.5 + Math.random() / 2);
}

/** @throws the reason of the signal as soon as it aborts */
function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}
