import type { SeededRandom } from '#sandbox/faults/random.js';

/** When an instance is killed: relative to the change that it makes at Stripe, and to the answer to its caller. */
export const MOMENTS_OF_A_CHANGE = [
  'before the effect',
  'after the effect',
  "after Stripe's reply",
  'after our answer',
] as const;
/** Relative to the delivery of an event to it, and to what it then reads from Stripe. */
export const MOMENTS_OF_AN_EVENT = [
  'as an event arrives',
  'before an event is answered',
  'before an object is read',
  'after an object was read',
] as const;
/** Relative to its delivery of a notification. */
export const MOMENTS_OF_A_DELIVERY = [
  'as a notification arrives',
  'after a notification was answered',
] as const;
export type Moment =
  | (typeof MOMENTS_OF_A_CHANGE)[number]
  | (typeof MOMENTS_OF_AN_EVENT)[number]
  | (typeof MOMENTS_OF_A_DELIVERY)[number];

/** How many kills may happen before the requests that belong to them are answered. */
const MAX_KILLS_AHEAD = 2;
/** How many requests may be under way ahead of the kills, as a number of kills. */
const MAX_REQUESTS_AHEAD_IN_KILLS = 5;

/** Spreads kills evenly over a number of requests, so that the last kill and the last request come together. */
export class KillPlan {
  readonly hits: Map<Moment, number>;
  /** The kills that are still to come. */
  private readonly left: { moment: Moment; dueAfterAnswers: number }[];
  private begun = false;
  private started = 0;
  private underWay = 0;
  private answered = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly kills: number,
    private readonly requests: number,
    random: SeededRandom,
    moments: readonly Moment[] = MOMENTS_OF_A_CHANGE,
  ) {
    this.hits = new Map(moments.map((moment) => [moment, 0]));
    const inTurn = Array.from({ length: kills }, (_, index) => moments[index % moments.length]!);
    this.left = random.shuffle(inTurn).map((moment, index) => ({
      moment,
      dueAfterAnswers: (index - MAX_KILLS_AHEAD) * this.requestsPerKill,
    }));
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

  /** Takes a kill from the plan if one is due at this moment. If it returns true, the caller must kill. */
  take(moment: Moment): boolean {
    const isDue = (kill: (typeof this.left)[number]) =>
      kill.moment === moment && this.answered >= kill.dueAfterAnswers;
    const index = this.begun ? this.left.findIndex(isDue) : -1;
    if (index === -1) return false;
    this.left.splice(index, 1);
    this.hits.set(moment, (this.hits.get(moment) ?? 0) + 1);
    this.resume();
    return true;
  }

  /** Whether a request must wait for kills. Requests under way cause these, or what follows them. */
  private isAhead(index: number): boolean {
    return (
      this.left.length > 0 &&
      this.underWay > 0 &&
      index > (this.killed + MAX_REQUESTS_AHEAD_IN_KILLS) * this.requestsPerKill
    );
  }

  private resume(): void {
    this.waiting.splice(0).forEach((resume) => resume());
  }

  private get requestsPerKill(): number {
    return this.requests / this.kills;
  }
}
