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

test('finds a span of time without visiting other entities', () => {
  const { collection, looked } = openCollection();
  const walk = { where: { kind: 'any' }, created: { first: 500, last: 502 } };
  const ids = ['evt_500', 'evt_501', 'evt_502'];
  expect([...collection.oldestFirst(walk)].map(({ id }) => id)).toEqual(ids);
  expect([...collection.newestFirst(walk)].map(({ id }) => id)).toEqual(ids.toReversed());
  expect(looked.at).toBe(6);
});

test('combines a span of time with a cursor', () => {
  const { collection } = openCollection();
  const walk = { created: { first: 500, last: 502 } };
  const older = [...collection.newestFirst({ ...walk, from: 'evt_502' })];
  expect(older.map(({ id }) => id)).toEqual(['evt_501', 'evt_500']);
  expect([...collection.newestFirst({ ...walk, from: 'evt_900' })]).toHaveLength(3);
  expect([...collection.newestFirst({ ...walk, from: 'evt_500' })]).toEqual([]);
  expect([...collection.oldestFirst({ ...walk, from: 'evt_501' })].map(({ id }) => id)).toEqual(['evt_502']);
});

/** A thousand entities of ten kinds in turn, an index of which there is, and how many have been looked at. */
function openKinds() {
  const looked = { at: 0 };
  const collection = new Collection<{ id: string; created: number; kind: string; size: number }>(
    'events',
    () => {},
    ['kind', 'size'],
  );
  for (let created = 0; created < 1000; created++) {
    collection.insert({
      id: `evt_${created}`,
      created,
      size: created < 998 ? 0 : 1,
      get kind() {
        looked.at += 1;
        return `kind.${created % 10}`;
      },
    });
  }
  looked.at = 0;
  return { collection, looked };
}

test('merges several values of an indexed field in time order, without visiting others', () => {
  const { collection, looked } = openKinds();
  const walk = {
    among: { kind: ['kind.3', 'kind.7', 'kind.none', 'kind.3'] },
    created: { first: 100, last: 119 },
  };
  const ids = ['evt_103', 'evt_107', 'evt_113', 'evt_117'];
  expect([...collection.oldestFirst(walk)].map(({ id }) => id)).toEqual(ids);
  expect([...collection.newestFirst(walk)].map(({ id }) => id)).toEqual(ids.toReversed());
  expect([...collection.newestFirst({ ...walk, from: 'evt_113' })].map(({ id }) => id)).toEqual([
    'evt_107',
    'evt_103',
  ]);
  expect(looked.at).toBe(10);
});

test('filters by a field without an index', () => {
  const { collection } = openKinds();
  const walk = { among: { created: [3, 503] } };
  expect([...collection.newestFirst(walk)].map(({ id }) => id)).toEqual(['evt_503', 'evt_3']);
});

test('visits the entities of the most selective index', () => {
  const { collection, looked } = openKinds();
  const walk = { where: { kind: 'kind.9' }, among: { size: [1] } };
  expect([...collection.newestFirst(walk)].map(({ id }) => id)).toEqual(['evt_999']);
  expect(looked.at).toBe(2);
});

test('an update moves an entity in an index', () => {
  const { collection } = openKinds();
  collection.update('evt_500', { size: 2 });
  const big = collection.newestFirst({ among: { size: [1, 2] } });
  expect([...big].map(({ id }) => id)).toEqual(['evt_999', 'evt_998', 'evt_500']);
  expect([...collection.newestFirst({ among: { size: [0, 2] } })]).toHaveLength(998);
});

test('an update changes the keys of a computed index', () => {
  interface Order {
    id: string;
    created: number;
    items: { price: string }[];
  }
  const collection = new Collection<Order, { price: string }>('prices', () => {}, [], {
    price: ({ items }) => items.map(({ price }) => price),
  });
  const idsBy = (price: string) => [...collection.newestFirst({ where: { price } })].map(({ id }) => id);
  collection.insert({ id: 'a', created: 1, items: [{ price: 'mug' }, { price: 'cup' }, { price: 'mug' }] });
  collection.insert({ id: 'b', created: 2, items: [{ price: 'mug' }] });
  expect([idsBy('mug'), idsBy('cup')]).toEqual([['b', 'a'], ['a']]);
  collection.update('a', { items: [{ price: 'cup' }] });
  expect([idsBy('mug'), idsBy('cup')]).toEqual([['b'], ['a']]);
});

test('finds ids without an index, in time order', () => {
  const { collection, looked } = openKinds();
  const walk = { among: { id: ['evt_7', 'evt_500', 'evt_none', 'evt_7'] }, where: { kind: 'kind.7' } };
  expect([...collection.newestFirst(walk)].map(({ id }) => id)).toEqual(['evt_7']);
  expect([...collection.newestFirst({ among: walk.among })].map(({ id }) => id)).toEqual([
    'evt_500',
    'evt_7',
  ]);
  expect(looked.at).toBe(2);
});
