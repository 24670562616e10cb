/**
 * What is dangerous about an issuer entry: an audience that others have too, a name that
 * unrelated clusters share, weak keys in the document.
 */
import type { TrustedIssuer } from '../../../core/policy/compile/compiled.ts'
import type { Found, LintedRule } from '../check.ts'

/** Audiences of well-known relying parties: tokens for them lie in many hands. */
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

/** LINT-15: whoever receives a token for such an audience can present it here. */
export function findSharedAudience({ audience, profile, url }: TrustedIssuer): readonly Found[] {
  if (audience === profile.fixedAudience) return []
  const shared = [...profile.sharedAudiences, ...WELL_KNOWN_AUDIENCES, url]
  if (!shared.some((pattern) => fits(pattern, audience))) return []
  return [
    {
      severity: 'error',
      path: ['audience'],
      message: `tokens for "${audience}" are in the hands of other services, which could present them here`,
      fix: "Leave the audience out: this gateway's own URL is the default.",
    },
  ]
}

/**
 * LINT-15, where the platform has no other audience to give: each rule answers for it by itself,
 * since the issuer cannot be written in another way.
 */
export function findFixedAudience({ issuer }: LintedRule): readonly Found[] {
  const { audience, profile } = issuer
  if (audience !== profile.fixedAudience) return []
  return [
    {
      severity: 'error',
      path: ['from'],
      message: `tokens for "${audience}" are in the hands of other services, which could present them here`,
      fix: 'Pin the ids of organisation, project and pipeline, take each token once (replay: once), and accept this with a reason.',
    },
  ]
}

/** A part in braces stands for one name without a slash. */
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

const SHARED_NAMES =
  /^https:\/\/kubernetes(?:\.default)?(?:\.svc(?:\.[a-z.]+)?)?(?:[:/]|$)|\/(?:common|organizations|consumers)(?:\/|$)|[{}]/

/**
 * LINT-18: every cluster signs under this name, so the name says nothing. With its keys in the
 * document it is one cluster's.
 */
export function findSharedName({ url, uploadedKeys }: TrustedIssuer): readonly Found[] {
  if (uploadedKeys !== undefined || !SHARED_NAMES.test(url)) return []
  return [
    {
      severity: 'error',
      path: ['issuer'],
      message: `${url} is the name of many unrelated issuers`,
      fix: 'Give the issuer a URL of its own, or upload its keys.',
    },
  ]
}

/** Bits; 2,048 is held to last for some years only. */
const LONG_LIVED_RSA_BITS = 3072
const LONG_LIVED_SECONDS = 366 * 24 * 3600

/** LINT-20: keys that nobody fetches again must carry the rules that rely on them. */
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
      message: `for more than a year the rule trusts an uploaded RSA key of less than ${LONG_LIVED_RSA_BITS} bits`,
      fix: 'Let the rule end within a year, or upload a larger key.',
    },
  ]
}
