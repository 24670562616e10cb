import { beforeAll, describe, expect, it } from 'vitest'
import {
  MAX_CLAIM_NAME_CHARACTERS,
  MAX_GRANT_CLAIM_DEPTH,
  MAX_GRANT_CLAIM_VALUES,
} from '../../../src/contract/limits.ts'
import { sealIdentity } from '../../../src/core/evidence/identity.ts'
import { peek } from '../../../src/core/evidence/peek.ts'
import type { Issuance } from '../../../src/core/issuance.ts'
import {
  MAX_ACTOR_ANCESTORS,
  MAX_ACTORS,
  MAX_TOKEN_ANCESTORS,
} from '../../../src/core/policy/actors/limits.ts'
import { compileClaims } from '../../../src/core/policy/compile/grant-claims.ts'
import { createTokenMint } from '../../../src/core/tokens/issue.ts'
import type { KeyRing } from '../../../src/core/tokens/keyring.ts'
import { revocableOf, verifyOwnToken } from '../../../src/core/tokens/own-token.ts'
import { nestActors } from '../../../src/protocol/token.ts'
import { makeResource } from '../../support/issuance.ts'
import { API, AT, firstKey, GATEWAY, makeRing, newTokenId } from '../../support/own-tokens.ts'

const members = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`m${index}`, 0]))

/** The values of the other two claims: the objects of the one, and the number of the other. */
const OTHER_VALUES = MAX_GRANT_CLAIM_DEPTH + 1
/** As many values as a grant can add, nearly all of them members, with a long name and a deep claim. */
const CLAIMS = {
  wide: members(MAX_GRANT_CLAIM_VALUES - 1 - OTHER_VALUES),
  deep: Array.from({ length: MAX_GRANT_CLAIM_DEPTH - 1 }).reduce<object>((a) => ({ a }), {}),
  ['n'.repeat(MAX_CLAIM_NAME_CHARACTERS)]: 0,
} as const

const ancestor = (index: number) => ({
  jti: newTokenId(),
  iat: AT,
  client_id: `rule-${index}`,
  aud: API,
  kid: 'k'.repeat(43),
})
const ANCESTORS = [
  ...Array.from({ length: MAX_ACTOR_ANCESTORS }, (_, index) => ({
    ...ancestor(index),
    actor: true as const,
  })),
  ...Array.from({ length: MAX_TOKEN_ANCESTORS }, (_, index) => ancestor(index)),
]
const ORIGIN = { iss: 'https://issuer.example.com', sub: 'job:1', jti: 'subject-1' }
const ISSUANCE: Issuance = {
  gatewayIssuer: GATEWAY,
  identity: sealIdentity({
    issuer: GATEWAY,
    subject: 'job:1',
    tokenId: 'parent',
    expiresAt: AT + 600,
    claims: {},
  }),
  rule: 'deploy',
  resource: { ...makeResource(API), hasStatusList: true },
  scopes: ['read'],
  lifetimeSeconds: 300,
  subject: 'job:1',
  claims: CLAIMS,
  revision: 1,
  issuedAt: AT,
  descent: { origin: ORIGIN, anc: ANCESTORS },
  confirmation: { jkt: 'x'.repeat(43) },
  act: nestActors(
    Array.from({ length: MAX_ACTORS }, (_, index) => ({ iss: GATEWAY, sub: `actor:${index}` })),
  ),
  statusIndex: { list: 'A', index: 1 },
}

let ring: KeyRing
beforeAll(async () => {
  ring = await makeRing('ES256')
})

describe('a token with the most members that a grant, its ancestors and its actors can have', () => {
  it('has the most claims that a document can grant', () => {
    const problemsOf = (claims: Readonly<Record<string, object | number>>) => {
      const problems: string[] = []
      compileClaims(claims as never, {
        at: [],
        compileText: () => undefined,
        isStored: false,
        report: (_, code) => problems.push(code),
      })
      return problems
    }
    expect(problemsOf(CLAIMS)).toEqual([])
    expect(problemsOf({ ...CLAIMS, more: { a: 0 } })).toEqual(['claims_too_large'])
    expect(problemsOf({ deep: { a: CLAIMS.deep } })).toEqual(['claims_too_deep'])
  })

  it('TOK-14 is accepted, revoked and narrowed as any other', async () => {
    const mint = createTokenMint(ring, newTokenId)?.(ISSUANCE.resource, AT)
    const { token = '', tokenId } = (await mint?.(ISSUANCE)) ?? {}
    const claims = await verifyOwnToken(token, ring, GATEWAY, AT)
    expect(claims).toMatchObject({ jti: tokenId, ...CLAIMS, anc: ANCESTORS })
    if (claims === undefined) throw new Error('the token is refused')
    expect(revocableOf(claims, token).kid).toBe(firstKey(ring).keyId)
    expect(peek(token)).toMatchObject({ ok: true })
  })
})

describe('the measure of a token', () => {
  it.each(['ES256', 'RS256', 'Ed25519', 'ES384', 'PS256'] as const)(
    'is the length of the token that %s signs, with an umlaut and a position in a status list',
    async (algorithm) => {
      const mint = createTokenMint(await makeRing(algorithm), newTokenId)?.(ISSUANCE.resource, AT)
      for (const hasStatusList of [true, false]) {
        const statusIndex = hasStatusList ? { list: 'EjRW', index: 1_000_000 } : undefined
        const issuance = {
          ...ISSUANCE,
          claims: { name: 'Zoë 👋' },
          resource: { ...ISSUANCE.resource, hasStatusList },
          statusIndex,
        }
        const { token = '' } = (await mint?.(issuance)) ?? {}
        expect(mint?.measure?.(issuance)).toBe(token.length)
      }
    },
  )
})
