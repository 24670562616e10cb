/**
 * Signed tokens for the verifier's tests: a valid one by default, and ways to change one thing.
 */
import { base64url, CompactSign, exportJWK, generateKeyPair, type JWK } from 'jose'

/** The current time of the tests, in epoch seconds. */
export const NOW = 1_790_000_000
export const AUDIENCE = 'https://api.acme.dev'

export type Signer = {
  readonly algorithm: string
  readonly keyId: string
  /** The key as the gateway publishes it. */
  readonly publicJwk: JWK
  readonly sign: (header: object, payload: string) => Promise<string>
}

export async function createSigner(keyId = 'key-1', algorithm = 'ES256'): Promise<Signer> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true })
  const jwk = await exportJWK(publicKey)
  return {
    algorithm,
    keyId,
    publicJwk: { ...jwk, kid: keyId, alg: algorithm, use: 'sig' },
    sign: (header, payload) =>
      new CompactSign(new TextEncoder().encode(payload))
        .setProtectedHeader({ ...header, alg: algorithm })
        .sign(privateKey),
  }
}

/** The claims of a valid token. */
export function validClaims(issuer: string): Record<string, unknown> {
  return {
    iss: issuer,
    sub: 'github:8123456:production',
    aud: AUDIENCE,
    exp: NOW + 600,
    iat: NOW,
    jti: 'token-1',
    client_id: 'deploy-api-from-main',
    scope: 'deploy:read deploy:write',
    origin: { iss: 'https://token.actions.githubusercontent.com', sub: 'repo:acme/api' },
    rev: 7,
  }
}

export type Change = {
  readonly header?: Record<string, unknown>
  readonly claims?: Record<string, unknown>
}

/** A valid token with some members changed. `undefined` removes a member. */
export function mint(signer: Signer, issuer: string, change: Change = {}): Promise<string> {
  const header = { typ: 'at+jwt', kid: signer.keyId, ...change.header }
  return signer.sign(header, JSON.stringify({ ...validClaims(issuer), ...change.claims }))
}

/** Replaces the header of a token. The payload and the signature stay the same. */
export function replaceHeader(token: string, header: object): string {
  const [, payload, signature] = token.split('.')
  return [base64url.encode(JSON.stringify(header)), payload, signature].join('.')
}
