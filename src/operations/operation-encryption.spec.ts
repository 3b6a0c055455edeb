import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { DecryptionError, Keyring } from '../encryption/keyring.js';
import { OperationEncryption } from './operation-encryption.js';
import type { OperationRow } from './operations.store.js';

const keyring = new Keyring([randomBytes(32)]);
const encryption = new OperationEncryption(keyring);
const id = randomUUID();
const rest = { amount: 3000, payment_method: 'pm_1' };

describe('a plan whose customer the statement adds', () => {
  const stored = { ...encryption.encryptEarlyPlan(id, rest), customer: 'cus_1' };

  it('is decrypted with its customer', () => {
    const row = { id, plan: stored } as unknown as OperationRow;
    expect(encryption.decryptPlan(row)).toEqual({ ...rest, customer: 'cus_1' });
  });

  it('is not decrypted by an earlier version, which would send it without the customer', () => {
    expect(() => keyring.decrypt(stored.enc, `${id}/plan`)).toThrow(DecryptionError);
  });

  it('belongs to its operation', () => {
    const row = { id: randomUUID(), plan: stored } as unknown as OperationRow;
    expect(() => encryption.decryptPlan(row)).toThrow(DecryptionError);
  });
});
