/** How long an answer is used. A revocation works within this time, even if its notification is lost. */
const LIFETIME_MS = 1_000;
const KNOWN_MAX = 10_000;
const OTHERS_MAX = 10_000;

interface Lookup<Value> {
  startedAtMs: number;
  value: Promise<Value | undefined>;
}

/**
 * Remembers for a second what a lookup found, also that it found nothing. Requests for the same key share one lookup.
 * Keys that exist are kept apart from all others, so that a flood of wrong keys can't displace them.
 */
export class LookupCache<Value> {
  private readonly known = new Map<string, Lookup<Value>>();
  /** Lookups that found nothing or are not finished yet. */
  private readonly others = new Map<string, Lookup<Value>>();

  constructor(
    private readonly lookUp: (key: string) => Promise<Value | undefined>,
    private readonly nowMs: () => number,
  ) {}

  /** What the lookup of a key found in the last second. A lookup that fails is not remembered. */
  get(key: string): Promise<Value | undefined> {
    const nowMs = this.nowMs();
    const latest = this.known.get(key) ?? this.others.get(key);
    return latest && isFresh(latest, nowMs) ? latest.value : this.start(key, nowMs);
  }

  /** Whether a lookup found the key before, however long ago. Then it is not one of a flood of wrong keys. */
  isKnown(key: string): boolean {
    return this.known.has(key);
  }

  /** Forgets a key that has changed. The result of a lookup that is still running may be old, so it is not kept. */
  drop(key: string): void {
    this.known.delete(key);
    this.others.delete(key);
  }

  clear(): void {
    this.known.clear();
    this.others.clear();
  }

  private start(key: string, startedAtMs: number): Promise<Value | undefined> {
    const lookup = { startedAtMs, value: this.lookUp(key) };
    this.drop(key);
    put(this.others, key, lookup, OTHERS_MAX);
    lookup.value.then(
      (value) => value !== undefined && this.keepAsKnown(key, lookup),
      () => this.others.get(key) === lookup && this.drop(key),
    );
    return lookup.value;
  }

  private keepAsKnown(key: string, lookup: Lookup<Value>): void {
    if (this.others.get(key) !== lookup) return;
    this.others.delete(key);
    put(this.known, key, lookup, KNOWN_MAX);
  }
}

/** A clock that was set back must not make an answer last longer. */
function isFresh({ startedAtMs }: Lookup<unknown>, nowMs: number): boolean {
  return startedAtMs <= nowMs && nowMs < startedAtMs + LIFETIME_MS;
}

/** Adds an entry; the oldest one makes room for it. */
function put<Value>(map: Map<string, Value>, key: string, value: Value, max: number): void {
  map.set(key, value);
  for (const oldest of map.keys()) {
    if (map.size <= max) return;
    map.delete(oldest);
  }
}
