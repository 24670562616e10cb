/**
 * Tokens of this gateway as subject tokens, for rules `from: self`. It is no provider that a document
 * can name: the gateway verifies these tokens with its own keys, and never as those of an issuer.
 */
import { claim } from './claim.ts'
import type { ProviderProfile } from './profile.ts'

const given = { class: 'required_checked' } as const

/** The claims of every token: see `protocol/token.ts`. */
const CLAIMS = [
  claim('iss', given),
  claim('sub', { ...given, influence: 'low' }),
  claim('aud', given),
  claim('exp', { ...given, types: ['number'] }),
  claim('iat', { ...given, types: ['number'] }),
  claim('jti', given),
  claim('client_id', { ...given, recorded: true }),
  claim('scope', given),
  claim(['origin', 'iss'], given),
  claim(['origin', 'sub'], { ...given, influence: 'low' }),
  claim(['origin', 'jti']),
  claim(['act', 'iss'], { recorded: true }),
  claim(['act', 'sub'], { influence: 'low', recorded: true }),
  claim('rev', { ...given, types: ['number'] }),
]

/**
 * The profile for a document. `granted` has the names of the claims that its rules add to tokens, so
 * that a condition on any other claim is a mistake.
 */
export function createOwnProfile(granted: ReadonlySet<string> | 'any'): ProviderProfile {
  const names = granted === 'any' ? [] : [...granted]
  const added = names.filter((name) => !CLAIMS.some(({ path }) => path[0] === name))
  return {
    id: 'edgemint',
    name: 'Tokens of this gateway',
    status: 'verified',
    // The gateway signs for all its rules: a rule must say whose tokens it means.
    tenancy: 'shared',
    signsFor: 'all rules of this document',
    issuer: { kind: 'pattern', pattern: /^(?!)/, example: 'self' },
    algorithms: [],
    types: ['at+jwt'],
    claims: [...CLAIMS, ...added.map((name) => claim(name, { types: ['any', 'object'] }))],
    ...(granted === 'any' ? { claimPrefixes: [''] } : {}),
    tenantClaims: [['client_id'], ['aud']],
    projectClaims: [['sub']],
    keepsSubject: true,
    unsafeEvents: [],
    replay: 'reused',
    maxLifetimeSeconds: 24 * 3600,
    sharedAudiences: [],
    names: {},
  }
}
