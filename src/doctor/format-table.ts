import type { Finding } from './finding.js';

const RESULT_WIDTH = 'skipped'.length;

/** The findings as a table for the terminal, with the remedy below each red line. */
export function formatTable(findings: readonly Finding[]): string {
  const checkWidth = Math.max(...findings.map(({ check }) => check.length));
  const row = (check: string, result: string, detail: string): string =>
    `${check.padEnd(checkWidth)}  ${result.padEnd(RESULT_WIDTH)}  ${detail}\n`;
  const rows = findings.map(
    ({ check, result, detail, remedy }) =>
      row(check, result, detail) + (remedy ? row('', '', `remedy: ${remedy}`) : ''),
  );
  return row('check', 'result', 'detail') + rows.join('');
}
