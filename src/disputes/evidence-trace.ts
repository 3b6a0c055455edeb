/** Stripe permits 50 keys, and others may have set some: https://docs.stripe.com/api/metadata */
const TRACES_MAX = 20;
/** With the id of an operation without its dashes, the 40 characters that a key may have. */
const PREFIX = 'paydesk_';
const TRACE_KEY = /^paydesk_[0-9a-f]{32}$/;

/** Metadata at Stripe. */
type Metadata = Readonly<Record<string, string>>;

/** What an operation writes to the metadata of a dispute together with its evidence. */
export interface EvidenceTrace {
  change: Metadata;
  /** Whether the dispute had it when the operation was planned. Absent from plans of earlier versions. */
  isOld?: boolean | undefined;
}

/**
 * The trace of an operation. It has a key of its own, which stays if another operation adds evidence later, and takes the place of
 * the oldest ones if there are too many. The time is its value. If it is there already, the time stays: after the loss of the
 * database, the same parameters are sent.
 *
 * @param metadata of the dispute when the operation is planned
 */
export function traceOf(metadata: Metadata, operationId: string, now: Date): EvidenceTrace {
  const key = `${PREFIX}${operationId.replaceAll('-', '')}`;
  const others = tracesIn(metadata).filter((other) => other !== key);
  const removed = others.slice(0, Math.max(0, others.length - TRACES_MAX + 1));
  const value = metadata[key] ?? now.toISOString();
  return {
    change: { ...Object.fromEntries(removed.map((other) => [other, ''])), [key]: value },
    isOld: key in metadata,
  };
}

/**
 * Whether a dispute has got the evidence of an operation, whatever was added since. Nobody can tell if the trace is that of an
 * earlier request with the same Idempotency-Key, if it may have been removed, or if an earlier version has planned it, as such
 * operations overwrite each other's.
 */
export function proofOfTrace(
  metadata: Metadata,
  { change, isOld = false }: EvidenceTrace,
): 'done' | 'not-done' | 'unknown' {
  const written = Object.entries(change).filter(([, value]) => value !== '');
  const isThere = written.every(([key, value]) => metadata[key] === value);
  if (isThere) return isOld ? 'unknown' : 'done';
  const isOverwritten = written.some(([key]) => key in metadata);
  return isOverwritten || tracesIn(metadata).length >= TRACES_MAX ? 'unknown' : 'not-done';
}

/** The keys that operations have written, the oldest first. */
function tracesIn(metadata: Metadata): string[] {
  const traces = Object.entries(metadata).filter(([key]) => TRACE_KEY.test(key));
  return traces.toSorted(([, a], [, b]) => (a < b ? -1 : 1)).map(([key]) => key);
}
