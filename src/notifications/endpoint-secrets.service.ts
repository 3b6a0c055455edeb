import { Injectable, Logger } from '@nestjs/common';
import { DecryptionError, Keyring } from '../encryption/keyring.js';
import { type EndpointRow, EndpointsStore } from './endpoints.store.js';

/** Keeps the secrets of endpoints, which have no end, encrypted with the current key. */
@Injectable()
export class EndpointSecrets {
  private readonly logger = new Logger(EndpointSecrets.name);

  constructor(
    private readonly store: EndpointsStore,
    private readonly keyring: Keyring,
  ) {}

  /** Encrypts again what an earlier key of `ENCRYPTION_KEY` has encrypted, so that the earlier key can be removed. */
  async renew(): Promise<void> {
    for (const row of await this.store.notEncryptedWith(this.keyring.currentPrefix)) {
      try {
        await this.store.replaceSecrets(row, this.renewed(row));
      } catch (error) {
        if (!(error instanceof DecryptionError)) throw error;
        this.logger.warn({
          endpoint: row.id,
          msg: 'ENCRYPTION_KEY lacks the key of the secret of an endpoint',
        });
      }
    }
  }

  /** @throws {DecryptionError} */
  private renewed({ id, secret, previousSecret }: EndpointRow): {
    secret: string;
    previousSecret: string | null;
  } {
    const again = (encrypted: string) => this.keyring.encrypt(this.keyring.decrypt(encrypted, id), id);
    return { secret: again(secret), previousSecret: previousSecret && again(previousSecret) };
  }
}
