/** Signed identities: their content, how an origin verifies them, and where they are refused. */
import {
  createLocalJWKSet,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  type JWK,
  jwtVerify,
} from 'jose'
import { expect, test, vi } from 'vitest'
import type { EdgeGateway, SignedIdentity } from '../../src/gateway/index.ts'
import { createVerifier } from '../../src/verify/index.ts'
import { refusalOf } from '../verify/support/refusal.ts'
import { NOW } from '../verify/support/tokens.ts'
import { API, ask, bearer, startEdgeWorld } from './support/world.ts'

const { gateway, origin, newEdge, mint } = await startEdgeWorld()

async function createKey(alg: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true })
  return { ...(await exportJWK(privateKey)), alg }
}

const key = await createKey('ES256')
const newSigned = (change: Partial<SignedIdentity> = {}): EdgeGateway =>
  newEdge({ identity: { kind: 'signed', key, audience: 'origin', ...change } })

async function identityAt(edge: EdgeGateway, token: string): Promise<string> {
  await ask(edge, '/deployments', bearer(token))
  return String(origin.seen.at(-1)?.headers['x-edgemint-identity'])
}

/** Verifies the identity offline, as an origin does. */
async function readIdentity(edge: EdgeGateway, jwt: string, audience = 'origin') {
  expect(decodeProtectedHeader(jwt).typ).toBe('edgemint-identity+jwt')
  const keys = createLocalJWKSet(JSON.parse(JSON.stringify(await edge.publicKeys())))
  return jwtVerify(jwt, keys, {
    audience,
    issuer: API,
    typ: 'edgemint-identity+jwt',
    currentDate: new Date(NOW * 1000),
  })
}

test.each(['ES256', 'Ed25519', 'RS256', 'PS256', 'ES384'])(
  'is signed with the key of the owner and verified offline: %s',
  async (algorithm) => {
    const edge = newSigned({
      key: await createKey(algorithm),
      claims: ['repository', 'absent', '__proto__'],
    })
    const token = await mint('deploy:read', { repository: 'acme/café', other: 'kept back' })
    const { payload } = await readIdentity(edge, await identityAt(edge, token))
    expect(payload).toEqual({
      iss: API,
      aud: 'origin',
      sub: 'github:8123456:production',
      iat: NOW,
      exp: NOW + 60,
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
      client_id: 'deploy-api-from-main',
      scope: 'deploy:read',
      token: { iss: gateway.issuer, jti: 'token-1' },
      claims: { repository: 'acme/café' },
    })
  },
)

test('EXC-07 names who acts for the subject', async () => {
  const edge = newSigned()
  const act = { iss: 'https://agents.example', sub: 'agent-7' }
  const token = await mint('deploy:read', { act })
  expect((await readIdentity(edge, await identityAt(edge, token))).payload.act).toEqual(act)
})

test('KEY-12 has a private key that cannot be exported', async () => {
  const importing = vi.spyOn(crypto.subtle, 'importKey')
  await newSigned().publicKeys()
  const keys = await Promise.all(importing.mock.results.map(({ value }) => value as CryptoKey))
  importing.mockRestore()
  expect(keys.map(({ type, extractable }) => [type, extractable])).toEqual([['private', false]])
})

test('is never sent with plain headers, and a caller can send neither', async () => {
  const spoofs = { 'x-edgemint-identity': 'spoof', x_edgemint_identity: 'spoof' }
  await ask(newSigned(), '/deployments', bearer(await mint(), spoofs))
  await ask(newSigned(), '/health', { headers: spoofs })
  await ask(newSigned(), '/health', { headers: { 'x-edgemint-identities': 'kept' } })
  expect(origin.seen[2]?.headers['x-edgemint-identities']).toBe('kept')
  const names = Object.keys(origin.seen[0]?.headers ?? {})
  expect(names.filter((name) => /edgemint|acme/.test(name))).toEqual(['x-edgemint-identity'])
  for (const { headers } of origin.seen) expect(Object.values(headers)).not.toContain('spoof')
  expect(origin.seen[1]?.headers['x-edgemint-identity']).toBeUndefined()
})

test('does not outlive the token, including the clock skew', async () => {
  const edge = newSigned({ lifetimeSeconds: 300 })
  const token = await mint('deploy:read', { exp: NOW + 20 })
  const { payload } = await readIdentity(edge, await identityAt(edge, token))
  expect(payload.exp).toBe(NOW + 50)
})

test('has whole seconds with a clock that returns fractions', async () => {
  const identity = { kind: 'signed', key, audience: 'origin' } as const
  const edge = newEdge({ identity, now: () => NOW + 0.75 })
  const { payload } = await readIdentity(edge, await identityAt(edge, await mint()))
  expect([payload.iat, payload.exp]).toEqual([NOW, NOW + 60])
})

test('OUT-01 is refused as an access token, for this API and for its origin', async () => {
  const edge = newSigned()
  const jwt = await identityAt(edge, await mint())
  expect(decodeProtectedHeader(jwt).typ).toBe('edgemint-identity+jwt')
  const options = { issuer: gateway.issuer, audience: 'origin', now: () => NOW }
  expect(await refusalOf(createVerifier(options).verify(jwt))).toBe(
    '401 invalid_token: token_kind_not_accepted',
  )
  await expect(readIdentity(edge, jwt, 'another-origin')).rejects.toThrow('aud')
})

test('has a published key with only public members, identified by its thumbprint', async () => {
  const edge = newSigned({ header: 'x-acme-caller' })
  const { keys } = await edge.publicKeys()
  expect(keys).toHaveLength(1)
  expect(Object.keys(keys[0] ?? {}).toSorted()).toEqual([
    'alg',
    'crv',
    'kid',
    'kty',
    'use',
    'x',
    'y',
  ])
  await ask(edge, '/deployments', bearer(await mint()))
  const jwt = String(origin.seen[0]?.headers['x-acme-caller'])
  expect(decodeProtectedHeader(jwt).kid).toBe(keys[0]?.kid)
  expect((await newEdge().publicKeys()).keys).toEqual([])
})

test('returns 503 if the identity cannot be signed', async () => {
  const edge = newSigned({ key: { ...key, x: key.y ?? '' } })
  const answer = await ask(edge, '/deployments', bearer(await mint()))
  expect(answer.status).toBe(503)
  expect(origin.seen).toEqual([])
})
