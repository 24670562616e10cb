/**
 * Checks of an issuer entry: an audience that other services share, or that is another spelling of the
 * gateway's URL, a URL that unrelated clusters share, and uploaded keys that are weak, absent or at
 * their end.
 */
import type { CompiledTrust, TrustedIssuer } from '../../../core/policy/compile/compiled.ts'
import { isGatewayResource } from '../../../core/policy/compile/resource-uri.ts'
import type { Found, LintedRule } from '../check.ts'

/** Audiences of well-known relying parties. Many services receive tokens for them. */
const WELL_KNOWN_AUDIENCES: ReadonlySet<string> = new Set([
  'sts.amazonaws.com',
  'api://AzureADTokenExchange',
  'https://gitlab.com',
  'https://github.com',
  'https://iam.googleapis.com',
  'https://kubernetes.default.svc',
  'https://kubernetes.default.svc.cluster.local',
  'vault',
  'sigstore',
  'pypi',
  'testpypi',
  'npm:registry.npmjs.org',
  'crates.io',
  'rubygems.org',
  'conjur',
  'artifactory',
  'openid',
])

/** LINT-15: a service that receives a token for such an audience can present it here. */
export function findSharedAudience({ audience, profile, url }: TrustedIssuer): readonly Found[] {
  if (audience === profile.fixedAudience) return []
  const shared = [...profile.sharedAudiences, ...WELL_KNOWN_AUDIENCES, url]
  if (!shared.some((pattern) => fits(pattern, audience))) return []
  return [
    {
      severity: 'error',
      path: ['audience'],
      message: `tokens for "${audience}" are sent to other services, which could present them here`,
      fix: 'Remove the audience: the default is the URL of this gateway.',
    },
  ]
}

/** LINT-54: tokens have exactly the audience that their client asks for. */
export function findRespelledAudience(
  { audience }: TrustedIssuer,
  { own }: CompiledTrust,
): readonly Found[] {
  const gateway = own?.issuer.url
  if (gateway === undefined || audience === gateway) return []
  if (!isGatewayResource(audience, gateway)) return []
  return [
    {
      severity: 'info',
      path: ['audience'],
      message: `the audience is another spelling of the URL of this gateway, ${gateway}, so the tokens that its clients request are refused`,
      fix: 'Remove the audience: the default is the URL of this gateway.',
    },
  ]
}

/**
 * LINT-15 for a platform with a fixed audience. The issuer entry cannot be changed, so each rule of the
 * issuer gets the finding and can accept it.
 */
export function findFixedAudience({ issuer }: LintedRule): readonly Found[] {
  const { audience, profile } = issuer
  if (audience !== profile.fixedAudience) return []
  return [
    {
      severity: 'error',
      path: ['from'],
      message: `tokens for "${audience}" are sent to other services, which could present them here`,
      fix: 'Pin the ids of organization, project and pipeline, accept each token once (replay: once), and accept this finding with a reason.',
    },
  ]
}

/** A part in braces matches one name without a slash. */
function fits(pattern: string, audience: string): boolean {
  const parts = pattern.split(/\{[^}]+\}/)
  if (parts.length === 1) return pattern === audience
  let rest = audience
  for (const [index, part] of parts.entries()) {
    const at =
      index === 0
        ? rest.startsWith(part)
          ? 0
          : -1
        : rest.indexOf(part, part === '' ? rest.length : 1)
    if (at === -1 || rest.slice(0, at).includes('/')) return false
    rest = rest.slice(at + part.length)
  }
  return rest === '' && audience.length > pattern.replace(/\{[^}]+\}/g, '').length
}

/** The UUID is the tenant of every personal Microsoft account, which `consumers` means too. */
const SHARED_NAMES =
  /^https:\/\/kubernetes(?:\.default)?(?:\.svc(?:\.[a-z.]+)?)?(?:[:/]|$)|\/(?:common|organizations|consumers|9188040d-6c67-4c5b-b112-36a304b66dad)(?:\/|$)|[{}]/

/**
 * LINT-18: many clusters use this issuer URL, so it identifies none of them. With uploaded keys, the
 * entry identifies one cluster.
 */
export function findSharedName({ url, uploadedKeys }: TrustedIssuer): readonly Found[] {
  if (uploadedKeys !== undefined || !SHARED_NAMES.test(url)) return []
  return [
    {
      severity: 'error',
      path: ['issuer'],
      message: `${url} is the URL of many unrelated issuers`,
      fix: 'Give the issuer its own URL, or upload its keys.',
    },
  ]
}

/** Bits. RSA keys of 2,048 bits are considered safe for only a few more years. */
const LONG_LIVED_RSA_BITS = 3072
const LONG_LIVED_SECONDS = 366 * 24 * 3600

/** LINT-20: uploaded keys are not rotated, so they must be strong enough for the life of their rules. */
export function findWeakKeys({ rule, issuer, at }: LintedRule): readonly Found[] {
  const isLongLived = at !== undefined && rule.expiresAt > at + LONG_LIVED_SECONDS
  const weak = issuer.uploadedKeys?.find(
    ({ n }) => n !== undefined && n.length * 6 < LONG_LIVED_RSA_BITS,
  )
  if (weak === undefined || !isLongLived) return []
  return [
    {
      severity: 'warn',
      path: ['expires'],
      message: `the rule trusts an uploaded RSA key with fewer than ${LONG_LIVED_RSA_BITS} bits for more than a year`,
      fix: 'Set an expiry within a year, or upload a larger key.',
    },
  ]
}

/** LINT-53: no token of an issuer without keys can be verified. */
export function findKeyless(
  { issuers }: CompiledTrust,
  at: number | undefined,
): readonly (Found & { readonly rule: undefined })[] {
  return [...issuers.values()].flatMap(({ name, uploadedKeys, uploadedKeysEnd }) => {
    if (uploadedKeys === undefined) return []
    const hasEnded = at !== undefined && uploadedKeysEnd <= at
    if (uploadedKeys.length > 0 && !hasEnded) return []
    const isEmpty = uploadedKeys.length === 0
    return {
      // Time alone ends keys, and a finding about an issuer cannot be accepted.
      severity: isEmpty ? ('warn' as const) : ('info' as const),
      path: ['issuers', name, 'keys', isEmpty ? 'jwks' : 'expires'],
      message: `the uploaded keys ${isEmpty ? 'are an empty list' : 'have ended'}, so every token of this issuer is refused`,
      fix: isEmpty
        ? 'Upload the keys of the issuer, or remove keys if its URL can be reached.'
        : 'Upload the current keys with a later end, or remove the issuer.',
      rule: undefined,
    }
  })
}
