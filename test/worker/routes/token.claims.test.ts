/** Claims that are trees and subjects that are URIs, in tokens issued over HTTP. */
import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { accessToken, applyTrust, bearer, exchange, post, readJson } from '../support/gateway.ts'
import { quickIssuer, type TestIssuer } from '../support/issuer.ts'
import { API, trustFor } from '../support/trust.ts'

const TAGS = 'https://aws.amazon.com/tags'
const SVID = 'https://svid.test'
const URI = 'https://uri.test'

let issuer: TestIssuer

beforeAll(async () => {
  issuer = await quickIssuer()
  const base = trustFor(issuer.url)
  const [rule] = base.rules
  const ruleFor = (name: string, grant: object) => ({
    ...rule,
    name,
    when: { repository_owner_id: '1234567' },
    grant: { scopes: ['read'], ...grant },
  })
  await applyTrust({
    ...base,
    resources: {
      [API]: { scopes: ['read'] },
      [SVID]: { scopes: ['read'], subject: 'uri' },
      [URI]: { scopes: ['read'], subject: 'uri' },
    },
    rules: [
      ruleFor('tags', {
        resource: API,
        claims: {
          [TAGS]: {
            principal_tags: { Repository: ['{repository}'], Ref: ['{ref}:{sha}'] },
            transitive_tag_keys: ['Repository'],
          },
          level: 2,
          active: false,
          token_type: 'N_A',
          plain: '{repository}',
        },
      }),
      ruleFor('svid', {
        resource: SVID,
        subject: 'spiffe://acme.dev/ns/{environment}/ci/{repository_id}',
      }),
      ruleFor('uri', { resource: URI, subject: 'https://ci.acme.dev/{repository}/{environment}' }),
    ],
  })
})

const mint = (claims: Readonly<Record<string, unknown>> = {}) =>
  issuer.mint({ claims: { environment: 'production', ...claims } })

describe('the claims of a token', () => {
  it('have the tree of the rule, with its templates rendered', async () => {
    const token = await accessToken(await mint({ ref: 'refs/heads/a:b', sha: 'c0ffee' }))
    const claims = decodeJwt<Record<string, unknown>>(token)
    const repository = String(claims.plain)
    expect(repository).toMatch(/^[^/]+\/[^/]+$/)
    expect(claims).toMatchObject({
      [TAGS]: {
        principal_tags: { Repository: [repository], Ref: ['refs/heads/a%3Ab:c0ffee'] },
        transitive_tag_keys: ['Repository'],
      },
      level: 2,
      active: false,
    })
  })

  it('MAP-03 refuse the exchange if a claim in the tree is absent', async () => {
    const response = await exchange(await mint({ sha: null }))
    const { error, explanation } = await readJson(response)
    expect([response.status, error]).toEqual([400, 'invalid_request'])
    expect(explanation).toMatchObject([
      {
        rule: 'tags',
        outcome: 'template_unrenderable',
        template: {
          template: `claims.${TAGS}.principal_tags.Ref[0]`,
          claim: 'sha',
          cause: 'absent',
        },
      },
    ])
  })

  it('IN-04 do not replace the members of an introspection', async () => {
    const token = await accessToken(await mint())
    expect(await readJson(await post('/introspect', { token }, bearer(token)))).toMatchObject({
      active: true,
      token_type: 'Bearer',
      level: 2,
    })
  })
})

describe('the subject of a token', () => {
  it('is a SPIFFE ID if the resource and the template say so', async () => {
    const token = await accessToken(await mint({ repository_id: '42' }), { resource: SVID })
    expect(decodeJwt(token).sub).toBe('spiffe://acme.dev/ns/production/ci/42')
  })

  it('is a URI in which a value stays within its segment', async () => {
    const claims = { repository: 'acme/api', environment: '../a?b#c' }
    const token = await accessToken(await mint(claims), { resource: URI })
    expect(decodeJwt(token).sub).toBe('https://ci.acme.dev/acme%2Fapi/..%2Fa%3Fb%23c')
  })

  it.each(['a/b', '..', 'prod%2Fx', 'spiffe://evil.dev/x', 'é'])(
    'MAP-05 is refused for an environment that a SPIFFE ID cannot contain: %s',
    async (environment) => {
      const response = await exchange(await mint({ environment }), { resource: SVID })
      expect(await readJson(response)).toMatchObject({
        error: 'invalid_request',
        explanation: [{ rule: 'svid', outcome: 'template_unrenderable' }],
      })
    },
  )
})
