import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo } from 'node:net';
import {
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  type JWK,
  type JWTHeaderParameters,
  type JWTPayload,
  SignJWT,
} from 'jose';
import type { ManualClock } from './manual-clock.js';

const ISSUER = 'https://id.example/';
const AUDIENCE = 'shop';

/** A key of an identity provider: the private part, and the public one as published. */
export interface ProviderKey {
  privateKey: CryptoKey;
  jwk: JWK & { kid: string; alg: string };
}

/** An identity provider: signs tokens and publishes its keys over HTTP. */
export interface IdentityProvider {
  /** The settings of a Paydesk that trusts it. */
  environment: Record<string, string>;
  /** The keys that it publishes. */
  published: JWK[];
  /** How often the keys were fetched. */
  fetches: number;
  /** How it answers the requests for its keys. */
  answer: RequestListener;
  /** Creates a key and publishes it. */
  createKey(alg: string, kid: string): Promise<ProviderKey>;
  /** Signs a token that is valid for 5 minutes, except for these claims and header fields. */
  sign(
    key: ProviderKey,
    claims?: JWTPayload,
    header?: Partial<JWTHeaderParameters> & Record<string, unknown>,
  ): Promise<string>;
  close(): Promise<void>;
}

/** Starts an identity provider, whose tokens are issued at the time of `clock`. */
export async function startIdentityProvider(clock: ManualClock): Promise<IdentityProvider> {
  const server = createServer((request, response) => {
    provider.fetches++;
    provider.answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const provider: IdentityProvider = {
    environment: {
      JWKS_URL: `http://127.0.0.1:${port}/jwks.json`,
      JWT_ISSUER: ISSUER,
      JWT_AUDIENCE: AUDIENCE,
    },
    published: [],
    fetches: 0,
    answer: (_request, response) => response.end(JSON.stringify({ keys: provider.published })),
    async createKey(alg, kid) {
      const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
      const jwk = { ...(await exportJWK(publicKey)), kid, alg };
      provider.published.push(jwk);
      return { privateKey, jwk };
    },
    sign({ privateKey, jwk }, claims = {}, header = {}) {
      const now = Math.floor(clock.now().getTime() / 1000);
      return new SignJWT({ sub: 'auth0|7', iss: ISSUER, aud: AUDIENCE, iat: now, exp: now + 300, ...claims })
        .setProtectedHeader({ alg: jwk.alg, kid: jwk.kid, ...header })
        .sign(privateKey, { crit: { tenant: true } });
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return provider;
}
