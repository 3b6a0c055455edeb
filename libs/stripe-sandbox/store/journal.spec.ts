import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Stripe from 'stripe';
import { expect, onTestFinished, test } from 'vitest';
import { Journal } from './journal.js';
import { Store } from './store.js';

const CAUSE = { requestId: null, idempotencyKey: null, version: '' };

/** The journal's file, and a way to open a store on it as a start does, after `work` if given. */
function openDir() {
  const dataDir = mkdtempSync(join(tmpdir(), 'journal-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true }));
  const path = join(dataDir, 'journal.jsonl');
  const start = (work: (store: Store) => void = () => {}): Stripe.Customer[] => {
    const store = new Store();
    const journal = new Journal(dataDir, store);
    work(store);
    store.commit((changes) => journal.append(changes), CAUSE);
    journal.close();
    return [...store.customers.oldestFirst()];
  };
  return { path, start };
}

const customer = (id: string, name = 'Ada') => ({ id, created: 1, name }) as Stripe.Customer;
const idsIn = (customers: Stripe.Customer[]) => customers.map(({ id }) => id);
const linesIn = (path: string) =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('[["customers"'));

test('a start does not rewrite a journal of mostly live data', () => {
  const { path, start } = openDir();
  start(({ customers }) => {
    customers.insert(customer('cus_1'));
    customers.insert(customer('cus_2'));
    customers.update('cus_1', { name: 'Bea' });
  });
  const written = readFileSync(path);
  expect(start()).toEqual([customer('cus_1', 'Bea'), customer('cus_2')]);
  expect(readFileSync(path)).toEqual(written);
});

test('a start rewrites a journal with more history than live data, at any size', () => {
  const { path, start } = openDir();
  const name = 'ë'.repeat(50_000);
  const ids = Array.from({ length: 100 }, (_, i) => `cus_${i}`);
  const kept = start(({ customers }) => {
    for (const id of ids) customers.insert(customer(id));
    for (const id of ids) customers.update(id, { name: 'Bea' });
    for (const id of ids) customers.update(id, { name });
    customers.remove('cus_50');
  });
  expect(start()).toEqual(kept);
  expect(linesIn(path)).toHaveLength(99);
  expect(start()).toEqual(kept);
});

test('writes only the changed fields of an update, and restores the whole', () => {
  const { path, start } = openDir();
  start(({ customers }) => void customers.insert({ ...customer('cus_1'), email: 'ada@shop.example' }));
  const kept = start(({ customers }) => void customers.update('cus_1', { name: 'Bea', phone: '1' }));
  expect(linesIn(path)[1]).toBe('[["customers","cus_1",{"name":"Bea","phone":"1"},"update"]]');
  expect(start()).toEqual(kept);
  expect(kept).toEqual([{ ...customer('cus_1', 'Bea'), email: 'ada@shop.example', phone: '1' }]);
});

test('writes an entity as its difference from an earlier one, and restores the whole', () => {
  const { path, start } = openDir();
  start(({ customers }) => void customers.insert({ ...customer('cus_1'), metadata: { a: '1', b: '2' } }));
  const kept = start(({ customers }) => {
    customers.insert({ ...customer('cus_2'), metadata: { a: '1', b: '3' } });
    customers.insert({ ...customer('cus_3'), metadata: { b: '2', a: '1' } });
    customers.insert({
      ...customer('cus_4'),
      metadata: JSON.parse('{"__proto__":"x","b":"2"}') as Stripe.Metadata,
    });
  });
  expect(linesIn(path)[1]).toContain(
    '["customers","cus_2",[{"id":"cus_2"},{"metadata":[{"b":"3"}]}],"like",0],' +
      '["customers","cus_3",[{"id":"cus_3","metadata":{"b":"2","a":"1"}}],"like",0],' +
      '["customers","cus_4",[{"id":"cus_4","metadata":{"__proto__":"x","b":"2"}}],"like",0]',
  );
  expect(JSON.stringify(start())).toBe(JSON.stringify(kept));
});

test('an update to undefined is not lost', () => {
  const { start } = openDir();
  start(({ customers }) => void customers.insert({ ...customer('cus_1'), email: 'ada@shop.example' }));
  start(({ customers }) => void customers.update('cus_1', { email: undefined }));
  expect(start()).toStrictEqual([customer('cus_1')]);
});

test('cuts an incomplete last line off without a rewrite', () => {
  const { path, start } = openDir();
  start(({ customers }) => void customers.insert(customer('cus_1')));
  appendFileSync(path, '[["customers","cus_torn",{"id":"cus_t');
  start(({ customers }) => void customers.insert(customer('cus_2')));
  expect(idsIn(start())).toEqual(['cus_1', 'cus_2']);
  expect(linesIn(path)).toHaveLength(2);
});

test('ignores a rewrite that was killed, and repeats it', () => {
  const { path, start } = openDir();
  const kept = start(({ customers }) => {
    customers.insert(customer('cus_1'));
    for (const name of ['Bea', 'Cleo', 'Dora']) customers.update('cus_1', { name });
  });
  writeFileSync(`${path}.new`, '[["customers","cus_1",{"id":"cus_1","name":"E');
  expect(start()).toEqual(kept);
  expect(linesIn(path)).toHaveLength(1);
  expect(existsSync(`${path}.new`)).toBe(false);
});

test.each([
  ['[["teapots","tea_1",{"id":"tea_1"}]]', 'was written by another version, start on a new folder'],
  ['[["customers",', 'is damaged at byte 0'],
  [
    '[["events","evt_1",{"id":"evt_1","data":{"object":null}},["customers","cus_none"]]]',
    'is damaged at byte 0: evt_1 shows cus_none, which is not there',
  ],
  [
    '[["customers","cus_none",{"name":"Ada"},"update"]]',
    'is damaged at byte 0: cus_none is updated, which is not there',
  ],
])('%s is refused: it %s', (line, why) => {
  const { path, start } = openDir();
  writeFileSync(path, `${line}\n`);
  expect(() => start()).toThrow(`${path} ${why}`);
});
