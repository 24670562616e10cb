/** The shared issuers, and for the example of each the names that other customers can have. */
import { readClaim } from '../../../../src/core/evidence/identity.ts'
import type { Test } from '../../../../src/core/policy/compile/compiled.ts'
import { samePath } from '../../../../src/core/policy/language/claim-path.ts'
import { compilePattern } from '../../../../src/core/policy/language/pattern.ts'
import { findProvider, listProviders, profileAt } from '../../../../src/core/providers/index.ts'
import type { ProviderProfile } from '../../../../src/core/providers/profile.ts'
import { exampleOf } from './provider-examples.ts'

export type Path = readonly string[]

/** Shared issuers of profiles whose other issuers are dedicated. */
export const SHARED_AT: Readonly<Record<string, string>> = {
  circleci: 'https://oidc.circleci.com',
  vercel: 'https://oidc.vercel.com',
}

export const shared: readonly ProviderProfile[] = listProviders().flatMap((id) => {
  const profile = findProvider(id)
  if (profile === undefined) return []
  const at = SHARED_AT[id] === undefined ? profile : profileAt(profile, SHARED_AT[id])
  return at.tenancy === 'shared' ? [at] : []
})

/** The tenant in the example subject of each shared provider. */
export const TENANT_IN_SUBJECT: Readonly<Record<string, string>> = {
  'github-actions': 'acme@1234567',
  'gitlab-com': 'acme',
  buildkite: 'acme-inc',
  circleci: 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee',
  codefresh: '628a80b693a15c0f9c13ab75',
  buddy: 'acme',
  'hcp-terraform': 'acme',
  env0: 'auth0|org-subject-example',
  'pulumi-cloud': 'acme',
  'pulumi-esc-v2': 'org-1a2b3c',
  vercel: 'acme',
  'deno-deploy': 'acme',
  modal: 'ac-12345abcd',
  'depot-ci': 'abc123def4',
  'cursor-cloud-agent': 'user_01EXAMPLE',
  'google-service-account': '109876543210987654321',
  chainguard: '720909c9f5279097d847ad02120b1d97f2b2a8a1',
  activestate: 'acme',
}

/** Names that another customer can register: longer, shorter, containing the name, and unrelated. */
function neighboursOf(name: string): readonly string[] {
  return [`${name}-evil`, `${name}0`, name.slice(0, -1), `evil-${name}`, `evil${name}`, 'evil']
}

export function paths({ tenantClaims, projectClaims }: ProviderProfile): readonly Path[] {
  return [...tenantClaims, ...projectClaims]
}

export function isText(profile: ProviderProfile, path: Path): boolean {
  return (
    profile.claims?.find((claim) => samePath(claim.path, path))?.types.includes('string') === true
  )
}

/** The value of the claim in the example, and the values that other customers can have. */
export function neighbourhood(profile: ProviderProfile, path: Path) {
  if (!isText(profile, path)) return undefined
  const own = String(readClaim(exampleOf(profile.id), path) ?? 'acme')
  const isSubject = samePath(path, ['sub'])
  const tenant = isSubject ? (TENANT_IN_SUBJECT[profile.id] ?? '') : (own.split('/')[0] ?? own)
  const others = neighboursOf(tenant).map((name) => own.replace(tenant, () => name))
  return { own, others, tenantEnd: own.indexOf(tenant) + tenant.length }
}

export function glob(source: string): Extract<Test, { kind: 'glob' }> {
  const pattern = compilePattern(source)
  if (pattern === undefined) throw new Error(source)
  return { kind: 'glob', pattern }
}
