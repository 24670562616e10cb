import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { introspect, type ProveCaller } from '../../../src/core/endpoint/introspect.ts'
import { Unavailable } from '../../../src/core/ports.ts'
import type { KeyRing } from '../../../src/core/tokens/keyring.ts'
import { createMemoryRevocations } from '../../support/memory-revocations.ts'
import {
  API,
  AT,
  GATEWAY,
  makeRing,
  NO_ASSERTIONS,
  OWN_CLAIMS,
  signOwn,
} from '../../support/own-tokens.ts'

let ring: KeyRing
let token: string
let sameApi: string
let otherApi: string
let admin: string
let revocations = createMemoryRevocations()

beforeAll(async () => {
  ring = await makeRing('ES256')
  token = await signOwn(ring)
  sameApi = await signOwn(ring, { jti: 'same', client_id: 'api', scope: 'read' })
  otherApi = await signOwn(ring, { jti: 'other', aud: 'https://other.example.com' })
  admin = await signOwn(ring, { jti: 'admin', aud: GATEWAY, scope: 'tokens:introspect' })
})
beforeEach(() => {
  revocations = createMemoryRevocations()
})

const INACTIVE = { active: false }
const ACTIVE = { active: true, token_type: 'Bearer', ...OWN_CLAIMS }
const revoked = (jti: string) => revocations.revokeToken({ jti, expiresAt: AT, by: 'x' })

type Ask = {
  readonly form?: Readonly<Record<string, string>>
  readonly text?: string
  readonly at?: number
  readonly authorization?: string
  readonly contentType?: string
  readonly isRevoked?: () => Promise<boolean>
  readonly proveCaller?: ProveCaller
}

async function ask(bearer: string | undefined, about: string, options: Ask = {}) {
  const header = bearer === undefined ? undefined : `Bearer ${bearer}`
  const { at = AT, contentType = 'application/x-www-form-urlencoded' } = options
  const { isRevoked = revocations.isRevoked, proveCaller = async () => true } = options
  const form = new URLSearchParams({ token: about, ...options.form })
  const result = await introspect(
    {
      authorization: options.authorization ?? header,
      contentType,
      text: options.text ?? form.toString(),
      isTooLarge: false,
    },
    {
      gatewayIssuer: GATEWAY,
      keyRing: ring,
      clock: () => at,
      isRevoked,
      proveCaller,
      assertions: NO_ASSERTIONS,
    },
  )
  return result.ok ? result.value : result.error
}

describe('introspection', () => {
  it('IN-04 IN-09 returns the claims to the holder of the token', async () => {
    expect(await ask(token, token)).toEqual(ACTIVE)
  })

  it('IN-04 keeps its own members if a rule added claims of these names', async () => {
    const claims = { active: false, token_type: 'N_A', level: 2 }
    const other = await signOwn(ring, { jti: 'claims', ...claims })
    expect(await ask(other, other)).toEqual({ ...ACTIVE, jti: 'claims', level: 2 })
  })

  it('IN-06 answers an API about tokens for the same API', async () => {
    expect(await ask(sameApi, token)).toEqual(ACTIVE)
    expect(await ask(otherApi, token)).toEqual(INACTIVE)
    expect(await ask(sameApi, otherApi)).toEqual(INACTIVE)
    const twin = await signOwn(ring, { jti: 'twin', aud: `${API}/` })
    expect(await ask(twin, token)).toEqual(INACTIVE)
  })

  it('IN-02 answers an administrator with the scope about every token', async () => {
    expect(await ask(admin, token)).toEqual(ACTIVE)
    expect(await ask(admin, otherApi)).toMatchObject({ active: true, jti: 'other' })
    for (const scope of ['trust:read', 'tokens:introspect:all', 'Tokens:Introspect']) {
      const lesser = await signOwn(ring, { jti: 'lesser', aud: GATEWAY, scope })
      expect(await ask(lesser, token)).toEqual(INACTIVE)
    }
  })

  it('IN-06 does not accept the admin scope in a token for another resource', async () => {
    const scope = 'tokens:introspect'
    const named = await signOwn(ring, { aud: 'https://other.example.com', scope })
    expect(await ask(named, token)).toEqual(INACTIVE)
  })

  it('asks about the token without the line feed of its file', async () => {
    expect(await ask(token, `${token}\n`)).toEqual(ACTIVE)
    expect(await ask(sameApi, ' \n')).toMatchObject({ reason: 'parameter_missing' })
  })

  it('IN-08 ignores the hint, right or wrong', async () => {
    for (const token_type_hint of ['access_token', 'refresh_token', 'nonsense', '']) {
      expect(await ask(sameApi, token, { form: { token_type_hint } })).toEqual(ACTIVE)
    }
  })
})

