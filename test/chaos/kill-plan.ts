import type { SeededRandom } from '#sandbox/faults/random.js';

/** When an instance dies, seen from the call that it makes to Stripe. */
export const MOMENTS = [
  'before the effect',
  'after the effect',
  "after Stripe's reply",
  'after our answer',
] as const;
export type Moment = (typeof MOMENTS)[number];

/** How many kills may come before the requests that belong to them are answered. */
const KILLS_AHEAD_MAX = 2;
/** How many kills' worth of requests may be under way before those kills. */
const REQUESTS_AHEAD_MAX_KILLS = 5;

/** Spreads kills over a number of requests: neither comes to its end without the other. */
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

  /** How many there were so far. */
  get killed(): number {
    return [...this.hits.values()].reduce((sum, count) => sum + count, 0);
  }

  /** From here on somebody may die. */
  begin(): void {
    this.begun = true;
  }

  /** Resolves when it is time to start one more request. */
  async requestMayStart(): Promise<void> {
    const index = this.started++;
    while (this.isAhead(index)) await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.underWay += 1;
  }

  requestAnswered(): void {
    this.answered += 1;
    this.underWay -= 1;
    if (this.underWay === 0) this.resume();
  }

  /** Whether it is time for somebody to die at this moment; whoever asks does. */
  take(moment: Moment): boolean {
    const isTime = this.begun && this.answered >= (this.killed - KILLS_AHEAD_MAX) * this.requestsPerKill;
    if (!isTime || this.moments[this.killed] !== moment) return false;
    this.hits.set(moment, (this.hits.get(moment) ?? 0) + 1);
    this.resume();
    return true;
  }

  /** Whether a request has to wait for kills, which need others under way. */
  private isAhead(index: number): boolean {
    const isOver = this.killed === this.moments.length;
    return (
      !isOver && this.underWay > 0 && index > (this.killed + REQUESTS_AHEAD_MAX_KILLS) * this.requestsPerKill
    );
  }

  private resume(): void {
    this.waiting.splice(0).forEach((resume) => resume());
  }

  private get requestsPerKill(): number {
    return this.requests / this.moments.length;
  }
}
