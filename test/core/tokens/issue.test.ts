import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { sealIdentity } from '../../../src/core/evidence/identity.ts'
import type { Issuance, IssuedToken } from '../../../src/core/issuance.ts'
import type { Resource } from '../../../src/core/policy/compile/compiled.ts'
import { PRESETS } from '../../../src/core/policy/presets/presets.ts'
import { Unavailable } from '../../../src/core/ports.ts'
import { createTokenMint } from '../../../src/core/tokens/issue.ts'
import {
  type KeyRing,
  publishedKeys,
  type RingKey,
  selectSigningKey,
} from '../../../src/core/tokens/keyring.ts'
import { makeResource } from '../../support/issuance.ts'
import { API, AT, GATEWAY, makeRing, newTokenId } from '../../support/own-tokens.ts'

const CLAIMS = {
  sub: 'repo:acme/api',
  repository_id: '42',
  act: { sub: 'evil' },
  may_act: { sub: 'evil' },
  scope: 'admin',
  list: ['a'],
}
let ring: KeyRing

beforeAll(async () => {
  ring = await makeRing('ES256', 'RS256')
})

function identityOf() {
  return sealIdentity({
    issuer: 'https://issuer.example.com',
    subject: CLAIMS.sub,
    tokenId: 'subject-1',
    expiresAt: AT + 5,
    claims: CLAIMS,
  })
}

function keyOf(algorithm?: 'RS256'): RingKey {
  const key = selectSigningKey(ring, algorithm, AT)
  if (key === undefined) throw new Error('no such key')
  return key
}

const RESOURCE: Resource = makeResource(API, ['read', 'write'])

const ISSUANCE: Issuance = {
  gatewayIssuer: GATEWAY,
  identity: identityOf(),
  rule: 'deploy',
  resource: RESOURCE,
  scopes: ['read', 'write'],
  lifetimeSeconds: 300,
  subject: 'github:repo:acme/api',
  claims: {},
  revision: 7,
  issuedAt: AT,
}

function issued(change: Partial<Issuance> = {}, key = keyOf()): Promise<IssuedToken> {
  const issuance = { ...ISSUANCE, ...change }
  const mint = createTokenMint({ keys: [key] }, newTokenId)?.(issuance.resource, AT)
  if (mint === undefined) throw new Error('there is no key')
  return mint(issuance)
}

