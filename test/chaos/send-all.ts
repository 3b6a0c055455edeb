import type { Bench } from './bench.js';
import type { Told, Wish } from './told.js';

const PROGRESS_MS = 5_000;

/** Has a client of its own send each of many wishes, as the kills allow; returns what each was told. */
export async function sendAll(bench: Bench, credential: string, wishes: readonly Wish[]): Promise<Told[]> {
  const { kills, hardship } = bench;
  let answered = 0;
  const tell = () =>
    hardship.log(`${answered} of ${wishes.length} answered, ${kills.killed} of ${hardship.kills} kills done`);
  const send = async (wish: Wish): Promise<Told> => {
    await kills.requestMayStart();
    const told = await bench.client(credential).send(wish);
    kills.requestAnswered();
    answered += 1;
    return told;
  };
  const progress = setInterval(tell, PROGRESS_MS);
  kills.begin();
  try {
    return await Promise.all(wishes.map(send));
  } finally {
    clearInterval(progress);
    tell();
  }
}
