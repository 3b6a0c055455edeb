import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CallLimiter } from './call-limiter.js';

const LIMITS = { placesMax: 1, callerPlacesMax: 1, waitingMax: 2 };
const DEADLINE_MS = 22_000;
const SHOP = 'service:shop';

describe('CallLimiter', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const hangs = () => new Promise<never>(() => {});

  it('fails a hanging call at its deadline with outcome-unknown', async () => {
    const ended = Promise.allSettled([new CallLimiter(LIMITS, DEADLINE_MS).run(SHOP, hangs)]);
    await vi.advanceTimersByTimeAsync(DEADLINE_MS);
    expect(await ended).toMatchObject([{ reason: { slug: 'outcome-unknown' } }]);
  });

  it('fails a call that never got its turn at the same deadline with provider-busy', async () => {
    const limiter = new CallLimiter(LIMITS, DEADLINE_MS);
    const sent = vi.fn<() => Promise<string>>();
    const ended = Promise.allSettled([limiter.run(SHOP, hangs), limiter.run(SHOP, sent)]);
    await vi.advanceTimersByTimeAsync(DEADLINE_MS);
    expect(await ended).toMatchObject([
      { reason: { slug: 'outcome-unknown' } },
      { reason: { slug: 'provider-busy' } },
    ]);
    expect(sent).not.toHaveBeenCalled();
  });

  it('never sends an abandoned call when its turn comes', async () => {
    const limiter = new CallLimiter(LIMITS, DEADLINE_MS);
    let answer = (_text: string): void => {};
    const first = limiter.run(SHOP, () => new Promise<string>((resolve) => (answer = resolve)));
    await vi.advanceTimersByTimeAsync(DEADLINE_MS / 2);
    const sent = vi.fn<() => Promise<string>>();
    const second = limiter.run(SHOP, sent);
    const ended = Promise.allSettled([first, second]);
    await vi.advanceTimersByTimeAsync(DEADLINE_MS);
    answer('late');
    await ended;
    await vi.runAllTimersAsync();
    expect(sent).not.toHaveBeenCalled();
  });

  it('refuses a call when too many are waiting', async () => {
    const limiter = new CallLimiter(LIMITS, DEADLINE_MS);
    const waiting = [hangs, hangs, hangs].map((call) => limiter.run(SHOP, call));
    const ended = Promise.allSettled(waiting);
    await vi.advanceTimersByTimeAsync(0);
    await expect(limiter.run(SHOP, hangs)).rejects.toMatchObject({ slug: 'too-many-requests' });
    await vi.advanceTimersByTimeAsync(DEADLINE_MS);
    expect(await ended).toHaveLength(3);
  });
});
