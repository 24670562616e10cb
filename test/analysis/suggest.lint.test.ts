/** A suggested rule has no error of lint, for the claims of each provider. */
import { describe, expect, it } from 'vitest'
import { compileTrust, lint, suggest } from '../../src/analysis/index.ts'
import { findClaimSet } from '../../src/core/providers/examples.ts'
import { findProvider, listProviders } from '../../src/core/providers/index.ts'
import type { JsonObject } from '../../src/web/json.ts'
import { CEILINGS } from '../support/core-world.ts'

const API = 'https://api.example.com/v1'

function errorsFor(id: string) {
  const [provider, set] = [findProvider(id), findClaimSet(id)]
  if (provider === undefined || set === undefined) throw new Error(`no claims of ${id}`)
  const claims = set.claims as JsonObject
  const suggested = suggest({
    issuerName: 'ci',
    provider,
    claims,
    resource: API,
    scopes: ['deploy'],
    owner: 'platform@example.com',
    expires: '2099-12-31',
  })
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
  return findings.filter(({ severity }) => severity === 'error').map((one) => one.lint)
}

/** Its tokens have no permanent id, so another repository can get the name of a deleted one. */
const WITHOUT_ID = 'forgejo-actions'

describe('a suggested rule', () => {
  it.each(listProviders().filter((id) => id !== WITHOUT_ID))('has no error for %s', (id) => {
    expect(errorsFor(id)).toEqual([])
  })

  it('has the error of a platform without permanent ids', () => {
    expect(errorsFor(WITHOUT_ID)).toEqual(['PROBE'])
  })
})
