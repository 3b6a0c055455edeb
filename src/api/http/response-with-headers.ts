import type { Outcome } from '../../operations/operation.js';

/** What a handler returns to send headers with the body; `http-adapter.ts` sends both. */
export class ResponseWithHeaders<Body> {
  constructor(
    readonly body: Body,
    readonly headers: Readonly<Record<string, string>>,
  ) {}
}

/**
 * The response to a request that moves money, marked with `Idempotent-Replayed` if it repeats an earlier one.
 *
 * @param toBody makes the response DTO of the operation's result
 * @param headers sent in addition
 */
export function outcomeResponse<Result, Body>(
  { result, replayed }: Outcome<Result>,
  toBody: (result: Result) => Body,
  headers: Readonly<Record<string, string>> = {},
): ResponseWithHeaders<Body> {
  return new ResponseWithHeaders(
    toBody(result),
    replayed ? { ...headers, 'Idempotent-Replayed': 'true' } : headers,
  );
}
