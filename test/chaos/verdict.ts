/** A count. If it has an expected value, any other value is a failure. */
export interface Figure {
  what: string;
  count: number;
  expected?: number;
  /** If it has a maximum, any higher value is a failure. */
  max?: number;
  /** Descriptions of the counted items, for a person who investigates a failure. */
  which?: readonly string[];
}

/** The result of a run. */
export interface Verdict {
  scenario: string;
  seed: string;
  seconds: number;
  figures: Figure[];
}

/** How many items of a failure are printed. */
const MAX_SHOWN = 5;

/** A figure that must be 0. */
export function expectNone(what: string, which: readonly string[]): Figure {
  return { what, count: which.length, expected: 0, which };
}

/** Whether a figure differs from its expected value, or is higher than its maximum. */
function isFailure({ count, expected, max }: Figure): boolean {
  return (expected !== undefined && count !== expected) || (max !== undefined && count > max);
}

/** The figures that are not as they must be. */
export function failures({ figures }: Verdict): Figure[] {
  return figures.filter(isFailure);
}

/** The verdict in one line. */
export function headlineOf(verdict: Verdict): string {
  const { scenario, seed, seconds } = verdict;
  const color = failures(verdict).length > 0 ? 'RED  ' : 'green';
  return `${color}  ${scenario}, seed ${seed}, ${Math.round(seconds)} s`;
}

/** The figures as a table for the terminal, with the items of each failure. */
export function tableOf(verdict: Verdict): string {
  const { figures } = verdict;
  const width = Math.max(...figures.map(({ what }) => what.length));
  const lines = figures.flatMap((figure) =>
    [lineOf(figure, width)].concat(isFailure(figure) ? casesOf(figure) : []),
  );
  return [headlineOf(verdict), ...lines, ''].join('\n');
}

function lineOf(figure: Figure, width: number): string {
  const { what, count, expected = figure.max } = figure;
  const atMost = figure.max === undefined ? '' : 'at most ';
  const must =
    expected === undefined ? '' : `  must be ${atMost}${expected}${isFailure(figure) ? '  <<<' : ''}`;
  return `  ${what.padEnd(width)}  ${String(count).padStart(6)}${must}`;
}

function casesOf({ which = [] }: Figure): string[] {
  const more = which.length - MAX_SHOWN;
  const lines = which.slice(0, MAX_SHOWN).map((one) => `      ${one}`);
  return more > 0 ? [...lines, `      and ${more} more`] : lines;
}
