import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { MAX_TOKEN_LIFETIME_CEILING_SECONDS } from '../../../src/contract/limits.ts'
import { revoke } from '../../../src/core/endpoint/revoke.ts'
import { Unavailable } from '../../../src/core/ports.ts'
import type { RevokeToken } from '../../../src/core/revocation-ports.ts'
import type { KeyRing } from '../../../src/core/tokens/keyring.ts'
import { createMemoryRevocations } from '../../support/memory-revocations.ts'
import {
  AT,
  GATEWAY,
  makeRing,
  NO_ASSERTIONS,
  OWN_CLAIMS,
  signOwn,
} from '../../support/own-tokens.ts'

let ring: KeyRing
let token: string
let revocations = createMemoryRevocations()
let asked: Parameters<RevokeToken>[0][] = []

beforeAll(async () => {
  ring = await makeRing('ES256')
  token = await signOwn(ring)
})
beforeEach(() => {
  revocations = createMemoryRevocations()
  asked = []
})

const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

/**
 * Returns the second valid form of an ECDSA signature: (r, n − s) verifies like (r, s), and anyone
 * can compute it.
 */
function withOtherSignature(jwt: string): string {
  const [header, payload, signature = ''] = jwt.split('.')
  const hex = Buffer.from(signature, 'base64url').toString('hex')
  const s = (P256_ORDER - BigInt(`0x${hex.slice(64)}`)).toString(16).padStart(64, '0')
  const twin = Buffer.from(`${hex.slice(0, 64)}${s}`, 'hex').toString('base64url')
  return `${header}.${payload}.${twin}`
}

const isGone = () => revocations.isRevoked({ ...OWN_CLAIMS, kid: 'any' })

type Request = {
  readonly authorization?: string
  readonly text?: string
  readonly at?: number
  readonly isProven?: boolean
}

async function send(about: string, request: Request = {}, down?: RevokeToken) {
  const result = await revoke(
    {
      authorization: request.authorization,
      contentType: 'application/x-www-form-urlencoded',
      text: request.text ?? new URLSearchParams({ token: about }).toString(),
      isTooLarge: false,
    },
    {
      gatewayIssuer: GATEWAY,
      keyRing: ring,
      clock: () => request.at ?? AT,
      isRevoked: revocations.isRevoked,
      proveCaller: async () => request.isProven ?? true,
      assertions: NO_ASSERTIONS,
      revokeToken:
        down ??
        (async (revocation) => {
          asked.push(revocation)
          return revocations.revokeToken(revocation)
        }),
    },
  )
  return result.ok ? { revoked: result.value?.tokenId } : result.error
}

const as = async (claims: Readonly<Record<string, unknown>>) => ({
  authorization: `Bearer ${await signOwn(ring, { jti: 'caller', ...claims })}`,
})

describe('the holder of a token', () => {
  it('RV-01 RV-02 may revoke it by presenting it', async () => {
    expect(await send(token)).toEqual({ revoked: 'own-1' })
    expect(asked).toEqual([{ jti: 'own-1', expiresAt: AT + 600, by: OWN_CLAIMS.sub }])
    expect(await isGone()).toBe(true)
  })

  it('may also present it in the header', async () => {
    expect(await send(token, { authorization: `Bearer ${token}` })).toEqual({ revoked: 'own-1' })
  })

  it('RV-03 may revoke it again', async () => {
    await send(token)
    expect(await send(token)).toEqual({ revoked: 'own-1' })
  })

  it('RV-03 may present it in both places after it was revoked, and after it expired', async () => {
    const both = { authorization: `Bearer ${token}` }
    await send(token)
    expect(await send(token, both)).toEqual({ revoked: 'own-1' })
    expect(await send(token, { ...both, at: AT + 3600 })).toEqual({ revoked: undefined })
  })

  it('TOK-11 revokes both forms of its signature', async () => {
    const twin = withOtherSignature(token)
    expect(twin).not.toBe(token)
    expect(await send(twin)).toEqual({ revoked: 'own-1' })
    expect(await isGone()).toBe(true)
    // Neither form authenticates a caller any more.
    for (const spelling of [token, twin]) {
      const caller = { authorization: `Bearer ${spelling}` }
      const another = await signOwn(ring, { jti: 'own-2' })
      expect(await send(another, caller)).toMatchObject({ reason: 'caller_unauthenticated' })
    }
  })

  it.each([
    ['a line feed', '\n'],
    ['a carriage return and a line feed', '\r\n'],
    ['a space', ' '],
  ])('revokes it with %s behind it, as of a file', async (_name, end) => {
    expect(await send(`${token}${end}`)).toEqual({ revoked: 'own-1' })
    expect(await isGone()).toBe(true)
  })

  it('RV-05 may send any hint', async () => {
    for (const hint of ['access_token', 'refresh_token', 'nonsense', '']) {
      const text = new URLSearchParams({ token, token_type_hint: hint }).toString()
      expect(await send(token, { text })).toEqual({ revoked: 'own-1' })
    }
  })
})

