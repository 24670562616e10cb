import { runInDurableObject } from 'cloudflare:test'
import { beforeAll, describe, expect, it } from 'vitest'
import { MAX_ISSUERS, MAX_RULES, MAX_RULES_CEILING } from '../../../src/contract/limits.ts'
import { MAX_DOCUMENT_BYTES } from '../../../src/core/limits.ts'
import { applyTrust, bearer, deployment, readJson, runWith } from '../support/gateway.ts'
import { quickIssuer, type TestIssuer } from '../support/issuer.ts'
import { adminTokenOf, overwrite, recover } from '../support/stored.ts'
import { API, trustFor } from '../support/trust.ts'

type Change = (document: ReturnType<typeof trustFor>) => unknown

let issuer: TestIssuer

beforeAll(async () => {
  issuer = await quickIssuer()
})

const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))
const rulesOf = (document: ReturnType<typeof trustFor>) => document.rules
const withRule =
  (change: Readonly<Record<string, unknown>>): Change =>
  (document) => ({ ...document, rules: rulesOf(document).map((rule) => ({ ...rule, ...change })) })
const withIssuer =
  (change: Readonly<Record<string, unknown>>): Change =>
  (document) => ({ ...document, issuers: { github: { ...document.issuers.github, ...change } } })
const repeat = (count: number) => Array.from({ length: count }, (_, index) => index)
const JWT_IO = {
  kty: 'EC',
  crv: 'P-256',
  x: 'EVs_o5-uQbTjL3chynL4wXgUg2R9q9UU8I5mEovUf84',
  y: 'kGe5DgSIycKp8w9aJmoHhB1sB3QTugfnRWm5nU_TzsY',
}

/** The result of an exchange for the document's resource while this document is stored. */
type Row = readonly [name: string, change: Change, status: number, codes: readonly string[]]

const unusable: readonly Row[] = [
  [
    'a version that is not known',
    (document) => ({ ...document, version: 2 }),
    503,
    ['value_invalid'],
  ],
  [
    'an unknown key at the top level',
    (document) => ({ ...document, extends: 'x' }),
    503,
    ['key_unknown'],
  ],
  ['a list in place of a document', () => [], 503, ['type_wrong']],
  [
    'more rules than this release reads',
    (document) => ({ ...document, rules: repeat(MAX_RULES_CEILING + 1) }),
    503,
    ['value_invalid'],
  ],
  [
    'a deny rule without an issuer',
    (document) => ({ ...document, rules: [{ name: 'x', effect: 'deny', when: { ref: 'x' } }] }),
    503,
    ['type_wrong'],
  ],
]

const partly: readonly Row[] = [
  [
    'lifetimes above a ceiling that was lowered',
    (document) => ({
      ...document,
      resources: { [API]: { scopes: ['deploy:read', 'deploy:write'], max_lifetime: '24h' } },
      rules: rulesOf(document).map((rule) => ({
        ...rule,
        grant: { ...rule.grant, lifetime: '12h' },
      })),
    }),
    200,
    ['lifetime_above_ceiling'],
  ],
  [
    'more rules than the deployment allows now',
    (document) => ({
      ...document,
      rules: repeat(MAX_RULES + 1).map((index) => ({ ...rulesOf(document)[0], name: `r${index}` })),
    }),
    200,
    ['value_invalid'],
  ],
  [
    'more issuers than this release reads',
    (document) => ({
      ...document,
      issuers: {
        ...document.issuers,
        ...Object.fromEntries(
          repeat(MAX_ISSUERS).map((index) => [
            `i${index}`,
            { provider: 'generic-oidc', issuer: `https://i${index}.example.com` },
          ]),
        ),
      },
    }),
    200,
    ['value_invalid'],
  ],
  ['a provider that was removed', withIssuer({ provider: 'gone-ci' }), 400, ['provider_unknown']],
  [
    'a spelling of an issuer URL that is refused now',
    withIssuer({ issuer: 'https://CI.example.com:443/' }),
    400,
    ['issuer_invalid'],
  ],
  [
    'an uploaded key that is refused now',
    withIssuer({ keys: { jwks: { keys: [JWT_IO] } } }),
    400,
    ['keys_unusable'],
  ],
  ['an unknown key in a rule', withRule({ valid_from: '2026-01-01' }), 400, ['key_unknown']],
  [
    'an expression that is refused now',
    withRule({ condition: 'claims.' }),
    400,
    ['expression_invalid'],
  ],
  [
    'a resource with a member that is refused now',
    (document) => ({
      ...document,
      resources: {
        [API]: { scopes: ['deploy:read', 'deploy:write'], audience: 'https://other.example' },
      },
    }),
    400,
    ['audience_invalid'],
  ],
  [
    'a deny rule that cannot be read, of the same issuer',
    (document) => ({
      ...document,
      rules: [
        ...rulesOf(document),
        { name: 'never', effect: 'deny', from: 'github', when: { ref: 'x' }, hours: '9-17' },
      ],
    }),
    503,
    ['key_unknown'],
  ],
  [
    'an observing deny rule that cannot be read',
    (document) => ({
      ...document,
      rules: [
        ...rulesOf(document),
        {
          name: 'watch',
          effect: 'deny',
          mode: 'observe',
          from: 'github',
          when: { ref: 'x' },
          hours: 'x',
        },
      ],
    }),
    200,
    ['key_unknown'],
  ],
  [
    'a second rule of one name',
    (document) => ({ ...document, rules: [...rulesOf(document), ...rulesOf(document)] }),
    200,
    ['rule_repeated'],
  ],
]

