import { createHash } from 'node:crypto';

/** Random numbers that are the same for the same seed. */
export class SeededRandom {
  readonly #seed: string;
  #drawn = 0;

  constructor(seed: string) {
    this.#seed = seed;
  }

  /** At least 0 and less than 1. */
  next(): number {
    const digest = createHash('sha256').update(`${this.#seed}/${this.#drawn++}`).digest();
    return digest.readUInt32BE() / 2 ** 32;
  }

  pick<T>(choices: readonly [T, ...T[]]): T {
    return choices[Math.floor(this.next() * choices.length)]!;
  }

  /** A copy in another order (Fisher-Yates). */
  shuffle<T>(items: readonly T[]): T[] {
    const shuffled = [...items];
    for (let last = shuffled.length - 1; last > 0; last--) {
      const chosen = Math.floor(this.next() * (last + 1));
      [shuffled[last], shuffled[chosen]] = [shuffled[chosen]!, shuffled[last]!];
    }
    return shuffled;
  }
}
