/** A request that must take effect once. */
export interface PlannedRequest {
  /** A unique name, which objects at Stripe have as description or reference if they can. */
  name: string;
  /** `POST` by default. */
  method?: 'POST' | 'PUT';
  path: string;
  body: object;
}

/** The responses under one idempotency key. */
export interface Attempt {
  key: string;
  /** Known if a response contained it. */
  operationId?: string;
  /** Statuses and problem slugs in order, without repetitions of the one before. */
  answers: string[];
}

/** The final response to a request, and the attempts before it. */
export interface Outcome {
  request: PlannedRequest;
  /** Undefined if the client gave up without a final response. */
  status: number | undefined;
  /** The problem's slug. */
  slug: string | undefined;
  location: string | null;
  // oxlint-disable-next-line typescript/no-explicit-any -- any JSON
  body: any;
  /** Whether the response has the header `Idempotent-Replayed`. */
  isReplayed: boolean;
  attempts: readonly Attempt[];
}

/** Whether a request succeeded. */
export function isSuccess({ status }: Outcome): boolean {
  return status === 200 || status === 201;
}

/** A request and its attempts as text, for a person who investigates a failure. */
export function describeOutcome({ request, attempts }: Outcome): string {
  const parts = attempts.map(({ key, operationId, answers }) => {
    const name = operationId ? `operation ${operationId}` : `key ${key}`;
    return `${name}: ${answers.join(', ')}`;
  });
  return `${request.name}, ${parts.join('; ')}`;
}
