/** Something to be done once. */
export interface Wish {
  /** Tells it from the others; where it has a trace at Stripe, that bears this name. */
  name: string;
  path: string;
  body: object;
}

/** What was heard under one idempotency key. */
export interface Attempt {
  key: string;
  /** As far as an answer has named it. */
  operationId?: string;
  /** In their order; equal ones that follow each other are one. */
  answers: string[];
}

/** What a caller knows in the end. */
export interface Told {
  wish: Wish;
  /** Undefined where nobody gave it a final answer within its patience. */
  status: number | undefined;
  /** The problem's name, where it is one. */
  slug: string | undefined;
  location: string | null;
  // oxlint-disable-next-line typescript/no-explicit-any -- whatever came back
  body: any;
  /** Whether it is the answer to an earlier request. */
  isReplayed: boolean;
  attempts: readonly Attempt[];
}

/** Whether a wish was granted. */
export function isDone({ status }: Told): boolean {
  return status === 200 || status === 201;
}

/** What was asked and heard about a wish, for a person who looks into it. */
export function storyOf({ wish, attempts }: Told): string {
  const parts = attempts.map(({ key, operationId, answers }) => {
    const name = operationId ? `operation ${operationId}` : `key ${key}`;
    return `${name}: ${answers.join(', ')}`;
  });
  return `${wish.name}, ${parts.join('; ')}`;
}
