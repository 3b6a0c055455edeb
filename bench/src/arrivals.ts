/** Any number: all servers get the same arrivals. */
const SEED = 20_261_127;

/**
 * When requests arrive, in milliseconds after the first one: at random, as those of many independent callers do
 * (https://en.wikipedia.org/wiki/Poisson_point_process). At equal gaps they would keep step with the answers of a Stripe that
 * always takes as long, and each server would find itself either always idle or always busy.
 *
 * @param perSecond on average
 */
export function arrivalsMs(count: number, perSecond: number): number[] {
  const random = randomFrom(SEED);
  let atMs = 0;
  return Array.from({ length: count }, () => {
    const arrivedMs = atMs;
    atMs += (-Math.log(1 - random()) * 1000) / perSecond;
    return arrivedMs;
  });
}

/** Numbers from 0 to 1 that a seed repeats: https://en.wikipedia.org/wiki/Lehmer_random_number_generator */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
