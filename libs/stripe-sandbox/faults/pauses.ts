/** Waits that can all be cut short. */
export class Pauses {
  readonly #ending = new Set<() => void>();

  /** Resolves after this time, or when released. */
  async last(ms: number): Promise<void> {
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
