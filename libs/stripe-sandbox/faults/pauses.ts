/** Timers that can all be ended early. */
export class Pauses {
  readonly #ending = new Set<() => void>();

  /** Resolves after this time, or at `release`. */
  async wait(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#ending.delete(end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      this.#ending.add(end);
    });
  }

  release(): void {
    for (const end of this.#ending) end();
  }
}
