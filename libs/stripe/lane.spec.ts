import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Lane } from './lane.js';

const WAITING_MAX = 2;
const DEADLINE_MS = 22_000;

describe('Lane', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const hangs = () => new Promise<never>(() => {});

  it('ends a call that hangs at its deadline, as one whose outcome is not known', async () => {
    const ended = Promise.allSettled([new Lane(1, WAITING_MAX, DEADLINE_MS).run(hangs)]);
    await vi.advanceTimersByTimeAsync(DEADLINE_MS);
    expect(await ended).toMatchObject([{ reason: { slug: 'outcome-unknown' } }]);
  });

  it('ends a call that never got its turn at the same deadline, as one that was not sent', async () => {
    const lane = new Lane(1, WAITING_MAX, DEADLINE_MS);
    const sent = vi.fn<() => Promise<string>>();
    const ended = Promise.allSettled([lane.run(hangs), lane.run(sent)]);
    await vi.advanceTimersByTimeAsync(DEADLINE_MS);
    expect(await ended).toMatchObject([
      { reason: { slug: 'outcome-unknown' } },
      { reason: { slug: 'provider-busy' } },
    ]);
    expect(sent).not.toHaveBeenCalled();
  });

  it('never sends what it has given up already, once there is room again', async () => {
    const lane = new Lane(1, WAITING_MAX, DEADLINE_MS);
    let answer = (_text: string): void => {};
    const first = lane.run(() => new Promise<string>((resolve) => (answer = resolve)));
    await vi.advanceTimersByTimeAsync(DEADLINE_MS / 2);
    const sent = vi.fn<() => Promise<string>>();
    const second = lane.run(sent);
    const ended = Promise.allSettled([first, second]);
    await vi.advanceTimersByTimeAsync(DEADLINE_MS);
    answer('late');
    await ended;
    await vi.runAllTimersAsync();
    expect(sent).not.toHaveBeenCalled();
  });

  it('sends away who would have to wait behind too many', async () => {
    const lane = new Lane(1, WAITING_MAX, DEADLINE_MS);
    const waiting = [hangs, hangs, hangs].map((call) => lane.run(call));
    const ended = Promise.allSettled(waiting);
    await vi.advanceTimersByTimeAsync(0);
    await expect(lane.run(hangs)).rejects.toMatchObject({ slug: 'too-many-requests' });
    await vi.advanceTimersByTimeAsync(DEADLINE_MS);
    expect(await ended).toHaveLength(3);
  });
});
