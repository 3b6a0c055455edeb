import { expect } from 'vitest';
import { exampleNames, examplesTest } from './examples-test.js';

const it = examplesTest();

it('every documented example works as it is documented', async ({ operations, prepare }) => {
  const answers: [string, number][] = [];
  for (const [operation, documented] of operations) {
    if (operation === 'get /operations/{id}') continue; // An operation's id can't be known beforehand.
    for (const name of exampleNames(documented)) {
      const send = await prepare(operation, documented, name);
      answers.push([`${operation} ${name}`, (await send()).status]);
    }
  }
  const documentedSuccess = new Map(
    operations.map(([operation, { responses }]) => [
      operation,
      Object.keys(responses).find((s) => /^[23]/.test(s)),
    ]),
  );
  const expected = answers.map(([sent]) => [
    sent,
    Number(documentedSuccess.get(sent.split(' ').slice(0, 2).join(' '))),
  ]);
  expect(answers).toEqual(expected);
  expect(answers.length).toBeGreaterThan(20);
});

it('every operation says what it does, who may call it, and how it fails', ({ operations }) => {
  const unclear = operations.filter(([operation, { summary, description, security, responses }]) => {
    const isOpen = operation.includes('/health/');
    return (
      !summary || !description || !(isOpen || (security?.length && responses['401'] && responses['403']))
    );
  });
  expect(unclear.map(([operation]) => operation)).toEqual([]);
});

it('every POST with a body has an example', ({ operations }) => {
  const bare = operations.filter(
    ([, { requestBody }]) => requestBody && !requestBody.content['application/json'].examples,
  );
  expect(bare.map(([operation]) => operation)).toEqual([]);
});
