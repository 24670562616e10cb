/** Required claims: which values match, and that the answer does not name the missing claim. */
import { describe, expect, test } from 'vitest'
import { createVerifier, type RequiredClaims, VerificationError } from '../../src/verify/index.ts'
import { startGateway } from './support/gateway.ts'
import { refusalOf } from './support/refusal.ts'
import { AUDIENCE, createSigner, mint, NOW } from './support/tokens.ts'

const gateway = await startGateway()
const signer = await createSigner()
gateway.publishKeys([signer.publicJwk])

const base = createVerifier({ issuer: gateway.issuer, audience: AUDIENCE, now: () => NOW })
const CLAIMS = {
  repository: 'acme/api',
  run: 7,
  protected: true,
  groups: ['acme/api'],
  nested: { repository: 'acme/api' },
}

async function outcomeOf(claims: RequiredClaims, own: object = CLAIMS): Promise<string> {
  const token = await mint(signer, gateway.issuer, { claims: { ...own } })
  return refusalOf(base.narrow({ claims }).verify(token))
}

const REFUSED = '401 invalid_token: claim_mismatch'

const ROWS: readonly (readonly [string, RequiredClaims, string])[] = [
  ['the same string', { repository: 'acme/api' }, 'accepted'],
  ['one of a list', { repository: ['acme/web', 'acme/api'] }, 'accepted'],
  ['a number', { run: 7 }, 'accepted'],
  ['a boolean', { protected: true }, 'accepted'],
  ['several claims', { repository: 'acme/api', run: [6, 7] }, 'accepted'],
  ['the rule that granted it', { client_id: ['deploy-api-from-main', 'rollback'] }, 'accepted'],
  ['another string', { repository: 'acme/web' }, REFUSED],
  ['another case', { repository: 'Acme/API' }, REFUSED],
  ['a string with an additional space', { repository: 'acme/api ' }, REFUSED],
  ['a pattern, which is only a string', { repository: 'acme/*' }, REFUSED],
  ['none of a list', { repository: ['acme/web', 'acme'] }, REFUSED],
  ['the number as a string', { run: '7' }, REFUSED],
  ['the boolean as a string', { protected: 'true' }, REFUSED],
  ['a list in the token', { groups: 'acme/api' }, REFUSED],
  ['an object in the token', { nested: 'acme/api' }, REFUSED],
  ['an absent claim', { environment: 'production' }, REFUSED],
  ['an inherited member', { constructor: 'Object' }, REFUSED],
  ['one of two claims', { repository: 'acme/api', run: 8 }, REFUSED],
]

describe('a required claim', () => {
  test.each(ROWS)('is compared with %s', async (_, claims, outcome) => {
    expect(await outcomeOf(claims)).toBe(outcome)
  })

  test('PR-12 is not read from a nested actor', async () => {
    const own = { act: { iss: 'i', sub: 's', repository: 'acme/api' } }
    expect(await outcomeOf({ repository: 'acme/api' }, own)).toBe(REFUSED)
  })

  test('gets the same answer as any other invalid token', async () => {
    const verifier = base.narrow({ claims: { repository: 'acme/secret-project' } })
    const answers = await Promise.all(
      (['claim_mismatch', 'signature_invalid'] as const).map(async (reason) => {
        const answer = verifier.renderRefusal(new VerificationError('invalid_token', reason))
        return [answer.status, [...answer.headers], await answer.text()]
      }),
    )
    expect(answers[0]).toEqual(answers[1])
    expect(JSON.stringify(answers)).not.toContain('secret-project')
  })
})

describe('a narrower verifier', () => {
  const token = mint(signer, gateway.issuer, { claims: CLAIMS })

  test('adds requirements and removes none', async () => {
    const narrow = base
      .narrow({ scopes: ['deploy:read'], claims: { repository: ['acme/api', 'acme/web'] } })
      .narrow({ scopes: ['admin'], claims: { repository: 'acme/web' } })
    expect(await refusalOf(narrow.verify(await token))).toBe(REFUSED)
    const writer = base.narrow({ scopes: ['deploy:read'] }).narrow({ scopes: ['admin'] })
    expect(await refusalOf(writer.verify(await token))).toBe(
      '403 insufficient_scope: scope_missing',
    )
    const answer = writer.renderRefusal(
      new VerificationError('insufficient_scope', 'scope_missing'),
    )
    expect(answer.headers.get('www-authenticate')).toContain('scope="deploy:read admin"')
  })

  test('shares the caches of its original', async () => {
    await base.prefetch()
    const asked = gateway.askedInAll()
    expect(await refusalOf(base.narrow({ scopes: ['deploy:read'] }).verify(await token))).toBe(
      'accepted',
    )
    expect(gateway.askedInAll()).toBe(asked)
  })

  test('does not accept a value that is added to its list later', async () => {
    const repository = ['acme/web']
    const narrow = base.narrow({ claims: { repository } })
    repository.push('acme/api')
    expect(await refusalOf(narrow.verify(await token))).toBe(REFUSED)
  })

  test('refuses a list with a value that no claim can equal', () => {
    for (const value of [{}, null, undefined, '', Number.NaN, ['acme/web']]) {
      const claims = { repository: ['acme/api', value] } as unknown as RequiredClaims
      expect(() => base.narrow({ claims })).toThrow('claims.repository must be')
    }
  })

  test('refuses an unknown requirement', () => {
    const misspelt = { scopes: ['deploy:read'], scope: ['admin'] }
    expect(() => base.narrow(misspelt)).toThrow('unknown option "scope"')
  })
})
