import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { MIGRATIONS_FOLDER } from './migrate.js';

const FILES = readdirSync(MIGRATIONS_FOLDER).filter((name) => name.endsWith('.sql'));

/** What would make the statements of the previous version fail. */
const BREAKING = [
  /\bDROP\s+(TABLE|COLUMN|SCHEMA|TYPE|SEQUENCE)\b/i,
  /\bRENAME\b/i,
  /\bALTER\s+COLUMN\s+\S+\s+(SET\s+DATA\s+TYPE|TYPE|SET\s+NOT\s+NULL|DROP\s+DEFAULT)\b/i,
];
/** A column without a default that the previous version does not write. */
const REQUIRED_COLUMN = /\bADD\s+COLUMN\b(?!.*\b(DEFAULT|GENERATED)\b).*\bNOT\s+NULL\b/i;

it.each(FILES)('%s leaves the previous version working', (name) => {
  const statements = readFileSync(join(MIGRATIONS_FOLDER, name), 'utf8').split(';');
  const breaking = statements.filter((statement) =>
    [...BREAKING, REQUIRED_COLUMN].some((pattern) => pattern.test(statement)),
  );
  expect(breaking).toEqual([]);
});

it.each([
  'ALTER TABLE "payments" DROP COLUMN "stage"',
  'ALTER TABLE "payments" RENAME COLUMN "stage" TO "step"',
  'ALTER TABLE "payments" ALTER COLUMN "stage" SET NOT NULL',
  'ALTER TABLE "payments" ADD COLUMN "step" text NOT NULL',
])('a migration must not have %s', (statement) => {
  expect([...BREAKING, REQUIRED_COLUMN].some((pattern) => pattern.test(statement))).toBe(true);
});
