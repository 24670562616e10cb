/** One issuer entry: its profile, its exact URL, its audience and, where given, its keys. */

import { type PublicKey, parseKeySet } from '../issuer-keys.ts'
import { parseMoment } from '../moment.ts'
import { findProvider, findSharedOwner, listProviders, profileAt } from '../providers/index.ts'
import type { ProviderProfile } from '../providers/profile.ts'
import type { Report } from './compile-context.ts'
import type { Ceilings, TrustedIssuer } from './compiled.ts'
import { findIssuerUrlFault, hostOf, isLoopbackIssuer } from './issuer-url.ts'
import { indexBySelectivity } from './rule-index.ts'
import type { IssuerSource } from './schema.ts'

export function compileIssuer(
  name: string,
  source: IssuerSource,
  ceilings: Ceilings,
  report: Report,
): TrustedIssuer | undefined {
  const at = ['issuers', name]
  const profile = findProvider(source.provider, source.issuer)
  if (profile === undefined) {
    const known = listProviders().join(', ')
    report([...at, 'provider'], 'provider_unknown', `is none of ${known}`)
    return undefined
  }
  const url = source.issuer ?? (profile.issuer.kind === 'fixed' ? profile.issuer.url : undefined)
  if (url === undefined) {
    report(at, 'issuer_missing', `needs "issuer": ${profile.id} has no fixed issuer URL`)
    return undefined
  }
  const hasUploadedKeys = source.keys !== undefined
  const fault = findUrlFault(url, profile, ceilings, hasUploadedKeys)
  if (fault !== undefined) report([...at, 'issuer'], 'issuer_invalid', `${url} ${fault}`)
  const uploadedKeys = hasUploadedKeys ? compileKeys(source, at, report) : undefined
  if (source.trust_domain !== undefined && profile.id !== 'spiffe-jwt-svid') {
    report([...at, 'trust_domain'], 'trust_domain_misplaced', `is no matter of ${profile.id}`)
  }
  if (fault !== undefined) return undefined
  return {
    name,
    url,
    profile: isLoopbackIssuer(url) ? profile : profileAt(profile, url),
    audience: source.audience ?? ceilings.gatewayIssuer,
    uploadedKeys,
    uploadedKeysEnd: endOfKeys(source),
    trustDomain: source.trust_domain,
    index: indexBySelectivity([]),
    tenantIndex: indexBySelectivity([]),
  }
}

function endOfKeys({ keys }: IssuerSource): number {
  const end = keys?.expires === undefined ? undefined : parseMoment(keys.expires)
  return end ?? Number.POSITIVE_INFINITY
}

function findUrlFault(
  url: string,
  profile: ProviderProfile,
  ceilings: Ceilings,
  hasUploadedKeys: boolean,
): string | undefined {
  const { localIssuers, gatewayIssuer } = ceilings
  // The gateway as its own issuer would let a token renew itself for ever (ISS-01).
  if (url === gatewayIssuer) return 'is this gateway itself'
  if (!isLoopbackIssuer(url) && hostOf(url) === hostOf(gatewayIssuer)) return 'is on our own host'
  const fault = findIssuerUrlFault(url, { localIssuers, hasUploadedKeys })
  if (fault !== undefined) return fault
  if (isLoopbackIssuer(url)) return undefined
  const owner = findSharedOwner(url)?.id
  if (owner !== undefined && owner !== profile.id) return `is that of the provider ${owner}`
  if (profile.issuer.kind === 'fixed') {
    return url === profile.issuer.url ? undefined : `is not ${profile.issuer.url}`
  }
  if (profile.issuer.pattern.test(url)) return undefined
  return `does not look like ${profile.issuer.example}`
}

function compileKeys(
  source: IssuerSource,
  at: readonly string[],
  report: Report,
): readonly PublicKey[] | undefined {
  const kind = source.trust_domain === undefined ? 'jwks' : 'spiffe_bundle'
  const keys = parseKeySet(source.keys?.jwks, kind)
  // A bundle holds keys for other things too (SP-04); in a key set every entry was meant.
  const least = kind === 'jwks' ? (source.keys?.jwks.keys.length ?? 0) : 1
  if (keys === undefined || keys.length < least) {
    report(
      [...at, 'keys', 'jwks'],
      'keys_unusable',
      'has keys that cannot be used: public RSA (2048 bits or more) or EC signing keys only',
    )
  }
  return keys
}
