import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileStored } from '../../../../src/core/policy/compile/stored.ts'
import { evaluate } from '../../../../src/core/policy/decide/evaluate.ts'
import { CEILINGS } from '../../../support/core-world.ts'
import { runs } from '../../../support/runs.ts'
import { API, AT, identityOf, OTHER } from '../support/decide.ts'
import { loadForm } from '../support/form.ts'
import { claim, condition, documentWith, NAMES, request, resource } from '../support/generated.ts'

const PROVIDERS = {
  'generic-oidc': 'https://issuer.example.com',
  'github-enterprise-server': 'https://ghes.example.com/_services/token',
}
const CLAIMS = [...NAMES, 'repository', 'environment'] as const

/** Members that this release cannot read. Their rules are left out, and deny rules close an issuer. */
const brokenAt = fc.constantFrom(-1, -1, -1, 0, 1, 2)

describe('a loaded form', () => {
  it.each(Object.entries(PROVIDERS))(
    'decides and explains like the compiled document: %s',
    (provider, url) => {
      fc.assert(
        fc.property(
          documentWith(CLAIMS, condition),
          brokenAt,
          fc.dictionary(fc.constantFrom(...CLAIMS), claim, { noNullPrototype: true }),
          request,
          resource,
          (rules, broken, claims, asked, uri) => {
            const document = {
              version: 1,
              issuers: {
                ci: { provider, issuer: url },
                else: { provider: 'generic-oidc', issuer: 'https://else.example.com' },
              },
              resources: {
                [API]: { scopes: ['read', 'write', 'admin'] },
                [OTHER]: { scopes: ['read'] },
              },
              rules: rules.map((rule, index) =>
                index === broken ? { ...rule, hours: '9' } : rule,
              ),
            }
            const compiled = compileStored(document, CEILINGS)
            if (compiled.trust === undefined) return fc.pre(false)
            const loaded = loadForm(compiled)
            expect(loaded.problems).toEqual(compiled.problems)
            expect([...loaded.trust.issuers.keys()]).toEqual([...compiled.trust.issuers.keys()])
            for (const [url, issuer] of compiled.trust.issuers) {
              const own = loaded.trust.issuers.get(url)
              if (own === undefined) throw new Error('no issuer')
              expect(own.isClosed).toBe(issuer.isClosed)
              const wanted = { scopes: undefined, rule: undefined, ...asked, resource: uri }
              const question = { identity: identityOf(claims), request: wanted, at: AT }
              expect(evaluate({ trust: loaded.trust, issuer: own, ...question })).toEqual(
                evaluate({ trust: compiled.trust, issuer, ...question }),
              )
            }
            expect(loaded.trust.rules).toEqual(compiled.trust.rules)
          },
        ),
        runs(200),
      )
    },
  )
})
