import { expect, test } from 'vitest';
import { Collection } from './collection.js';

/** A thousand entities, one a second from 0 on, and how many of them have been looked at. */
function openCollection() {
  const looked = { at: 0 };
  const collection = new Collection<{ id: string; created: number; kind: string }>('events', () => {});
  for (let created = 0; created < 1000; created++) {
    collection.insert({
      id: `evt_${created}`,
      created,
      get kind() {
        looked.at += 1;
        return 'any';
      },
    });
  }
  return { collection, looked };
}

test('a span of time is found without looking at what lies outside', () => {
  const { collection, looked } = openCollection();
  const walk = { where: { kind: 'any' }, created: { first: 500, last: 502 } };
  const ids = ['evt_500', 'evt_501', 'evt_502'];
  expect([...collection.oldestFirst(walk)].map(({ id }) => id)).toEqual(ids);
  expect([...collection.newestFirst(walk)].map(({ id }) => id)).toEqual(ids.toReversed());
  expect(looked.at).toBe(6);
});

test('a span goes together with where to go on from', () => {
  const { collection } = openCollection();
  const walk = { created: { first: 500, last: 502 } };
  const older = [...collection.newestFirst({ ...walk, from: 'evt_502' })];
  expect(older.map(({ id }) => id)).toEqual(['evt_501', 'evt_500']);
  expect([...collection.newestFirst({ ...walk, from: 'evt_900' })]).toHaveLength(3);
  expect([...collection.newestFirst({ ...walk, from: 'evt_500' })]).toEqual([]);
  expect([...collection.oldestFirst({ ...walk, from: 'evt_501' })].map(({ id }) => id)).toEqual(['evt_502']);
});
