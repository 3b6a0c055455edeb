import type { SeededRandom } from '#sandbox/faults/random.js';

/** When an instance is killed, relative to the call that it makes to Stripe. */
const MOMENTS = [
  'before the effect',
  'after the effect',
  "after Stripe's reply",
  'after our answer',
] as const;
export type Moment = (typeof MOMENTS)[number];

/** How many kills may happen before the requests that belong to them are answered. */
const MAX_KILLS_AHEAD = 2;
/** How many requests may be under way ahead of the kills, as a number of kills. */
const MAX_REQUESTS_AHEAD_IN_KILLS = 5;

/** Spreads kills evenly over a number of requests, so that the last kill and the last request come together. */
export class KillPlan {
  readonly hits = new Map<Moment, number>(MOMENTS.map((moment) => [moment, 0]));
  private readonly moments: Moment[];
  private begun = false;
  private started = 0;
  private underWay = 0;
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

  /** The number of kills so far. */
  get killed(): number {
    return [...this.hits.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Allows kills from now on. */
  begin(): void {
    this.begun = true;
  }

  /** Resolves when another request may start. */
  async waitToStart(): Promise<void> {
    const index = this.started++;
    while (this.isAhead(index)) await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.underWay += 1;
  }

  countAnswer(): void {
    this.answered += 1;
    this.underWay -= 1;
    if (this.underWay === 0) this.resume();
  }

  /** Takes the next kill from the plan if it is due at this moment. If it returns true, the caller must kill. */
  take(moment: Moment): boolean {
    const isTime = this.begun && this.answered >= (this.killed - MAX_KILLS_AHEAD) * this.requestsPerKill;
    if (!isTime || this.moments[this.killed] !== moment) return false;
    this.hits.set(moment, (this.hits.get(moment) ?? 0) + 1);
    this.resume();
    return true;
  }

  /** Whether a request must wait for kills. Only requests under way can cause these. */
  private isAhead(index: number): boolean {
    const isOver = this.killed === this.moments.length;
    return (
      !isOver &&
      this.underWay > 0 &&
      index > (this.killed + MAX_REQUESTS_AHEAD_IN_KILLS) * this.requestsPerKill
    );
  }

  private resume(): void {
    this.waiting.splice(0).forEach((resume) => resume());
  }

  private get requestsPerKill(): number {
    return this.requests / this.moments.length;
  }
}
