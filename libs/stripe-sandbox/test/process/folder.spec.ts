import { appendFileSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../folders.js';
import { failureOf } from '../support.js';
import { allOf } from './hammer.js';
import { failToStart, startSandbox } from './sandbox-process.js';

test('refuses requests on a full disk, prints the reason, and keeps earlier changes', async () => {
  const dataDir = temporaryFolder();
  const full = await startSandbox({ dataDir, fileBlocks: 200 });
  const answered: string[] = [];
  const create = async (metadata: Record<string, string>) =>
    answered.push((await full.stripe.customers.create({ metadata })).id);
  const large = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`k${i}`, 'x'.repeat(500)]));
  const failure = await failureOf(
    (async () => {
      for (;;) await create(large);
    })(),
  );
  expect(failure).toMatchObject({ statusCode: 500, type: 'StripeAPIError' });
  await expect.poll(full.output).toContain(`Can't write to ${dataDir}/journal.jsonl: EFBIG`);
  await create({});
  expect((await allOf(full.stripe.customers.list())).map(({ id }) => id)).toEqual(answered.toReversed());
  await full.kill();

  const roomy = await startSandbox({ dataDir });
  const { id } = await roomy.stripe.customers.create();
  expect((await allOf(roomy.stripe.customers.list())).map((each) => each.id)).toEqual([
    id,
    ...answered.toReversed(),
  ]);
});

test('refuses a folder in use, whose sandbox loses nothing', async () => {
  const dataDir = temporaryFolder();
  const first = await startSandbox({ dataDir });
  await first.stripe.customers.create();
  expect(await failToStart({ dataDir })).toEqual({
    code: 1,
    output: `stripe-sandbox: Another sandbox is running on ${dataDir}: stop it first\n`,
  });
  await first.stripe.customers.create();
  await first.kill();
  const { stripe } = await startSandbox({ dataDir });
  expect((await stripe.customers.list()).data).toHaveLength(2);
});

test('refuses a folder in use under another path or with another TMPDIR', async () => {
  const dataDir = temporaryFolder();
  const link = join(temporaryFolder(), 'link');
  symlinkSync(dataDir, link);
  await startSandbox({ dataDir });
  const elsewhere = { dataDir: link, temporaryFiles: temporaryFolder() };
  for (const options of [elsewhere, { ...elsewhere, dataDir }, { dataDir: link }]) {
    expect(await failToStart(options)).toEqual({
      code: 1,
      output: `stripe-sandbox: Another sandbox is running on ${options.dataDir}: stop it first\n`,
    });
  }
});

test.runIf(process.platform === 'linux')(
  'a lock leaves no file that would be stale after a kill',
  async () => {
    const [dataDir, temporaryFiles] = [temporaryFolder(), temporaryFolder()];
    const sandbox = await startSandbox({ dataDir, temporaryFiles });
    await sandbox.kill();
    expect([...readdirSync(dataDir), ...readdirSync(temporaryFiles)]).toEqual(['journal.jsonl']);
  },
);

test('refuses an unusable folder with one line', async () => {
  const dataDir = join(temporaryFolder(), 'file', 'below');
  writeFileSync(join(dataDir, '..'), '');
  const { code, output } = await failToStart({ dataDir });
  expect(code).toBe(1);
  expect(output).toMatch(/^stripe-sandbox: The data folder \S+ can't be used: ENOTDIR[^\n]+\n$/);
});

test('refuses a journal that is damaged in the middle, and does not change it', async () => {
  const dataDir = temporaryFolder();
  const path = join(dataDir, 'journal.jsonl');
  const line = `${JSON.stringify([['customers', 'cus_1', { id: 'cus_1', created: 1 }]])}\n`;
  writeFileSync(path, `${line}[["customers",\n`);
  appendFileSync(path, line);
  const written = readFileSync(path);
  const { code, output } = await failToStart({ dataDir });
  expect(code).toBe(1);
  expect(output).toContain(`stripe-sandbox: ${path} is damaged at byte ${line.length}: `);
  expect(readFileSync(path)).toEqual(written);
});
