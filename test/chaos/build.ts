import { execFile } from 'node:child_process';
import { cp, readFile, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

/** A bug that is put into the built service, which the audit must find. */
export interface Mutation {
  name: string;
  changes: readonly CodeChange[];
}

export interface CodeChange {
  /** Relative to `dist/src`. */
  file: string;
  /** The code to replace, which occurs exactly once. */
  text: string;
  replacement: string;
}

const run = promisify(execFile);
/** What a running build needs besides its dependencies. */
const PARTS = ['dist', 'package.json', 'src/database/migrations'];

/**
 * Copies the build into a folder, so that a rebuild during the run changes nothing, and mutates the copy.
 *
 * @returns the folder of the copy's programs
 * @throws Error if the code to mutate is not found exactly once
 */
export async function copyBuild(folder: string, mutation?: Mutation): Promise<string> {
  await Promise.all(PARTS.map((part) => cp(part, join(folder, part), { recursive: true })));
  await symlink(resolve('node_modules'), join(folder, 'node_modules'));
  if (mutation) {
    for (const change of mutation.changes) await mutate(join(folder, 'dist/src', change.file), change);
    await run(process.execPath, [resolve('scripts/bundle.js')], { cwd: folder });
  }
  return join(folder, 'dist/bundle');
}

async function mutate(file: string, { text, replacement }: CodeChange): Promise<void> {
  const parts = (await readFile(file, 'utf8')).split(text);
  if (parts.length !== 2)
    throw new Error(`a mutation finds its text ${parts.length - 1} times in ${file}: ${text}`);
  await writeFile(file, parts.join(replacement));
}