/**
 * An exchange, repeated while it is refused with another status than expected because the document
 * is still being compiled. That outlasts the deadline of a request on a slow machine.
 */
async function exchangeLoaded(status: number): Promise<Response> {
  for (let left = 4; ; left -= 1) {
    const response = await runWith({}).exchange(await issuer.mint())
    if (left === 0 || response.status === status || response.status !== 503) return response
  }
}

describe('a stored trust document that does not compile', () => {
  it.each([
    ...unusable.map((row) => [...row, false] as const),
    ...partly.map((row) => [...row, true] as const),
  ])(
    'with %s: the administrator reads its problems and replaces it',
    async (_, change, status, codes, usable) => {
      await applyTrust(trustFor(issuer.url))
      await overwrite(json(change(trustFor(issuer.url))))
      const response = await exchangeLoaded(status)
      expect(response.status, await response.text()).toBe(status)
      await recover(issuer, { usable, codes })
    },
  )

  const bytes: readonly (readonly [string, () => Uint8Array | null, string])[] = [
    ['that is missing', () => null, 'document_missing'],
    ['that is incomplete', () => json(trustFor(issuer.url)).slice(0, 100), 'not_json'],
    ['that is not UTF-8', () => new Uint8Array([0x7b, 0xff, 0x7d]), 'not_json'],
    ['that is JSON but not an object', () => json(7), 'type_wrong'],
    ['larger than can be sent', () => new Uint8Array(MAX_DOCUMENT_BYTES + 1), 'document_missing'],
  ]
  it.each(bytes)('%s can be replaced by the administrator', async (_, make, code) => {
    await applyTrust(trustFor(issuer.url))
    await overwrite(make())
    expect((await runWith({}).exchange(await issuer.mint())).status).toBe(503)
    await recover(issuer, { usable: false, codes: [code] })
  })

  it('issues no token with a longer lifetime than the lowered ceiling', async () => {
    await applyTrust(trustFor(issuer.url))
    await overwrite(json(partly[0]?.[1](trustFor(issuer.url))))
    const response = await runWith({}).exchange(await issuer.mint())
    expect(Number((await readJson(response)).expires_in)).toBeLessThanOrEqual(3600)
  })

  it('can be replaced by an earlier revision, which is read by its number', async () => {
    await applyTrust(trustFor(issuer.url))
    const gateway = runWith({})
    const headers = bearer(await adminTokenOf(gateway))
    const put = (document: unknown, revision: number) =>
      gateway.send('/admin/v1/trust', {
        method: 'PUT',
        headers: { ...headers, 'content-type': 'application/json', 'if-match': `"${revision}"` },
        body: JSON.stringify(document),
      })
    await put(trustFor(issuer.url, { rules: [] }), 1)
    const store = deployment().TRUST_STORE.getByName('trust')
    await runInDurableObject(store, (_, { storage }) => {
      storage.sql.exec('DELETE FROM compiled_forms')
      storage.sql.exec('UPDATE document_chunks SET bytes = ? WHERE revision = 2', json({ v: 9 }))
    })
    const earlier = await gateway.send('/admin/v1/trust?revision=1', { headers })
    expect(earlier.headers.get('etag')).toBe('"1"')
    expect((await put(await earlier.json(), 2)).status).toBe(200)
    expect((await runWith({}).exchange(await issuer.mint())).status).toBe(200)
    for (const revision of ['9', '0', 'x', '', '1e0']) {
      const response = await gateway.send(`/admin/v1/trust?revision=${revision}`, { headers })
      expect(response.status, revision).toBe(404)
    }
  })
})
