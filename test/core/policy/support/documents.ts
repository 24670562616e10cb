/** A valid trust document for the tests of the compiler, and functions that change one part of it. */
import { compileTrust } from '../../../../src/core/policy/compile/compile.ts'
import { CEILINGS } from '../../../support/core-world.ts'

export const NOW = 1_795_000_000
export const API = 'https://api.example.com'

export type Json = Record<string, unknown>

export const rule = {
  name: 'deploy',
  owner: 'platform@example.com',
  expires: '2027-03-31',
  from: 'github',
  when: { repository_owner_id: '4411' },
  grant: { resource: API, scopes: ['deploy:read'], lifetime: '10m' },
}

export const good = {
  version: 1,
  issuers: {
    github: { provider: 'github-actions' },
    cluster: { provider: 'kubernetes', issuer: 'https://oidc.cluster.example.com' },
  },
  resources: { [API]: { scopes: ['deploy:read', 'deploy:write'], max_lifetime: '15m' } },
  rules: [rule],
}

export const withRule = (change: Json): Json => ({ ...good, rules: [{ ...rule, ...change }] })
export const withGrant = (change: Json) => withRule({ grant: { ...rule.grant, ...change } })
export const withWhen = (when: Json) => withRule({ when })
export const withIssuer = (change: Json) => ({
  ...good,
  issuers: { ...good.issuers, extra: { provider: 'generic-oidc', ...change } },
})
export const withResource = (change: Json) => ({
  ...good,
  resources: { [API]: { ...good.resources[API], ...change } },
})
export const owner = { repository_owner_id: '4411' }

export function problemsOf(document: unknown, ceilings = CEILINGS) {
  const result = compileTrust(document, ceilings, { admitAt: NOW })
  return 'problems' in result ? result.problems : []
}

/** The change, the document, and the code and path of the problem. */
export type Row = readonly [
  name: string,
  document: unknown,
  code: string,
  path: readonly (string | number)[],
]
