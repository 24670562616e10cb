/** Every place that accepts an issuer URL refuses a second spelling with the same message. */
import { expect, it } from 'vitest'
import { parseSettings } from '../../src/contract/settings.ts'
import { compileTrust } from '../../src/core/policy/compile/compile.ts'
import { createVerifier } from '../../src/verify/index.ts'

const MESSAGE = 'is not in canonical form'

const SECOND_SPELLINGS = [
  ['the default port', 'https://id.example.com:443/a', 'https://id.example.com/a'],
  ['capitals in its host', 'https://ID.example.com/a', 'https://id.example.com/a'],
  ['dot segments', 'https://id.example.com/b/../a', 'https://id.example.com/a'],
  ['escaped dot segments', 'https://id.example.com/b/%2e%2e/a', 'https://id.example.com/a'],
  ['an escaped letter', 'https://id.example.com/%61', 'https://id.example.com/a'],
  ['braces', 'https://id.example.com/{a}', 'https://id.example.com/%7Ba%7D'],
] as const

const CEILINGS = {
  gatewayIssuer: 'https://sts.example.com',
  maxTokenLifetimeSeconds: 3600,
  maxRuleExpirySeconds: undefined,
  localIssuers: false,
}

it.each(SECOND_SPELLINGS)(
  'CLM-09 PR-02 refuses an issuer URL with %s everywhere',
  (_, url, canonical) => {
    // A setting: the message does not contain the value.
    expect(parseSettings({ ISSUER: url })).toEqual({
      ok: false,
      error: [{ variable: 'ISSUER', message: MESSAGE }],
    })
    // A trust document, which `validate` and the Worker compile.
    const issuers = { idp: { provider: 'generic-oidc', issuer: url } }
    const compiled = compileTrust({ version: 1, issuers, resources: {}, rules: [] }, CEILINGS)
    expect(compiled).toMatchObject({
      problems: [{ code: 'issuer_invalid', message: `${url} ${MESSAGE}: write ${canonical}` }],
    })
    // The verifier.
    const make = () => createVerifier({ issuer: url, audience: 'https://api.example.com' })
    expect(make).toThrow(new TypeError(`edgemint/verify: issuer ${MESSAGE}: write ${canonical}`))
  },
)
