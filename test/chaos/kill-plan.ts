import type { SeededRandom } from '../../libs/stripe-sandbox/faults/random.js';

/** When an instance dies, seen from the call that it makes to Stripe. */
export const MOMENTS = [
  'before the effect',
  'after the effect',
  "after Stripe's reply",
  'after our answer',
] as const;
export type Moment = (typeof MOMENTS)[number];

/** Requests that may be under way ahead of, or behind, the kills that belong to them. */
const SLACK_KILLS = 5;

/** Spreads kills over a number of requests: neither comes to its end without the other. */
export class KillPlan {
  readonly hits = new Map<Moment, number>(MOMENTS.map((moment) => [moment, 0]));
  private readonly moments: Moment[];
  private begun = false;
  private killed = 0;
  private answered = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    kills: number,
    private readonly requests: number,
    random: SeededRandom,
  ) {
    const inTurn = Array.from({ length: kills }, (_, index) => MOMENTS[index % MOMENTS.length] as Moment);
    this.moments = random.shuffle(inTurn);
  }

  /** From here on somebody may die. */
  begin(): void {
    this.begun = true;
  }

  /** Resolves when it is time to start the request of this index. */
  async mayStart(index: number): Promise<void> {
    while (this.killed < this.moments.length && index > (this.killed + SLACK_KILLS) * this.requestsPerKill) {
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  /** A request has come to its end. */
  requestAnswered(): void {
    this.answered += 1;
  }

  /** Whether it is time for somebody to die at this moment; whoever asks does. */
  take(moment: Moment): boolean {
    const isTime = this.begun && this.answered >= (this.killed - SLACK_KILLS) * this.requestsPerKill;
    if (!isTime || this.moments[this.killed] !== moment) return false;
    this.killed += 1;
    this.hits.set(moment, (this.hits.get(moment) ?? 0) + 1);
    this.waiting.splice(0).forEach((resume) => resume());
    return true;
  }

  private get requestsPerKill(): number {
    return this.requests / this.moments.length;
  }
}
