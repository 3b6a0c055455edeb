import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { withDeadline } from './with-deadline.js';

const NEVER = new AbortController().signal;
const FAR_MS = 2 ** 31 - 1;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Ends with the signal only. */
function untilAborted(signal: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve('aborted');
    signal.addEventListener('abort', () => resolve('aborted'));
  });
}

describe('withDeadline', () => {
  it('aborts after its time, although garbage is collected', async () => {
    const ended = withDeadline(20, NEVER, untilAborted);
    await setImmediate();
    collectGarbage();
    expect(await ended).toBe('aborted');
  });

  it('aborts together with the other signal, also if that is aborted already', async () => {
    const stopping = new AbortController();
    const ended = withDeadline(FAR_MS, stopping.signal, untilAborted);
    stopping.abort();
    expect(await ended).toBe('aborted');
    expect(await withDeadline(FAR_MS, stopping.signal, untilAborted)).toBe('aborted');
  });

  it('passes on the result and the error', async () => {
    expect(await withDeadline(FAR_MS, NEVER, async () => 7)).toBe(7);
    const failed = withDeadline(FAR_MS, NEVER, () => Promise.reject(new Error('refused')));
    await expect(failed).rejects.toThrow('refused');
  });
});
