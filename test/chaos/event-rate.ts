import { setTimeout as delay } from 'node:timers/promises';
import type { Bench } from './bench.js';
import { drainEvents, makeIntents, postEvent, type PostedEvents, quantile } from './post-events.js';
import { expectNone, type Figure } from './verdict.js';

const EVENTS_PER_SECOND = 200;
const BATCH_MS = 50;
const EVENTS_PER_OBJECT = 5;
/** So many events of one object hardly occur, but each of them changes the same row. */
const HOT_OBJECTS = 20;
const P99_MAX_MS = 250;
/** In a smaller run the times are too few to say anything. */
const EVENTS_FOR_TIMES = 2_000;

/** Posts events at a steady rate, half of them about few objects, and measures how long the answers take. */
export async function eventRate(bench: Bench): Promise<Figure[]> {
  const half = Math.ceil(bench.options.requests / 2);
  const objects = await makeIntents(bench, Math.ceil(half / EVENTS_PER_OBJECT));
  const many = await postSteadily(bench, 'many', half, objects);
  const hot = await postSteadily(bench, 'hot', half, objects.slice(0, HOT_OBJECTS));
  const isFull = bench.options.requests >= EVENTS_FOR_TIMES;
  return [
    expectNone('events that were refused', [...many.refused, ...hot.refused]),
    expectNone('events that are not handled', await drainEvents(bench)),
    ...timesOf(many, `${objects.length} objects`, isFull),
    ...timesOf(hot, `${Math.min(HOT_OBJECTS, objects.length)} objects`, isFull),
  ];
}

/** Posts events at a steady rate, however long the answers take. */
async function postSteadily(
  bench: Bench,
  name: string,
  count: number,
  objects: readonly string[],
): Promise<PostedEvents> {
  const posted: PostedEvents = { times: [], refused: [] };
  const perBatch = (EVENTS_PER_SECOND * BATCH_MS) / 1000;
  const posts: Promise<void>[] = [];
  const startMs = performance.now();
  while (posts.length < count) {
    const due = Math.min(count, Math.floor((performance.now() - startMs) / BATCH_MS) * perBatch);
    while (posts.length < due) {
      const index = posts.length;
      posts.push(postEvent(bench, `evt_${name}${index}`, objects[index % objects.length]!, posted));
    }
    await delay(BATCH_MS);
  }
  await Promise.all(posts);
  return posted;
}

function timesOf({ times }: PostedEvents, about: string, isFull: boolean): Figure[] {
  return [
    { what: `answers to events of ${about}`, count: times.length },
    { what: '  median, ms', count: Math.round(quantile(times, 0.5)) },
    {
      what: '  99th percentile, ms',
      count: Math.round(quantile(times, 0.99)),
      ...(isFull && { max: P99_MAX_MS }),
    },
  ];
}
