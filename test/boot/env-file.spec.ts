import { execFile } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { packageRoot } from '../../src/package-root.js';
import { bareEnvironment } from '../support/service-process.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';

const run = promisify(execFile);

describe('.env', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await makeTemporaryFolder();
    onTestFinished(() => removeFolder(folder));
  });

  /** Issues a user token, which makes the signing key in DATA_DIR. */
  async function issueToken(environment: Record<string, string> = {}): Promise<void> {
    await run(process.execPath, [join(packageRoot, 'dist/bundle/token.js'), 'user', 'alice'], {
      cwd: folder,
      env: { ...bareEnvironment(), ...environment },
    });
  }

  it('is read from the working directory', async () => {
    await writeFile(join(folder, '.env'), 'DATA_DIR=from-file # a comment\n');
    await issueToken();
    expect(await readdir(join(folder, 'from-file'))).toEqual(['user-token-key.json']);
  });

  it('is overridden by a variable of the environment', async () => {
    await writeFile(join(folder, '.env'), 'DATA_DIR=from-file\n');
    await issueToken({ DATA_DIR: 'from-environment' });
    expect(await readdir(folder)).toEqual(['.env', 'from-environment']);
  });

  it('may be missing', async () => {
    await issueToken();
    expect(await readdir(folder)).toEqual(['.data']);
  });

  it('stops the start with one line that names an invalid variable', async () => {
    await writeFile(join(folder, '.env'), 'PORT=high\n');
    await expect(issueToken()).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^paydesk: PORT [^\n]+\n$/),
    });
  });

  it('stops the start with one line if it cannot be read', async () => {
    await mkdir(join(folder, '.env'));
    await expect(issueToken()).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^paydesk: \.env [^\n]+\n$/),
    });
  });
});
