/** Something that was counted; where it has to be a certain number, any other is a failure. */
export interface Figure {
  what: string;
  count: number;
  expected?: number;
}

/** What an audit has found. */
export interface Verdict {
  scenario: string;
  seed: string;
  seconds: number;
  figures: Figure[];
}

/** Whether a figure is not what it has to be. */
export function isRed({ count, expected }: Figure): boolean {
  return expected !== undefined && count !== expected;
}

/** The figures that are not what they have to be. */
export function failures({ figures }: Verdict): Figure[] {
  return figures.filter(isRed);
}

/** A table for a person at a terminal. */
export function tableOf(verdict: Verdict): string {
  const { scenario, seed, seconds, figures } = verdict;
  const color = failures(verdict).length > 0 ? 'RED' : 'green';
  const width = Math.max(...figures.map(({ what }) => what.length));
  const lines = figures.map((figure) => {
    const { what, count, expected } = figure;
    const must = expected === undefined ? '' : `  must be ${expected}${isRed(figure) ? '  <<<' : ''}`;
    return `  ${what.padEnd(width)}  ${String(count).padStart(6)}${must}`;
  });
  return [`${color}  ${scenario}, seed ${seed}, ${Math.round(seconds)} s`, ...lines, ''].join('\n');
}
