import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { MAX_TOKEN_LIFETIME_CEILING_SECONDS } from '../../../src/contract/limits.ts'
import { revoke } from '../../../src/core/endpoint/revoke.ts'
import { type RevokeToken, Unavailable } from '../../../src/core/ports.ts'
import type { KeyRing } from '../../../src/core/tokens/keyring.ts'
import { createMemoryRevocations } from '../../support/memory-revocations.ts'
import { AT, GATEWAY, makeRing, OWN_CLAIMS, signOwn } from '../../support/own-tokens.ts'

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

/** With (r, n − s) a signature of ECDSA holds as with (r, s), so whoever has one can write both. */
function withOtherSignature(jwt: string): string {
  const [header, payload, signature = ''] = jwt.split('.')
  const hex = Buffer.from(signature, 'base64url').toString('hex')
  const s = (P256_ORDER - BigInt(`0x${hex.slice(64)}`)).toString(16).padStart(64, '0')
  const twin = Buffer.from(`${hex.slice(0, 64)}${s}`, 'hex').toString('base64url')
  return `${header}.${payload}.${twin}`
}

const isGone = () => revocations.isRevoked(OWN_CLAIMS)

type Request = { readonly authorization?: string; readonly text?: string; readonly at?: number }

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

describe('whoever holds a token', () => {
  it('RV-01 RV-02 may revoke it: the token itself is the proof', async () => {
    expect(await send(token)).toEqual({ revoked: 'own-1' })
    expect(asked).toEqual([{ jti: 'own-1', expiresAt: AT + 600, by: OWN_CLAIMS.sub }])
    expect(await isGone()).toBe(true)
  })

  it('may present it in the header as well', async () => {
    expect(await send(token, { authorization: `Bearer ${token}` })).toEqual({ revoked: 'own-1' })
  })

  it('RV-03 may do so again', async () => {
    await send(token)
    expect(await send(token)).toEqual({ revoked: 'own-1' })
  })

  it('TOK-11 takes it back under the other of its two signatures as well', async () => {
    const twin = withOtherSignature(token)
    expect(twin).not.toBe(token)
    expect(await send(twin)).toEqual({ revoked: 'own-1' })
    expect(await isGone()).toBe(true)
    // Neither spelling speaks for anybody now.
    for (const spelling of [token, twin]) {
      const caller = { authorization: `Bearer ${spelling}` }
      const another = await signOwn(ring, { jti: 'own-2' })
      expect(await send(another, caller)).toMatchObject({ reason: 'caller_unauthenticated' })
    }
  })

  it('RV-05 may add any hint', async () => {
    for (const hint of ['access_token', 'refresh_token', 'nonsense', '']) {
      const text = new URLSearchParams({ token, token_type_hint: hint }).toString()
      expect(await send(token, { text })).toEqual({ revoked: 'own-1' })
    }
  })
})

describe('a token that is not there to be revoked', () => {
  it('RV-03 is answered like any other, and nothing is stored', async () => {
    const foreign = await signOwn(await makeRing('ES256'))
    const expired = await signOwn(ring, { exp: AT - 1 })
    for (const about of [foreign, expired, 'unknown', 'a.b.c', `${token}x`]) {
      expect(await send(about)).toEqual({ revoked: undefined })
      expect(await send(about, await as({}))).toEqual({ revoked: undefined })
    }
    expect(asked).toEqual([])
  })

  it('REV-04 is one that has just expired', async () => {
    expect(await send(token, { at: AT + 600 })).toEqual({ revoked: undefined })
    expect(asked).toEqual([])
  })
})

