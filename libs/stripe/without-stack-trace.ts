/**
 * Starts a call of stripe-node, which captures a stack trace at the beginning of each one in order to append it to an
 * error. Nothing shows those traces.
 *
 * @param start its synchronous part runs without stack traces
 */
export function withoutStackTrace<Result>(start: () => Result): Result {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return start();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