describe('a token that cannot be revoked', () => {
  it('RV-03 gets the usual answer, and no revocation is stored', async () => {
    const foreign = await signOwn(await makeRing('ES256'))
    const expired = await signOwn(ring, { exp: AT - 1 })
    for (const about of [foreign, expired, 'unknown', 'a.b.c', `${token}x`]) {
      expect(await send(about)).toEqual({ revoked: undefined })
      expect(await send(about, await as({}))).toEqual({ revoked: undefined })
    }
    expect(asked).toEqual([])
  })

  it('REV-04 is also one that has just expired', async () => {
    expect(await send(token, { at: AT + 600 })).toEqual({ revoked: undefined })
    expect(asked).toEqual([])
  })
})

describe('a caller with another token', () => {
  it('RV-04 may revoke tokens of its own client and subject', async () => {
    expect(await send(token, await as({}))).toEqual({ revoked: 'own-1' })
  })

  const others: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
    ['another client', { client_id: 'other' }],
    ['another subject of the same client', { sub: 'github:1:production' }],
    ['an API with an admin scope', { client_id: 'x', scope: 'revocations:write' }],
    ['an administrator without the scope', { client_id: 'x', aud: GATEWAY, scope: 'trust:write' }],
    [
      'a scope with only the same prefix',
      { client_id: 'x', aud: GATEWAY, scope: 'revocations:writer' },
    ],
  ]
  it.each(others)('RV-04 may not as %s', async (_, claims) => {
    expect(await send(token, await as(claims))).toEqual({ reason: 'token_of_another_client' })
    expect(await isGone()).toBe(false)
  })

  it('may revoke every token if it is an administrator', async () => {
    const admin = { client_id: 'x', aud: GATEWAY, scope: 'trust:read revocations:write' }
    expect(await send(token, await as(admin))).toEqual({ revoked: 'own-1' })
  })

  describe('that is an administrator', () => {
    const admin = { client_id: 'x', sub: 'admin', aud: GATEWAY, scope: 'revocations:write' }

    it('revokes by jti, for the longest possible token lifetime', async () => {
      const jti = 'Zm9vYmFyYmF6cXV4MTIzNA'
      expect(await send(jti, await as(admin))).toEqual({ revoked: jti })
      const expiresAt = AT + MAX_TOKEN_LIFETIME_CEILING_SECONDS
      expect(asked).toEqual([{ jti, expiresAt, by: 'admin' }])
    })

    it('is named in the revocation of a token, and not its subject', async () => {
      await send(token, await as(admin))
      expect(asked).toEqual([{ jti: 'own-1', expiresAt: AT + 600, by: 'admin' }])
    })

    it('gets an error if the token has expired', async () => {
      const expired = await signOwn(ring, { exp: AT - 1, iat: AT - 601 })
      expect(await send(expired, await as(admin))).toEqual({
        reason: 'nothing_to_revoke',
        at: 'token_expired',
      })
      expect(asked).toEqual([])
    })

    const nothing: readonly (readonly [string, () => Promise<string> | string])[] = [
      ['a token that another key signed', async () => signOwn(await makeRing('ES256'))],
      ['a modified token of this gateway', () => `${token}x`],
      ['the id of a decision', () => 'dec_Zm9vYmFyYmF6cXV4MTIzNA'],
      ['a jti with one character too few', () => 'Zm9vYmFyYmF6cXV4MTIzN'],
      ['a jti with one character too many', () => 'Zm9vYmFyYmF6cXV4MTIzNAA'],
      ['a jti with other characters', () => 'Zm9vYmFyYmF6cXV4MTIz=='],
      ['the name of a rule', () => 'deploy'],
      [
        'an expired token of another issuer',
        () => signOwn(ring, { iss: 'https://x', exp: AT - 1 }),
      ],
      ['a token with iat in the future', () => signOwn(ring, { iat: AT + 1e5, exp: AT - 1 })],
    ]
    it.each(nothing)('gets an error for %s', async (_, make) => {
      expect(await send(await make(), await as(admin))).toEqual({
        reason: 'nothing_to_revoke',
        at: 'token_unknown',
      })
      expect(asked).toEqual([])
    })

    it('needs the scope: without it a jti revokes no token', async () => {
      const other = { ...admin, scope: 'trust:write' }
      expect(await send('Zm9vYmFyYmF6cXV4MTIzNA', await as(other))).toEqual({ revoked: undefined })
      expect(asked).toEqual([])
    })
  })

  it.each(['Basic bWU6eA==', 'Basic', 'Bearer', 'Bearer a.b.c', 'DPoP x', ''])(
    'RV-01 EXC-17 is refused with %j, even if the revoked token would be enough',
    async (authorization) => {
      const isClient = authorization.startsWith('Basic')
      const reason = isClient ? 'client_authentication_refused' : 'caller_unauthenticated'
      expect(await send(token, { authorization })).toEqual({ reason })
      expect(await isGone()).toBe(false)
    },
  )

  it('TE-16 with an empty secret counts as none, and the token is the proof', async () => {
    expect(await send(token, { authorization: 'Basic bWU6' })).toEqual({ revoked: 'own-1' })
  })

  it('TE-17 CA-09 is refused with a secret or half an assertion in the form', async () => {
    const reason = 'client_authentication_unsupported'
    const missing = 'client_assertion_missing'
    for (const [name, expected] of [
      ['client_secret', { reason, at: 'client_secret' }],
      ['client_assertion', { reason: missing, at: 'client_assertion_type' }],
      ['client_assertion_type', { reason: missing, at: 'client_assertion' }],
    ] as const) {
      const text = new URLSearchParams({ token, client_id: 'me', [name]: 'x' }).toString()
      expect(await send(token, { text })).toMatchObject(expected)
    }
    expect(await isGone()).toBe(false)
  })

  it('RV-01 is refused if its own token is expired or revoked', async () => {
    const refused = { reason: 'caller_unauthenticated' }
    expect(await send(token, await as({ exp: AT - 1 }))).toEqual(refused)
    await revocations.revokeToken({ jti: 'caller', expiresAt: AT + 600, by: 'x' })
    expect(await send(token, await as({}))).toEqual(refused)
    expect(await isGone()).toBe(false)
  })
})

describe('a malformed request', () => {
  it.each([
    ['', { reason: 'parameter_missing', at: 'token' }],
    ['token=', { reason: 'parameter_missing', at: 'token' }],
    ['token=a&token=a', { reason: 'parameter_repeated', at: 'token' }],
    ['token=%zz', { reason: 'body_malformed' }],
  ])('TE-07 is refused: %j', async (text, expected) => {
    expect(await send(token, { text })).toEqual(expected)
  })
})

describe('an outage of the revocation log', () => {
  it('RV-08 REV-02 is an error', async () => {
    const down = async () => {
      throw new Unavailable('revocation_log')
    }
    await expect(send(token, {}, down)).rejects.toThrow(Unavailable)
  })
})
