import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';

/** What a Dockerfile copies from its context that .dockerignore leaves out. */
const IGNORED = /(^|\/)(node_modules|test)(\/|$)|\.spec\.ts$/;
const HIDDEN_LOCKFILE = 'node_modules/.package-lock.json';

/**
 * Builds the files that the stages of a Dockerfile add to their base images, each in a folder of its own. Knows the
 * instructions that ours has; commands run on this machine, without the base image.
 *
 * @param {import('./dockerfile.js').Stage[]} stages
 * @param {string} folder
 * @returns {string} the folder of the last stage
 */
export function buildTree(stages, folder) {
  const roots = new Map();
  for (const [index, { name = String(index), instructions }] of stages.entries()) {
    const root = join(folder, name);
    roots.set(name, root);
    let workdir = root;
    for (const { name: instruction, args, flags, content } of instructions) {
      if (instruction === 'WORKDIR') mkdirSync((workdir = join(root, content)), { recursive: true });
      if (instruction === 'RUN') run(content.replaceAll(/(?<=mkdir )\//g, `${root}/`), workdir);
      if (instruction === 'COPY') copy(args, roots.get(flags.from), workdir, root, flags.chown);
    }
  }
  return [...roots.values()].at(-1);
}

/** Instead of a second `npm ci` of the same lockfile, this folder's packages are linked. */
function run(command, cwd) {
  if (command === 'npm ci') {
    execFileSync('cp', ['-al', 'node_modules', join(cwd, 'node_modules')]);
    // npm writes to this file, and must not write to ours.
    rmSync(join(cwd, HIDDEN_LOCKFILE));
    cpSync(HIDDEN_LOCKFILE, join(cwd, HIDDEN_LOCKFILE));
    return;
  }
  const env = { ...process.env, npm_config_offline: 'true', npm_config_audit: 'false' };
  execFileSync('sh', ['-c', command], { cwd, env, stdio: ['ignore', 'inherit', 'inherit'] });
}

function copy(args, from, workdir, root, owner) {
  const target = args.at(-1);
  const to = target.startsWith('/') ? join(root, target) : resolve(workdir, target);
  for (const source of args.slice(0, -1)) {
    const path = from ? join(from, source) : resolve(source);
    const destination = target.endsWith('/') ? join(to, basename(path)) : to;
    mkdirSync(dirname(destination), { recursive: true });
    const filter = (file) => from !== undefined || !IGNORED.test(relative('.', file));
    if (from && !owner) execFileSync('cp', ['-al', path, destination]);
    else cpSync(path, destination, { recursive: true, filter, verbatimSymlinks: true });
    if (owner) execFileSync('chown', ['-R', owner, destination]);
  }
}
