import { createHmac } from 'node:crypto'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { MAX_TOKEN_ANCESTORS } from '../../../src/core/policy/actors/limits.ts'
import type { ExchangePorts } from '../../../src/core/ports.ts'
import { Unavailable } from '../../../src/core/ports.ts'
import { lineageOf, type RevocableToken } from '../../../src/protocol/revocations.ts'
import { makeRing, signOwn } from '../../support/own-tokens.ts'
import { NO_COARSE } from '../../support/revocable-token.ts'
import { AUDIENCE } from '../../support/vectors.ts'
import { API, granted, type OwnWorld, startOwnWorld, TOOL } from '../support/own-world.ts'

let world: OwnWorld
let parent: string
beforeAll(async () => {
  world = await startOwnWorld()
  parent = await world.issue()
})

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
const split = (token: string) => token.split('.') as [string, string, string]
const TYPE = 'urn:ietf:params:oauth:token-type'

describe('another token in the place of a token of this gateway', () => {
  it('EXC-07 TE-30 is refused if another issuer made it', async () => {
    expect(await world.narrow(await world.mint())).toBe('token_type_unsupported')
    for (const iss of [
      'https://other-gateway.example.com',
      `${AUDIENCE}/`,
      'HTTPS://STS.EXAMPLE.COM',
    ]) {
      expect(await world.narrow(await world.sign({ iss })), iss).toBe('token_type_unsupported')
    }
  })

  it('EXC-07 is refused if another gateway of the same name signed it', async () => {
    const ring = await makeRing('ES256', 'RS256')
    const claims = decodeJwt(parent)
    const { kid } = decodeProtectedHeader(parent)
    expect(await world.narrow(await signOwn(ring, claims))).toBe('signature_invalid')
    expect(await world.narrow(await signOwn(ring, claims, { kid }))).toBe('signature_invalid')
  })

  it.each(['jwt', 'id_token'])('EXC-07 is refused under the type %s', async (name) => {
    const form = { subject_token_type: `${TYPE}:${name}` }
    expect(await world.narrow(parent, form)).toBe('issuer_not_trusted')
  })

  it.each(['JWT', 'dpop+jwt', undefined])('TOK-17 is refused with the typ %s', async (typ) => {
    expect(await world.narrow(await world.sign({}, { typ }))).toBe('token_kind_not_accepted')
  })

  it('TOK-01 TOK-02 is refused under another algorithm than that of the key', async () => {
    const [header, payload, signature] = split(parent)
    const { kid } = decodeProtectedHeader(parent)
    const [key] = world.keyRing.keys
    for (const alg of ['HS256', 'RS256', 'ES384', 'none', 'es256']) {
      const text = `${encode({ alg, typ: 'at+jwt', kid })}.${payload}`
      const mac = createHmac('sha256', JSON.stringify(key?.publicJwk)).update(text)
      for (const end of [signature, mac.digest('base64url')]) {
        expect(await world.narrow(`${text}.${end}`), alg).toBe('signature_invalid')
      }
    }
    expect(
      await world.narrow(
        `${header}.${encode({ ...decodeJwt(parent), scope: 'read' })}.${signature}`,
      ),
    ).toBe('signature_invalid')
  })

  it('KEY-11 is refused if its key is no longer published', async () => {
    const retired = world.keyRing.keys.map((key) => ({ ...key, retiresAt: world.now() - 100_000 }))
    expect(await world.narrow(parent, {}, { keyRing: { keys: retired } })).toBe('signature_invalid')
    // A retired key whose tokens still live is published.
    const retiring = world.keyRing.keys.map((key) => ({ ...key, retiresAt: world.now() - 100 }))
    expect(granted(await world.narrow(parent, {}, { keyRing: { keys: retiring } })).aud).toBe(API)
  })

  it('CLM-01 is refused when it has expired, without any leeway', async () => {
    const token = await world.sign({ iat: world.now() - 600, exp: world.now() })
    expect(await world.narrow(token)).toBe('token_expired')
  })

  it.each([{ jkt: 'x' }, {}, null, 'x'])(
    'EXC-09 is refused if it is bound: cnf is %j',
    async (cnf) => {
      expect(await world.narrow(await world.sign({ cnf }))).toBe('token_bound')
    },
  )

  it.each([AUDIENCE, `${AUDIENCE}/`])(
    'ADM-03 is refused if it is for the gateway: %s',
    async (aud) => {
      const token = await world.sign({ aud, scope: 'trust:read' })
      for (const resource of [API, TOOL]) {
        expect(await world.narrow(token, { resource })).toBe('admin_token')
      }
    },
  )

  it.each([AUDIENCE, `${AUDIENCE}/`, 'https://STS.example.com:443'])(
    'ADM-03 EXC-05 leads to no token for the gateway: %s',
    async (resource) => {
      expect(await world.narrow(parent, { resource })).toBe('resource_unknown')
    },
  )

  it.each([
    'evil',
    {},
    [null],
    [{ jti: 'a', iat: 1, client_id: 'deploy' }],
    [{ jti: 'a', iat: '1', client_id: 'deploy', aud: API }],
    [{ iat: 1, client_id: 'deploy', aud: API }],
  ])('EXC-07 is refused with other ancestors: %j', async (anc) => {
    expect(await world.narrow(await world.sign({ anc }))).toBe('claim_invalid')
  })
})

