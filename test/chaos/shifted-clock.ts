import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Clock } from '#sandbox/clock.js';

/** Preloaded into each instance, which then has the time of this clock. */
const PRELOAD = pathToFileURL('test/chaos/shift-clock.mjs').href;

/** The clock of Stripe and of all instances. It can jump, so that hours pass in a short run. */
export class ShiftedClock implements Clock {
  private shiftMs = 0;

  /** @param folder where the instances read by how much it is ahead */
  constructor(private readonly folder: string) {}

  nowMs(): number {
    return Date.now() + this.shiftMs;
  }

  async advanceMs(stepMs: number): Promise<void> {
    this.shiftMs += stepMs;
    // Renamed, because an instance may read it at any time.
    await writeFile(`${this.file}.new`, String(this.shiftMs));
    await rename(`${this.file}.new`, this.file);
  }

  /** What an instance needs in order to use it. */
  get environment(): Record<string, string> {
    return { NODE_OPTIONS: `--import=${PRELOAD}`, CLOCK_SHIFT_FILE: this.file };
  }

  private get file(): string {
    return join(this.folder, 'clock-shift');
  }
}
