import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);

it('npm run sbom lists each production dependency, without registries or paths of the machine', async () => {
  const manifest = JSON.parse(await readFile('package.json', 'utf8'));
  await run('npm', ['run', '--silent', 'sbom']);
  const text = await readFile('sbom.cdx.json', 'utf8');
  const { bomFormat, components } = JSON.parse(text) as {
    bomFormat: string;
    components: { name: string; version: string }[];
  };
  expect(bomFormat).toBe('CycloneDX');
  const versions = Object.fromEntries(components.map(({ name, version }) => [name, version]));
  expect(versions).toMatchObject(manifest.dependencies);
  expect(versions).not.toHaveProperty('vitest');
  expect(text).not.toContain('registry');
  expect(text).not.toContain(process.cwd());
});
