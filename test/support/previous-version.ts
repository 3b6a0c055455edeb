import { execFile, execFileSync } from 'node:child_process';
import { symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const MIGRATIONS = 'src/database/migrations/*.sql';

/**
 * The commit before the newest migration was added: the last code that does not know this version's schema. Undefined
 * in a clone that is too shallow to have it, and in a copy without a history.
 */
export function commitBeforeNewestMigration(): string | undefined {
  try {
    const added = git('log', '-1', '--diff-filter=A', '--format=%H', '--', MIGRATIONS);
    // Of a shallow clone's oldest commit, every file counts as added, and it has no parent.
    return git('rev-parse', '--verify', '--quiet', `${added}^`);
  } catch {
    return undefined;
  }
}

/** Builds the service as it was at a commit, with the dependencies of today. Returns the folder of its programs. */
export async function buildCommit(commit: string, folder: string): Promise<string> {
  const archive = join(folder, 'previous.tar');
  await run('git', ['archive', '--output', archive, commit]);
  await run('tar', ['--extract', '--file', archive, '--directory', folder]);
  await symlink(resolve('node_modules'), join(folder, 'node_modules'));
  // Its types were checked when it was the newest.
  const args = ['-p', 'tsconfig.build.json', '--noCheck'];
  await run(join(folder, 'node_modules', '.bin', 'tsc'), args, { cwd: folder });
  return join(folder, 'dist/src');
}

function git(...args: string[]): string {
  return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}
