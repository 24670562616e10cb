/** A suggested rule has no finding of lint that stops apply, for the claims of each provider. */
import { describe, expect, it } from 'vitest'
import { compileTrust, lint, suggest } from '../../src/analysis/index.ts'
import { isBlocking } from '../../src/analysis/lint/lint.ts'
import { findClaimSet } from '../../src/core/providers/examples.ts'
import { findProvider, listProviders } from '../../src/core/providers/index.ts'
import type { JsonObject } from '../../src/web/json.ts'
import { CEILINGS } from '../support/core-world.ts'

const API = 'https://api.example.com/v1'

function draft(id: string, claims: JsonObject) {
  const provider = findProvider(id)
  if (provider === undefined) throw new Error(`no provider ${id}`)
  const suggested = suggest({
    issuerName: 'ci',
    provider,
    claims,
    resource: API,
    scopes: ['deploy'],
    owner: 'platform@example.com',
    expires: '2027-03-31',
  })
  return { provider, suggested }
}

function suggestFor(id: string) {
  const set = findClaimSet(id)
  if (set === undefined) throw new Error(`no claims of ${id}`)
  const claims = set.claims as JsonObject
  const { provider, suggested } = draft(id, claims)
  if ('fault' in suggested) throw new Error(`${id}: ${suggested.fault}`)
  const own = provider.issuer.kind === 'fixed' ? {} : { issuer: claims.iss }
  const compiled = compileTrust(
    {
      version: 1,
      issuers: { ci: { provider: id, ...own } },
      resources: { [API]: { scopes: ['deploy'] } },
      rules: [suggested.rule],
    },
    CEILINGS,
  )
  if ('problems' in compiled) throw new Error(JSON.stringify(compiled.problems))
  const findings = lint(compiled.trust, { at: 1_795_000_000 })
    .filter(isBlocking)
    .map((one) => one.lint)
  return { findings, said: suggested.findings }
}

/** Its tokens have no permanent id, so another repository can get the name of a deleted one. */
const WITHOUT_ID = 'forgejo-actions'

describe('a suggested rule', () => {
  it.each(listProviders().filter((id) => id !== WITHOUT_ID))('has no finding for %s', (id) => {
    expect(suggestFor(id)).toEqual({ findings: [], said: [] })
  })

  it('says which finding it has for a platform without permanent ids, and why', () => {
    const { findings, said } = suggestFor(WITHOUT_ID)
    expect(findings).toEqual(['PROBE'])
    expect(said).toEqual([
      {
        lint: 'PROBE',
        message: 'accepts a new repository with the same name',
        fix: expect.stringMatching(
          /^forgejo-actions has no permanent ids, so no rule can refuse this/,
        ),
      },
    ])
  })
})

describe('what a suggestion says of claims whose issuer alone is no entry of a document', () => {
  const suggestOf = (id: string, claims: JsonObject) => draft(id, claims).suggested
  const PADDED = [{ lint: 'LINT-37', message: expect.stringContaining('space') }]

  it('includes findings and the subject without iss', () => {
    expect(suggestOf('generic-oidc', { sub: 'a ' })).toMatchObject({
      subject: 'ci:a ',
      findings: PADDED,
    })
  })

  it('includes them for an internal issuer, which needs keys', () => {
    const { claims } = findClaimSet('kubernetes') ?? { claims: {} }
    const iss = 'https://kubernetes.default.svc.cluster.local'
    const sub = 'system:serviceaccount:payments:*'
    expect(suggestOf('kubernetes', { ...claims, iss, sub })).toMatchObject({
      subject: `ci:${sub}`,
      findings: expect.arrayContaining([expect.objectContaining({ lint: 'LINT-37' })]),
    })
  })

  it('includes them for a SPIFFE ID without iss', () => {
    const sub = 'spiffe://acme.example/ns/a/../b'
    expect(suggestOf('spiffe-jwt-svid', { sub })).toMatchObject({
      subject: `ci:${sub}`,
      findings: expect.arrayContaining([expect.objectContaining({ lint: 'LINT-37' })]),
    })
  })
})