describe('a request without a header', () => {
  it('IN-02 IN-03 is authenticated by the introspected token', async () => {
    expect(await ask(undefined, token)).toEqual(ACTIVE)
    const jwt = await signOwn(ring, {}, { typ: 'JWT' })
    expect(await ask(undefined, jwt)).toEqual(ACTIVE)
  })

  it('IN-05 gets the same answer for every invalid token', async () => {
    const expired = await signOwn(ring, { exp: AT - 1 })
    const foreign = await signOwn(await makeRing('ES256'))
    for (const about of [expired, foreign, 'a.b.c', 'nonsense']) {
      expect(await ask(undefined, about)).toEqual(INACTIVE)
    }
    await revoked(OWN_CLAIMS.jti)
    expect(await ask(undefined, token)).toEqual(INACTIVE)
  })

  it.each(['Basic bWU6', 'basic  Og=='])(
    'TE-16 is equal to one with %j, which contains no secret',
    async (name) => {
      expect(await ask(undefined, token, { authorization: name })).toEqual(ACTIVE)
    },
  )

  it.each([
    ['Basic bWU6eA==', 'client_authentication_refused'],
    ['Basic', 'client_authentication_refused'],
    ['DPoP x', 'caller_unauthenticated'],
    ['', 'caller_unauthenticated'],
    ['Bearer', 'caller_unauthenticated'],
  ])('TE-16 IN-03 is not equal to one with %j', async (authorization, reason) => {
    expect(await ask(undefined, token, { authorization })).toEqual({ reason })
  })

  it('TE-17 is refused with a secret in the form, and may contain a client id', async () => {
    const reason = 'client_authentication_unsupported'
    expect(await ask(undefined, token, { form: { client_secret: 'x' } })).toMatchObject({ reason })
    expect(await ask(undefined, token, { form: { client_id: 'me', client_secret: '' } })).toEqual(
      ACTIVE,
    )
  })
})

describe('a token that is not active', () => {
  it('IN-05 REV-07 gets the same answer for every reason', async () => {
    const foreign = await makeRing('ES256')
    const bad = [
      await signOwn(ring, { exp: AT - 1 }),
      await signOwn(ring, { nbf: AT + 60 }),
      await signOwn(ring, { iss: 'https://evil.example.com' }),
      await signOwn(ring, {}, { typ: 'dpop+jwt' }),
      await signOwn(ring, { aud: GATEWAY }, { typ: 'JWT' }),
      await signOwn(foreign),
      token.replace(/\.(.)(?=[^.]*$)/, (_, first) => (first === 'A' ? '.B' : '.A')),
      'unknown',
      'a.b.c',
    ]
    for (const about of bad) expect(await ask(admin, about)).toEqual(INACTIVE)
  })

  it('IN-07 RV-07 is a revoked one, for every caller', async () => {
    await revoked(OWN_CLAIMS.jti)
    for (const bearer of [token, sameApi, admin]) {
      expect(await ask(bearer, token)).toEqual(INACTIVE)
    }
  })

  it('IN-07 is an expired one', async () => {
    const later = await signOwn(ring, { aud: GATEWAY, scope: 'tokens:introspect', exp: AT + 9999 })
    expect(await ask(later, token, { at: AT + 599 })).toEqual(ACTIVE)
    expect(await ask(later, token, { at: AT + 600 })).toEqual(INACTIVE)
  })

  it('IN-05 may be its own caller and is reported as inactive', async () => {
    const expired = await signOwn(ring, { exp: AT - 1 })
    expect(await ask(expired, expired)).toEqual(INACTIVE)
    expect(await ask('a.b.c', 'a.b.c')).toEqual(INACTIVE)
  })
})

describe('a caller without a valid token of this gateway', () => {
  it('IN-02 IN-03 is refused', async () => {
    const refused = { reason: 'caller_unauthenticated' }
    expect(await ask('', token)).toEqual(refused)
    expect(await ask('a.b.c', token)).toEqual(refused)
    expect(await ask(await signOwn(ring, { exp: AT - 1 }), token)).toEqual(refused)
    expect(await ask(await signOwn(await makeRing('ES256')), token)).toEqual(refused)
  })

  it('IN-02 is refused with a revoked token', async () => {
    await revoked('same')
    await revoked('admin')
    expect(await ask(sameApi, token)).toEqual({ reason: 'caller_unauthenticated' })
    expect(await ask(admin, token)).toEqual({ reason: 'caller_unauthenticated' })
  })

  it('IN-02 gets the same answer about valid tokens and other text', async () => {
    expect(await ask('a.b.c', token)).toEqual(await ask('a.b.c', 'nonsense'))
  })

  it('is refused before the body is read', async () => {
    const refused = { reason: 'caller_unauthenticated' }
    expect(await ask('', '', { contentType: 'text/plain' })).toEqual(refused)
  })
})

describe('a malformed request', () => {
  const rows: readonly (readonly [string, Ask, object])[] = [
    ['no token', { text: '' }, { reason: 'parameter_missing', at: 'token' }],
    ['an empty token', { text: 'token=' }, { reason: 'parameter_missing', at: 'token' }],
    ['two tokens', { text: 'token=a&token=b' }, { reason: 'parameter_repeated', at: 'token' }],
    [
      'two hints',
      { text: 'token=a&token_type_hint=x&token_type_hint=y' },
      { reason: 'parameter_repeated', at: 'token_type_hint' },
    ],
    [
      'an empty token and a valid one',
      { text: 'token=&token=a' },
      { reason: 'parameter_repeated', at: 'token' },
    ],
    ['an unknown parameter twice', { text: 'token=a&x=1&x=' }, { reason: 'parameter_repeated' }],
    [
      'two clients',
      { text: 'token=a&client_id=x&client_id=x' },
      { reason: 'parameter_repeated', at: 'client_id' },
    ],
    ['IN-01 JSON', { contentType: 'application/json' }, { reason: 'content_type_unsupported' }],
  ]
  it.each(rows)('IN-01 is refused: %s', async (_, options, expected) => {
    expect(await ask(admin, token, options)).toEqual(expected)
  })
})

describe('an outage of the revocation log', () => {
  it('REV-02 never makes a token active', async () => {
    const isRevoked = async () => {
      throw new Unavailable('revocation_log')
    }
    for (const bearer of [token, sameApi, admin]) {
      await expect(ask(bearer, token, { isRevoked })).rejects.toThrow(Unavailable)
    }
  })
})
