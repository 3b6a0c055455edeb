/** Something that was counted; where it has to be a certain number, any other is a failure. */
export interface Figure {
  what: string;
  count: number;
  expected?: number;
  /** What exactly was counted, for a person who looks into a failure. */
  which?: readonly string[];
}

/** What an audit has found. */
export interface Verdict {
  scenario: string;
  seed: string;
  seconds: number;
  figures: Figure[];
}

/** Of those that a failure counts, so many are shown. */
const SHOWN_MAX = 5;

/** Something that must not be. */
export function never(what: string, which: readonly string[]): Figure {
  return { what, count: which.length, expected: 0, which };
}

/** Whether a figure is not what it has to be. */
export function isRed({ count, expected }: Figure): boolean {
  return expected !== undefined && count !== expected;
}

/** The figures that are not what they have to be. */
export function failures({ figures }: Verdict): Figure[] {
  return figures.filter(isRed);
}

/** The verdict in one line. */
export function headlineOf(verdict: Verdict): string {
  const { scenario, seed, seconds } = verdict;
  const color = failures(verdict).length > 0 ? 'RED  ' : 'green';
  return `${color}  ${scenario}, seed ${seed}, ${Math.round(seconds)} s`;
}

/** A table for a person at a terminal; what is wrong is told case by case. */
export function tableOf(verdict: Verdict): string {
  const { figures } = verdict;
  const width = Math.max(...figures.map(({ what }) => what.length));
  const lines = figures.flatMap((figure) =>
    [lineOf(figure, width)].concat(isRed(figure) ? casesOf(figure) : []),
  );
  return [headlineOf(verdict), ...lines, ''].join('\n');
}

function lineOf(figure: Figure, width: number): string {
  const { what, count, expected } = figure;
  const must = expected === undefined ? '' : `  must be ${expected}${isRed(figure) ? '  <<<' : ''}`;
  return `  ${what.padEnd(width)}  ${String(count).padStart(6)}${must}`;
}

function casesOf({ which = [] }: Figure): string[] {
  const more = which.length - SHOWN_MAX;
  const lines = which.slice(0, SHOWN_MAX).map((one) => `      ${one}`);
  return more > 0 ? [...lines, `      and ${more} more`] : lines;
}