describe('a caller that names itself', () => {
  it('RV-04 may revoke tokens of its own client and subject', async () => {
    expect(await send(token, await as({}))).toEqual({ revoked: 'own-1' })
  })

  const others: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
    ['another client', { client_id: 'other' }],
    ['another subject of the same client', { sub: 'github:1:production' }],
    ['an API that bears an admin scope', { client_id: 'x', scope: 'revocations:write' }],
    ['an administrator without the scope', { client_id: 'x', aud: GATEWAY, scope: 'trust:write' }],
    ['a scope that only begins so', { client_id: 'x', aud: GATEWAY, scope: 'revocations:writer' }],
  ]
  it.each(others)('RV-04 may not as %s', async (_, claims) => {
    expect(await send(token, await as(claims))).toEqual({ reason: 'token_of_another_client' })
    expect(await isGone()).toBe(false)
  })

  it('may revoke every token as an administrator', async () => {
    const admin = { client_id: 'x', aud: GATEWAY, scope: 'trust:read revocations:write' }
    expect(await send(token, await as(admin))).toEqual({ revoked: 'own-1' })
  })

  describe('as an administrator', () => {
    const admin = { client_id: 'x', sub: 'admin', aud: GATEWAY, scope: 'revocations:write' }

    it('revokes by the jti alone, for as long as any token can live', async () => {
      const jti = 'Zm9vYmFyYmF6cXV4MTIzNA'
      expect(await send(jti, await as(admin))).toEqual({ revoked: jti })
      const expiresAt = AT + MAX_TOKEN_LIFETIME_CEILING_SECONDS
      expect(asked).toEqual([{ jti, expiresAt, by: 'admin' }])
    })

    it('is told when a token of ours has expired: there is nothing to revoke', async () => {
      const expired = await signOwn(ring, { exp: AT - 1, iat: AT - 601 })
      expect(await send(expired, await as(admin))).toEqual({
        reason: 'nothing_to_revoke',
        at: 'token_expired',
      })
      expect(asked).toEqual([])
    })

    const nothing: readonly (readonly [string, () => Promise<string> | string])[] = [
      ['a token that another key signed', async () => signOwn(await makeRing('ES256'))],
      ['a token of ours that was changed', () => `${token}x`],
      ['the id of a decision', () => 'dec_Zm9vYmFyYmF6cXV4MTIzNA'],
      ['a jti with a character too few', () => 'Zm9vYmFyYmF6cXV4MTIzN'],
      ['a jti with one too many', () => 'Zm9vYmFyYmF6cXV4MTIzNAA'],
      ['a jti in other letters', () => 'Zm9vYmFyYmF6cXV4MTIz=='],
      ['the name of a rule', () => 'deploy'],
      [
        'an expired token of another issuer',
        () => signOwn(ring, { iss: 'https://x', exp: AT - 1 }),
      ],
      ['a token that was issued tomorrow', () => signOwn(ring, { iat: AT + 1e5, exp: AT - 1 })],
    ]
    it.each(nothing)('is never told "done" for %s', async (_, make) => {
      expect(await send(await make(), await as(admin))).toEqual({
        reason: 'nothing_to_revoke',
        at: 'token_unknown',
      })
      expect(asked).toEqual([])
    })

    it('is one with the scope: without it a jti revokes nothing and says nothing', async () => {
      const other = { ...admin, scope: 'trust:write' }
      expect(await send('Zm9vYmFyYmF6cXV4MTIzNA', await as(other))).toEqual({ revoked: undefined })
      expect(asked).toEqual([])
    })
  })

  it.each(['Basic bWU6eA==', 'Basic', 'Bearer', 'Bearer a.b.c', 'DPoP x', ''])(
    'RV-01 EXC-17 is refused with %j, though the token would have been enough',
    async (authorization) => {
      const isClient = authorization.startsWith('Basic')
      const reason = isClient ? 'client_authentication_refused' : 'caller_unauthenticated'
      expect(await send(token, { authorization })).toEqual({ reason })
      expect(await isGone()).toBe(false)
    },
  )

  it('TE-16 names nobody with an empty secret: the token is the proof', async () => {
    expect(await send(token, { authorization: 'Basic bWU6' })).toEqual({ revoked: 'own-1' })
  })

  it('TE-17 is refused with a secret in the form', async () => {
    const text = new URLSearchParams({ token, client_id: 'me', client_secret: 'x' }).toString()
    const reason = 'client_authentication_unsupported'
    expect(await send(token, { text })).toMatchObject({ reason })
    expect(await isGone()).toBe(false)
  })

  it('RV-01 is refused when its own token is expired or revoked', async () => {
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

describe('a revocation log that is down', () => {
  it('RV-08 REV-02 is no success', async () => {
    const down = async () => {
      throw new Unavailable('revocation_log')
    }
    await expect(send(token, {}, down)).rejects.toThrow(Unavailable)
  })
})
