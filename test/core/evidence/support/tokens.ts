/**
 * Signs subject tokens with any bytes as header and claims, such as no real issuer would sign. The
 * dev issuer makes realistic tokens.
 */
import { calculateJwkThumbprint, exportJWK, type JWK } from 'jose'
import type { Presentation } from '../../../../src/core/evidence/identity.ts'
import { peek } from '../../../../src/core/evidence/peek.ts'
import { verify } from '../../../../src/core/evidence/verify.ts'
import { type PublicKey, readKeySet } from '../../../../src/core/keys/issuer-keys.ts'
import { genericOidc } from '../../../../src/core/providers/generic-oidc.ts'
import type { ProviderProfile } from '../../../../src/core/providers/profile.ts'
import type { OptionalTokenKind } from '../../../../src/protocol/token.ts'
import { createSignatureVerifier } from '../../../../src/web/signature.ts'
import { TOKEN_CANARY } from '../../../support/canary/canary.ts'
import { takeKeyPair } from '../../../support/key-pairs.ts'
import { nameDenial } from '../../support/denials.ts'

export const AT = 1_795_000_000
export const ISSUER = 'https://issuer.example.com'
export const AUDIENCE = 'https://sts.example.com'
/** Another text than the audience of the issuer entry, so that tests can tell them apart. */
const GATEWAY_ISSUER = 'https://gateway.example.com'

export const CLAIMS = {
  iss: ISSUER,
  sub: 'job:1',
  aud: AUDIENCE,
  iat: AT - 10,
  nbf: AT - 10,
  exp: AT + 300,
  jti: 'token-1',
  canary: TOKEN_CANARY,
} as const

/** Text is signed unchanged. In an object, undefined members are left out. */
export type Json = string | Readonly<Record<string, unknown>>

export type Signer = {
  readonly jwk: JWK
  readonly publicKey: PublicKey
  readonly header: Readonly<Record<string, unknown>>
  /** The valid token with these changes. A string replaces the whole part. */
  readonly sign: (claims?: Json, header?: Json) => Promise<string>
  /** Signs any text. */
  readonly signBytes: (text: string) => Promise<Uint8Array>
}

const ALGORITHMS = {
  ES256: { name: 'ECDSA', hash: 'SHA-256' },
  RS256: { name: 'RSASSA-PKCS1-v1_5' },
  RS512: { name: 'RSASSA-PKCS1-v1_5' },
  PS256: { name: 'RSA-PSS', saltLength: 32 },
} as const

/** Makes a new key, published with `alg` and its thumbprint as `kid`. */
export async function createSigner(alg: keyof typeof ALGORITHMS): Promise<Signer> {
  const { privateKey, publicKey } = await takeKeyPair(alg)
  const jwk = await exportJWK(publicKey)
  const kid = await calculateJwkThumbprint(jwk)
  const header = { typ: 'JWT', alg, kid }
  const signBytes = async (text: string) => {
    const bytes = new TextEncoder().encode(text)
    return new Uint8Array(await crypto.subtle.sign(ALGORITHMS[alg], privateKey, bytes))
  }
  return {
    jwk: { ...jwk, kid, alg },
    publicKey: usable({ ...jwk, kid, alg }),
    header,
    signBytes,
    async sign(claims = {}, changedHeader = {}) {
      const input = `${encode(header, changedHeader)}.${encode(CLAIMS, claims)}`
      return `${input}.${base64url(await signBytes(input))}`
    },
  }
}

/** The key in the form that the gateway stores. */
export function usable(jwk: object): PublicKey {
  const reading = readKeySet({ keys: [jwk] })
  const [key] = reading.ok ? reading.value.keys : []
  if (key === undefined) throw new Error('the key is not usable')
  return key
}

function encode(good: object, change: Json): string {
  return base64url(typeof change === 'string' ? change : JSON.stringify({ ...good, ...change }))
}

export function base64url(content: string | Uint8Array): string {
  return Buffer.from(content).toString('base64url')
}

export type JudgeOptions = {
  readonly profile?: ProviderProfile
  readonly accepts?: readonly OptionalTokenKind[]
  readonly presentation?: Presentation
  readonly at?: number
}

/** Returns `accepted`, or the reason and, if there is one, the claim at fault. */
export async function judge(
  token: string,
  key: PublicKey,
  options: JudgeOptions = {},
): Promise<string> {
  const peeked = peek(token)
  if (!peeked.ok) return peeked.error.reason
  const { profile = genericOidc, accepts = [], presentation = 'jwt' } = options
  const result = await verify({
    token: peeked.value,
    issuer: { url: ISSUER, audience: AUDIENCE, profile, accepts, trustDomain: undefined },
    presentation,
    gatewayIssuer: GATEWAY_ISSUER,
    key,
    receivedAt: options.at ?? AT,
    verifySignature: createSignatureVerifier(),
  })
  return result.ok ? 'accepted' : nameDenial(result.error)
}
