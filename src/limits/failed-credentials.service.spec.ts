import { beforeEach, describe, expect, it } from 'vitest';
import { Clock } from '#core/clock.js';
import { settingsFrom } from '../config/settings.js';
import { FailedCredentials } from './failed-credentials.service.js';

const ADDRESS = '192.0.2.1';
const wrong = async () => undefined;
const good = async () => 'holder';

describe('FailedCredentials', () => {
  let nowMs: number;
  let failures: FailedCredentials;

  beforeEach(() => {
    nowMs = 1_000_000;
    const clock: Clock = { now: () => new Date(nowMs) };
    failures = new FailedCredentials(settingsFrom({ RATE_LIMITS: 'failures:2/1m' }), clock);
  });

  const reachLimit = () => Promise.all([failures.check(ADDRESS, wrong), failures.check(ADDRESS, wrong)]);
  const slug = (result: Promise<unknown>) => result.then(String, (problem) => problem.slug);

  it('checks credentials one at a time beyond the limit, in the order of their arrival', async () => {
    await reachLimit();
    const events: string[] = [];
    const check = (name: string) => async () => {
      events.push(`${name} starts`);
      await Promise.resolve();
      events.push(`${name} ends`);
      return name;
    };
    const holders = ['a', 'b', 'c'].map((name) => failures.check(ADDRESS, check(name)));
    expect(await Promise.all(holders)).toEqual(['a', 'b', 'c']);
    expect(events).toEqual(['a starts', 'a ends', 'b starts', 'b ends', 'c starts', 'c ends']);
  });

  it('counts checks that are running, so that a burst passes no more than the limit at once', async () => {
    let running = 0;
    let most = 0;
    const check = async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise(setImmediate);
      running -= 1;
      return undefined;
    };
    const burst = await Promise.all(Array.from({ length: 10 }, () => slug(failures.check(ADDRESS, check))));
    expect(most).toBe(3);
    expect(burst.filter((result) => result === 'too-many-requests')).toHaveLength(8);
  });

  it('refuses at once when 1,000 checks are waiting, and goes on after them', async () => {
    await reachLimit();
    let finish: (holder: string) => void = () => undefined;
    const first = failures.check(ADDRESS, () => new Promise<string>((resolve) => (finish = resolve)));
    const others = Array.from({ length: 999 }, () => failures.check(ADDRESS, good));
    await expect(failures.check(ADDRESS, good)).rejects.toMatchObject({ slug: 'too-many-requests' });
    finish('first');
    expect(await first).toBe('first');
    expect(new Set(await Promise.all(others))).toEqual(new Set(['holder']));
    expect(await failures.check(ADDRESS, good)).toBe('holder');
  });

  it('counts neither good credentials nor checks that fail, which hold up no other check', async () => {
    const failure = new Error('no database');
    const fail = async () => Promise.reject(failure);
    for (let index = 0; index < 5; index += 1) {
      await failures.check(ADDRESS, good);
      await expect(failures.check(ADDRESS, fail)).rejects.toBe(failure);
    }
    expect(await reachLimit()).toEqual([undefined, undefined]);
    await expect(failures.check(ADDRESS, fail)).rejects.toBe(failure);
    await expect(failures.check(ADDRESS, wrong)).rejects.toMatchObject({ slug: 'too-many-requests' });
    expect(await failures.check(ADDRESS, good)).toBe('holder');
  });

  it.each([60_000, -1])('starts a new window once the clock has moved by %d ms', async (ms) => {
    await reachLimit();
    nowMs += ms;
    expect(await failures.check(ADDRESS, wrong)).toBeUndefined();
  });

  it('says when the window ends', async () => {
    await reachLimit();
    nowMs += 59_001;
    await expect(failures.check(ADDRESS, wrong)).rejects.toMatchObject({ extras: { retryAfterSeconds: 1 } });
    nowMs -= 39_001;
    await expect(failures.check(ADDRESS, wrong)).rejects.toMatchObject({ extras: { retryAfterSeconds: 40 } });
  });

  it('remembers 10,000 addresses', async () => {
    await reachLimit();
    for (let index = 1; index < 10_000; index += 1) await failures.check(`address ${index}`, wrong);
    expect(await slug(failures.check(ADDRESS, wrong))).toBe('too-many-requests');
    await failures.check('one more', wrong);
    expect(await slug(failures.check(ADDRESS, wrong))).toBe('undefined');
  });

  it.each([
    ['2001:db8::1', '2001:db8::ffff:2', true],
    ['2001:db8::1', '2001:db8:0:1::1', false],
    ['192.0.2.1', '192.0.2.2', false],
    ['192.0.2.1', '::ffff:192.0.2.1', true],
  ])('counts %s and %s together: %s', async (one, other, isSame) => {
    for (let index = 0; index < 2; index += 1) await failures.check(one, wrong);
    expect(await slug(failures.check(other, wrong))).toBe(isSame ? 'too-many-requests' : 'undefined');
  });
});
