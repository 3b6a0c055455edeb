/** One line of Prometheus' text format. */
export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

const LINE = /^(\w+)(?:\{(.*)\})? (\S+)/;
const LABEL = /(\w+)="((?:\\.|[^"\\])*)"/g;

/**
 * Reads the samples of a scrape. https://prometheus.io/docs/instrumenting/exposition_formats/#text-format-details
 *
 * @throws {Error} if a line is not a sample
 */
export function parseSamples(text: string): Sample[] {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map(parseSample);
}

function parseSample(line: string): Sample {
  const [, name, labels = '', value] = LINE.exec(line) ?? [];
  if (name === undefined) throw new Error("the answer is not in Prometheus' text format");
  const pairs = [...labels.matchAll(LABEL)].map(([, label = '', escaped = '']) => [label, unescape(escaped)]);
  return { name, labels: Object.fromEntries(pairs) as Record<string, string>, value: numberOf(value) };
}

function unescape(text: string): string {
  return text.replace(/\\(.)/g, (_escape, character: string) => (character === 'n' ? '\n' : character));
}

function numberOf(text = ''): number {
  return text === '+Inf' ? Infinity : Number(text);
}
