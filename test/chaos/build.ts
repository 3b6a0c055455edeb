import { cp, readFile, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/** A change of the built service that breaks a promise, for the harness to notice. */
export interface Mutation {
  name: string;
  /** Under `dist/src`. */
  file: string;
  /** Stands there exactly once. */
  text: string;
  replacement: string;
}

/** What belongs to a running build besides its dependencies. */
const PARTS = ['dist', 'package.json', 'src/database/migrations'];

/**
 * Copies the build into a folder, so that a rebuild meanwhile changes nothing, and mutates the copy.
 *
 * @returns the folder of the copy
 * @throws Error where the code to mutate has moved
 */
export async function copyBuild(folder: string, mutation?: Mutation): Promise<string> {
  await Promise.all(PARTS.map((part) => cp(part, join(folder, part), { recursive: true })));
  await symlink(resolve('node_modules'), join(folder, 'node_modules'));
  const build = join(folder, 'dist');
  if (mutation) await mutate(join(build, 'src', mutation.file), mutation);
  return build;
}

async function mutate(file: string, { name, text, replacement }: Mutation): Promise<void> {
  const parts = (await readFile(file, 'utf8')).split(text);
  if (parts.length !== 2) throw new Error(`mutation "${name}" finds its text ${parts.length - 1} times`);
  await writeFile(file, parts.join(replacement));
}
