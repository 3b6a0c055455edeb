import { randomBytes } from 'node:crypto';
import { DEFAULT_SCOPES, type Scope, SCOPES } from '#core/scope.js';
import { issueUserToken } from '../../src/access/local-issuer.js';
import { settingsFrom } from '../../src/config/settings.js';
import type { ApiKeyAdminService } from '../../src/access/api-key-admin.service.js';
import type { ApiKeyKind } from '../../src/access/api-key.js';
import type { Credential } from './draft.js';
import { MARKER } from './hostile.js';

/** Less than the lifetime of a user's token. */
const TOKEN_REUSE_MS = 5 * 60 * 1000;

const AUTHOR = { caller: 'operator:fuzz', address: 'test' };

export const USER = 'alice';
export const PARTNER = 'acme';
export const SERVICE = 'shop';

/** The credentials of a run. */
export class Credentials {
  private token = '';
  private issuedAtMs = 0;

  private constructor(
    private readonly dataDir: string,
    private readonly fixed: Readonly<Partial<Record<Credential, string>>>,
  ) {}

  /** @param dataDir the service's, with the key of its local issuer */
  static async create(keys: ApiKeyAdminService, dataDir: string, otherDataDir: string): Promise<Credentials> {
    const issue = async (kind: ApiKeyKind, name: string, scopes: readonly Scope[] = DEFAULT_SCOPES) =>
      (await keys.create(AUTHOR, { kind, name, scopes })).secret;
    return new Credentials(dataDir, {
      partner: await issue('partner', PARTNER),
      service: await issue('service', SERVICE, SCOPES),
      'key without scopes': await issue('service', SERVICE, []),
      'revoked key': await issue('service', 'revoked'),
      'expired key': await issue('service', 'expired'),
      'unknown key': `pdk_service_${randomBytes(32).toString('base64url')}`,
      'foreign token': await issueUserToken(settingsFrom({ DATA_DIR: otherDataDir }), USER, new Date()),
      garbage: `${MARKER}.${MARKER}.${MARKER}`,
    });
  }

  /** The ids of keys that no request comes with, so that they may be revoked. */
  static async createSpareKeys(keys: ApiKeyAdminService, count: number): Promise<string[]> {
    const create = () => keys.create(AUTHOR, { kind: 'service', name: 'spare', scopes: [] });
    const issued = await Promise.all(Array.from({ length: count }, create));
    return issued.map(({ key }) => key.id);
  }

  /** The credential itself; undefined for none. */
  async get(credential: Credential): Promise<string | undefined> {
    if (credential !== 'user') return this.fixed[credential];
    if (Date.now() - this.issuedAtMs > TOKEN_REUSE_MS) {
      this.issuedAtMs = Date.now();
      this.token = await issueUserToken(settingsFrom({ DATA_DIR: this.dataDir }), USER, new Date());
    }
    return this.token;
  }
}
