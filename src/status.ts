import 'reflect-metadata';
import { exitOnError } from './boot/exit-on-error.js';
import { loadSettings } from './config/load-settings.js';
import { parseSamples } from './metrics/samples.js';
import { statusTable } from './metrics/status-table.js';

const USAGE =
  'usage: npm run -s status -- [URL of the metrics]; by default that of METRICS_HOST and METRICS_PORT';
const TIMEOUT_MS = 15_000;

/** Prints what the metrics of a running service say. */
async function main(): Promise<void> {
  const [given, ...rest] = process.argv.slice(2);
  if (rest.length > 0 || (given !== undefined && !URL.canParse(given))) throw new Error(USAGE);
  process.stdout.write(statusTable(parseSamples(await fetchMetrics(given ?? urlOfSettings()))));
}

function urlOfSettings(): string {
  const { METRICS_HOST, METRICS_PORT } = loadSettings();
  if (METRICS_PORT === undefined) throw new Error(`METRICS_PORT is not set. ${USAGE}`);
  const host = METRICS_HOST.includes(':') ? `[${METRICS_HOST}]` : METRICS_HOST;
  return `http://${host}:${METRICS_PORT}/metrics`;
}

async function fetchMetrics(url: string): Promise<string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!response.ok) throw new Error(`status ${response.status}`);
    return await response.text();
  } catch (error) {
    throw new Error(`no metrics at ${url}; does the service run with METRICS_PORT?`, { cause: error });
  }
}

await exitOnError(main);
