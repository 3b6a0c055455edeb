const SAMPLE_MS = 20;
/** Of each new sample in the average, so that a single long task, such as a garbage collection, hardly counts. */
const SAMPLE_WEIGHT = 1 / 4;

/** How long work waits until the event loop gets to it. */
export interface LoopDelay {
  /** Averaged over the last few samples. */
  readonly averageMs: number;
  /** Ends the measurement. */
  stop?(): void;
}

/** Measures by how much a timer of this process is late: https://nodejs.org/en/learn/asynchronous-work/event-loop-timers-and-nexttick */
export class EventLoopDelay implements LoopDelay {
  averageMs = 0;
  private readonly timer: NodeJS.Timeout;
  private sampledMs: number;

  constructor(private readonly nowMs = () => performance.now()) {
    this.sampledMs = nowMs();
    this.timer = setInterval(() => this.sample(), SAMPLE_MS);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private sample(): void {
    const nowMs = this.nowMs();
    const lateMs = Math.max(0, nowMs - this.sampledMs - SAMPLE_MS);
    this.sampledMs = nowMs;
    this.averageMs += (lateMs - this.averageMs) * SAMPLE_WEIGHT;
  }
}
