// Shifts the clock of a process by the milliseconds in the file CLOCK_SHIFT_FILE, which may change at any time.
import { readFileSync } from 'node:fs';

const POLL_MS = 20;
const SystemDate = Date;
const readShift = () => Number(readFileSync(process.env.CLOCK_SHIFT_FILE, 'utf8'));

let shiftMs = readShift();
setInterval(() => (shiftMs = readShift()), POLL_MS).unref();

globalThis.Date = class extends SystemDate {
  constructor(...parts) {
    super(...(parts.length === 0 ? [SystemDate.now() + shiftMs] : parts));
  }

  static now() {
    return SystemDate.now() + shiftMs;
  }
};
