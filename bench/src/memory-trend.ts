/** What a process used at a time. */
export interface Sample {
  minute: number;
  /** Resident. */
  memoryMb: number;
}

/** The slope of the line with the least squares, in MB a minute. */
export function risePerMinute(samples: readonly Sample[]): number {
  const meanMinute = meanOf(samples.map(({ minute }) => minute));
  const meanMb = meanOf(samples.map(({ memoryMb }) => memoryMb));
  const products = samples.map(({ minute, memoryMb }) => (minute - meanMinute) * (memoryMb - meanMb));
  const squares = samples.map(({ minute }) => (minute - meanMinute) ** 2);
  return meanOf(products) / meanOf(squares);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
