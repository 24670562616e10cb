/** One issuer entry: its profile, its exact URL, its audience and, where given, its keys. */

import { type PublicKey, parseKeySet } from '../issuer-keys.ts'
import { keySourceOf } from '../key-source.ts'
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
  // Nobody fetches from the issuer's own URL when its keys come from elsewhere.
  const isFetched = !hasUploadedKeys && source.bundle_endpoint === undefined
  const fault = findUrlFault(url, profile, ceilings, !isFetched)
  if (fault !== undefined) report([...at, 'issuer'], 'issuer_invalid', `${url} ${fault}`)
  checkBundleEndpoint(source, at, ceilings, report)
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
    keySource: keySourceOf(url, source.bundle_endpoint),
    uploadedKeys,
    uploadedKeysEnd: endOfKeys(source),
    trustDomain: source.trust_domain,
    isClosed: false,
    index: indexBySelectivity([]),
    tenantIndex: indexBySelectivity([]),
  }
}

/** Fetched like a discovery document, so what may stand there is the same (NET-03, SP-06). */
function checkBundleEndpoint(
  source: IssuerSource,
  at: readonly string[],
  ceilings: Ceilings,
  report: Report,
): void {
  const { bundle_endpoint: endpoint } = source
  if (endpoint === undefined) return
  const place = [...at, 'bundle_endpoint']
  if (source.trust_domain === undefined || source.keys !== undefined) {
    report(place, 'bundle_endpoint_misplaced', 'needs "trust_domain", and no "keys" beside it')
  }
  const fault = findFetchFault(endpoint, ceilings, false)
  if (fault !== undefined) report(place, 'issuer_invalid', `${endpoint} ${fault}`)
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
  const fault = findFetchFault(url, ceilings, hasUploadedKeys)
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

function findFetchFault(
  url: string,
  { localIssuers, gatewayIssuer }: Ceilings,
  hasUploadedKeys: boolean,
): string | undefined {
  // The gateway as its own issuer would let a token renew itself for ever (ISS-01).
  if (url === gatewayIssuer) return 'is this gateway itself'
  if (!isLoopbackIssuer(url) && hostOf(url) === hostOf(gatewayIssuer)) return 'is on our own host'
  return findIssuerUrlFault(url, { localIssuers, hasUploadedKeys })
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
      'has keys that cannot be used: public RSA (2048 bits or more) or EC signing keys only, and none that a standard prints as an example',
    )
  }
  return keys
}