describe('a chain of tokens', () => {
  it('EXC-07 has a bounded length', async () => {
    let token = parent
    const ids: unknown[] = []
    for (let count = 0; count < MAX_TOKEN_ANCESTORS; count += 1) {
      ids.push(decodeJwt(token).jti)
      token = await world.tokenOf(token)
      const { anc = [] } = granted(decodeJwt(token))
      expect(anc.map(({ jti }) => jti)).toEqual(ids)
    }
    expect(await world.narrow(token)).toBe('chain_too_long')
  })

  it('EXC-07 has a length without the tokens of its actors', async () => {
    const ancestor = { jti: 'a', iat: 1, client_id: 'deploy', aud: API }
    const chain = (length: number) => [
      { ...ancestor, actor: true },
      ...Array.from({ length }, () => ancestor),
    ]
    const longest = await world.sign({ anc: chain(MAX_TOKEN_ANCESTORS - 1) })
    expect(granted(await world.narrow(longest)).aud).toBe(API)
    const longer = await world.sign({ anc: chain(MAX_TOKEN_ANCESTORS) })
    expect(await world.narrow(longer)).toBe('chain_too_long')
  })
})

describe('a revoked token of this gateway', () => {
  type Judge = (token: RevocableToken) => boolean
  const revoking = (judge: Judge): Partial<ExchangePorts> => ({
    loadRevocations: async () => ({
      isRevoked: (token) => lineageOf(token).some(judge),
      ...NO_COARSE,
    }),
  })

  it('REV-05 is refused, and so is each descendant', async () => {
    const child = await world.tokenOf(parent)
    const moved = await world.tokenOf(child, { resource: TOOL })
    const ports = revoking(({ jti }) => jti === decodeJwt(parent).jti)
    for (const token of [parent, child]) {
      expect(await world.narrow(token, {}, ports)).toBe('token_revoked')
    }
    expect(await world.narrow(moved, { resource: TOOL }, ports)).toBe('token_revoked')
    // The parent of a revoked token is not revoked.
    const below = revoking(({ jti }) => jti === decodeJwt(child).jti)
    expect(granted(await world.narrow(parent, {}, below)).aud).toBe(API)
    expect(await world.narrow(moved, { resource: TOOL }, below)).toBe('token_revoked')
  })

  it('REV-03 REV-05 is refused if a rule, a subject or an issuer was revoked after an ancestor was issued', async () => {
    const iat = world.now() - 100
    const anc = [{ jti: 'a', iat, client_id: 'deploy', aud: API }]
    const token = await world.sign({ client_id: 'tool', aud: TOOL, scope: 'call', anc })
    const form = { resource: TOOL }
    const before = world.now() - 50
    const { origin, sub } = granted(decodeJwt(token))
    for (const judge of [
      (one) => one.client_id === 'deploy' && one.iat < before,
      (one) => one.sub === sub && one.iat < before,
      (one) => one.origin.iss === origin.iss && one.iat < before,
    ] satisfies readonly Judge[]) {
      expect(await world.narrow(token, form, revoking(judge))).toBe('token_revoked')
    }
    const other = revoking((one) => one.client_id === 'tool' && one.iat < before)
    expect(granted(await world.narrow(token, form, other)).aud).toBe(TOOL)
  })

  it('REV-02 is not exchanged while the revocations are unavailable', async () => {
    const ports: Partial<ExchangePorts> = {
      loadRevocations: () => Promise.reject(new Unavailable('revocations')),
    }
    expect(await world.narrow(parent, {}, ports)).toBe('unavailable')
    expect(world.recorded.at(-1)?.part).toBe('revocations')
    const each: Partial<ExchangePorts> = {
      loadRevocations: async () => ({
        isRevoked: () => Promise.reject(new Unavailable('revocation_log')),
        ...NO_COARSE,
      }),
    }
    expect(await world.narrow(parent, {}, each)).toBe('unavailable')
  })
})
