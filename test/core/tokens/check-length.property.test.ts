import fc from 'fast-check'
import { beforeAll, expect, it } from 'vitest'
import { sealIdentity } from '../../../src/core/evidence/identity.ts'
import type { Issuance, Mint } from '../../../src/core/issuance.ts'
import { MAX_ISSUED_TOKEN_CHARACTERS } from '../../../src/core/limits.ts'
import { checkLength } from '../../../src/core/tokens/check-length.ts'
import { createTokenMint } from '../../../src/core/tokens/issue.ts'
import { makeResource } from '../../support/issuance.ts'
import { API, AT, GATEWAY, makeRing, newTokenId } from '../../support/own-tokens.ts'

let mint: Mint
beforeAll(async () => {
  const found = createTokenMint(await makeRing('RS256'), newTokenId)?.(makeResource(API), AT)
  if (found === undefined) throw new Error('the ring has no key')
  mint = found
})

/** Texts of every size up to the limit. A control character takes six bytes in JSON. */
const text = fc
  .tuple(fc.constantFrom('a', '\u0001', 'ü', '👋', '"'), fc.integer({ min: 0, max: 3000 }))
  .map(([character, count]) => character.repeat(count))

const issuance = fc
  .record({
    subject: text,
    issuer: text,
    identity: text,
    tokenId: fc.option(text, { nil: undefined }),
    scopes: fc.array(text, { maxLength: 3 }),
    audience: text,
    rule: text,
    claims: fc.constantFrom({}, { name: 'x'.repeat(12_000) }),
    hasStatusList: fc.boolean(),
  })
  .map(({ issuer, identity, tokenId, audience, hasStatusList, ...own }): Issuance => {
    const sealed = { issuer, subject: identity, tokenId, expiresAt: AT + 600, claims: {} }
    return {
      ...own,
      gatewayIssuer: GATEWAY,
      identity: sealIdentity(sealed),
      resource: { ...makeResource(API), audience, hasStatusList },
      lifetimeSeconds: 300,
      revision: Number.MAX_SAFE_INTEGER,
      issuedAt: AT,
      confirmation: { jkt: 'x'.repeat(43) },
    }
  })

it('refuses exactly the tokens that are too long, also where it does not measure them', () => {
  const seen = new Set<boolean>()
  fc.assert(
    fc.property(issuance, (planned) => {
      const length = mint.measure?.(planned) ?? 0
      const isTooLong = length > MAX_ISSUED_TOKEN_CHARACTERS
      seen.add(isTooLong)
      expect(checkLength(mint, planned) !== undefined).toBe(isTooLong)
    }),
    { numRuns: 1000 },
  )
  expect(seen.size).toBe(2)
})
