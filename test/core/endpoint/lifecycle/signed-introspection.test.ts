import { decodeProtectedHeader, jwtVerify } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { introspect } from '../../../../src/core/endpoint/introspect.ts'
import {
  asksForJwt,
  signIntrospection,
} from '../../../../src/core/endpoint/lifecycle/signed-introspection.ts'
import { Unavailable } from '../../../../src/core/ports.ts'
import type { KeyRing } from '../../../../src/core/tokens/keyring.ts'
import { verifyOwnToken } from '../../../../src/core/tokens/own-token.ts'
import { createMemoryRevocations } from '../../../support/memory-revocations.ts'
import {
  API,
  AT,
  GATEWAY,
  makeRing,
  NO_ASSERTIONS,
  OWN_CLAIMS,
  signOwn,
} from '../../../support/own-tokens.ts'
import { asserted, SERVER, SERVER_SUBJECT, startLifecycle } from './support.ts'

const JWT = 'application/token-introspection+jwt'
let ring: KeyRing
let token: string

beforeAll(async () => {
  ring = await makeRing('ES256')
  token = await signOwn(ring)
})

async function ask(
  bearer: string | undefined,
  about: string,
  accept = JWT,
  keyRing = ring,
  isProven = true,
) {
  const { isRevoked } = createMemoryRevocations()
  const result = await introspect(
    {
      authorization: bearer === undefined ? undefined : `Bearer ${bearer}`,
      contentType: 'application/x-www-form-urlencoded',
      text: new URLSearchParams({ token: about }).toString(),
      isTooLarge: false,
      accept,
    },
    {
      gatewayIssuer: GATEWAY,
      keyRing,
      clock: () => AT,
      isRevoked,
      proveCaller: async () => isProven,
      assertions: NO_ASSERTIONS,
    },
  )
  return result.ok ? result.value : result.error
}

async function read(answer: unknown, keys = ring) {
  const text = String(answer)
  const key = keys.keys.find(({ keyId }) => keyId === decodeProtectedHeader(text).kid)
  if (key === undefined) throw new Error('the key is not in the ring')
  const { payload, protectedHeader } = await jwtVerify(text, key.publicJwk)
  return { payload, header: protectedHeader }
}

describe('a signed answer', () => {
  it('IN-12 IN-13 IN-14 has the answer inside, and no sub or exp of its own', async () => {
    const same = await signOwn(ring, { jti: 'same', client_id: 'api', scope: 'read' })
    const { payload, header } = await read(await ask(same, token))
    expect(header).toEqual({
      ...{ typ: 'token-introspection+jwt', alg: 'ES256' },
      kid: ring.keys[0]?.keyId,
    })
    expect(payload).toEqual({
      ...{ iss: GATEWAY, aud: API, iat: AT },
      token_introspection: { active: true, token_type: 'Bearer', ...OWN_CLAIMS },
    })
  })

  it('IN-05 IN-13 has only active: false for every other token', async () => {
    const same = await signOwn(ring, { jti: 'same' })
    const texts = [
      'unknown',
      await signOwn(ring, { exp: AT - 1 }),
      await signOwn(ring, { aud: 'https://other.example.com' }),
    ]
    for (const text of texts) {
      const { payload } = await read(await ask(same, text))
      expect(payload).toEqual({
        ...{ iss: GATEWAY, aud: API, iat: AT },
        token_introspection: { active: false },
      })
    }
  })

  it('IN-13 names its caller: an administrator, the holder, or a client', async () => {
    const claims = { jti: 'admin', aud: GATEWAY, scope: 'tokens:introspect', client_id: 'ops' }
    const admin = await signOwn(ring, claims)
    expect((await read(await ask(admin, token))).payload.aud).toBe('ops')
    expect((await read(await ask(token, token))).payload.aud).toBe(API)
    const lifecycle = await startLifecycle()
    const form = asserted(await lifecycle.world.mint(SERVER))
    for (const about of [lifecycle.token, 'unknown']) {
      const answer = await lifecycle.ask({ token: about, ...form }, { accept: JWT })
      const { payload } = await read(answer, lifecycle.world.keyRing)
      expect(payload.aud).toBe(SERVER_SUBJECT)
    }
  })

  it('IN-13 is refused to a caller without credentials, whatever the token is', async () => {
    const refused = { reason: 'caller_unauthenticated' }
    expect(await ask(undefined, token)).toEqual(refused)
    expect(await ask(undefined, 'unknown')).toEqual(refused)
    expect(await ask('a.b.c', 'a.b.c')).toEqual(refused)
  })

  it('IN-13 is refused to a caller whose bound token is not proven', async () => {
    const same = await signOwn(ring, { jti: 'same' })
    for (const bearer of [same, token]) {
      expect(await ask(bearer, token, JWT, ring, false)).toEqual({
        reason: 'caller_unauthenticated',
      })
    }
  })

  it('IN-12 is signed with RS256 if the gateway has such a key, and otherwise as tokens are', async () => {
    const both = await makeRing('ES256', 'RS256')
    const own = await signOwn(both)
    const { header } = await read(await ask(own, own, JWT, both), both)
    expect(header.alg).toBe('RS256')
  })

  it('OUT-01 is no token of the gateway', async () => {
    const answer = String(await ask(token, token))
    expect(await verifyOwnToken(answer, ring, GATEWAY, AT)).toBeUndefined()
    expect(await ask(answer, token, 'application/json')).toEqual({
      reason: 'caller_unauthenticated',
    })
  })

  it('is not possible without a key', () => {
    const signed = { gatewayIssuer: GATEWAY, audience: API, issuedAt: AT }
    expect(() => signIntrospection({ active: false }, signed, { keys: [] })).toThrow(Unavailable)
  })
})

describe('the Accept header', () => {
  it.each([
    [JWT, true],
    [`${JWT};q=0.5`, true],
    [`application/json, ${JWT}`, true],
    [`APPLICATION/TOKEN-INTROSPECTION+JWT ; q=1`, true],
    [`application/json, ${JWT};q=0.5`, false],
    [`*/*, ${JWT};q=0.5`, false],
    [`application/json;q=0.5, ${JWT}`, true],
    [`${JWT}, */*;q=0.1`, true],
    [`${JWT};q=0`, false],
    [`${JWT}; q=0.000`, false],
    [`${JWT}x`, false],
    ['application/jwt', false],
    ['application/json', false],
    ['*/*', false],
    ['', false],
    [undefined, false],
  ])('IN-12 asks with %s for a signed answer: %s', (accept, isAsked) => {
    expect(asksForJwt(accept)).toBe(isAsked)
  })

  it('of any other type gets JSON', async () => {
    expect(await ask(token, token, '*/*')).toMatchObject({ active: true })
  })
})