describe('an issued token', () => {
  it('IT-04 IT-07 IT-12 has subject, audience, scope, lifetime and origin', async () => {
    const { token, tokenId } = await issued()
    expect(decodeJwt(token)).toEqual({
      iss: GATEWAY,
      sub: 'github:repo:acme/api',
      aud: API,
      iat: AT,
      exp: AT + 300,
      jti: tokenId,
      client_id: 'deploy',
      scope: 'read write',
      origin: { iss: 'https://issuer.example.com', sub: 'repo:acme/api', jti: 'subject-1' },
      rev: 7,
    })
  })

  it('FD-07 is signed by a key that the consumer accepts, whatever was signed in the same second', () => {
    const findMint = createTokenMint(ring, newTokenId)
    const mints = [PRESETS.entra, PRESETS.aws, undefined].map((preset) =>
      findMint?.({ ...RESOURCE, preset }, AT),
    )
    const [entra, aws, any] = mints
    expect(entra).toBe(findMint?.({ ...RESOURCE, algorithm: 'RS256' }, AT))
    expect(aws).toBe(findMint?.({ ...RESOURCE, algorithm: 'ES256' }, AT))
    expect(any).toBe(aws)
  })

  it('IT-07 has the audience of the resource if that is not its URI', async () => {
    const resource = { ...RESOURCE, audience: 'sigstore', alsoKnownAs: ['other'] }
    const { token } = await issued({ resource })
    expect(decodeJwt(token).aud).toBe('sigstore')
  })

  it('MAP-02 has claims that are trees, and none of them replaces a claim of the gateway', async () => {
    const tags = { principal_tags: { team: ['a'] }, level: 3 }
    const { token } = await issued({ claims: { tags, aud: ['x'], exp: 1, none: [] } })
    expect(decodeJwt(token)).toMatchObject({ tags, none: [], aud: API, exp: AT + 300 })
  })

  it('IT-01 IT-02 IT-20 has typ at+jwt and verifies with one published key', async () => {
    const { token, keyId } = await issued()
    const published = publishedKeys(ring, AT, 3600).filter(({ kid }) => kid === keyId)
    expect(published).toHaveLength(1)
    expect(decodeProtectedHeader(token)).toEqual({ typ: 'at+jwt', alg: 'ES256', kid: keyId })
    const currentDate = new Date(AT * 1000)
    await expect(jwtVerify(token, published[0] ?? {}, { currentDate })).resolves.toBeDefined()
  })

  it('IT-01 has typ JWT if the resource requests that', async () => {
    const { token } = await issued({ resource: { ...RESOURCE, typ: 'JWT' } })
    expect(decodeProtectedHeader(token)).toMatchObject({ typ: 'JWT', alg: 'ES256' })
  })

  it('is returned with its id, key, scope and lifetime', async () => {
    const { token, ...facts } = await issued()
    const { jti, scope, exp } = decodeJwt(token)
    const { kid } = decodeProtectedHeader(token)
    const expected = { tokenId: jti, keyId: kid, scope, expiresAt: exp, lifetimeSeconds: 300 }
    expect(facts).toEqual(expected)
  })

  it('IT-06 has an id of 128 random bits', async () => {
    const ids = new Set<string>()
    for (let count = 0; count < 50; count += 1) ids.add((await issued()).tokenId)
    expect(ids.size).toBe(50)
    for (const id of ids) expect(Buffer.from(id, 'base64url')).toHaveLength(16)
  })

  it('EXC-08 IT-19 IT-21 copies no claim from the subject token unless a template names it', async () => {
    const claims = decodeJwt((await issued()).token)
    expect(claims).not.toHaveProperty('act')
    expect(claims).not.toHaveProperty('may_act')
    expect(claims).not.toHaveProperty('repository_id')
    expect(claims.scope).toBe('read write')
  })

  it('has no subject token id in origin if there was none', async () => {
    const identity = sealIdentity({ ...identityOf(), tokenId: undefined })
    const { origin } = decodeJwt((await issued({ identity })).token)
    expect(origin).toEqual({ iss: 'https://issuer.example.com', sub: 'repo:acme/api' })
  })

  it('MAP-02 keeps its own claims if the templates of a rule have the same names', async () => {
    const names = ['iss', 'sub', 'aud', 'exp', 'iat', 'jti', 'client_id', 'scope', 'origin', 'rev']
    const claims = Object.fromEntries(names.map((name) => [name, 'evil']))
    expect(JSON.stringify(decodeJwt((await issued({ claims })).token))).not.toContain('evil')
  })
})

describe('the claims of a rule', () => {
  it('are added to the standard claims', async () => {
    const { token } = await issued({ claims: { repository: '42', team: 'platform' } })
    expect(decodeJwt(token)).toMatchObject({ repository: '42', team: 'platform' })
  })
})

describe('the signing key', () => {
  it('IT-03 is the selected key, with its algorithm', async () => {
    const { token } = await issued({}, keyOf('RS256'))
    expect(decodeProtectedHeader(token).alg).toBe('RS256')
  })
})

describe('the mint', () => {
  it('signs with the active key of the algorithm that the resource names', async () => {
    const findMint = createTokenMint(ring, newTokenId)
    for (const algorithm of ['ES256', 'RS256'] as const) {
      const resource = { ...RESOURCE, algorithm }
      const mint = findMint?.(resource, AT)
      const { token = '' } = (await mint?.({ ...ISSUANCE, resource })) ?? {}
      expect(decodeProtectedHeader(token).alg).toBe(algorithm)
    }
  })

  it('is not found for a resource without an active key of its algorithm', () => {
    const findMint = createTokenMint(ring, newTokenId)
    expect(() => findMint?.({ ...RESOURCE, algorithm: 'PS256' }, AT)).toThrow(Unavailable)
    const keys = ring.keys.map((key) => ({ ...key, activatesAt: AT + 1 }))
    expect(() => createTokenMint({ keys }, newTokenId)?.(RESOURCE, AT)).toThrow(Unavailable)
  })

  it('is absent if there is no signing key', () => {
    expect(createTokenMint({ keys: [] }, newTokenId)).toBeUndefined()
  })
})
