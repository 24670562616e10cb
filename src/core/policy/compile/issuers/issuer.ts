/** Compiles one issuer entry: its provider profile, exact URL, audience and uploaded keys. */

import type { IssuerSource } from '../../../../contract/trust-document.ts'
import { findIssuerUrlFault, hostOf, isLoopbackIssuer } from '../../../../web/issuer-url.ts'
import { parseMoment } from '../../../../web/moment.ts'
import {
  describeKeyFault,
  type KeyFault,
  type KeySet,
  readKeySet,
} from '../../../keys/issuer-keys.ts'
import { findKeyHostFault } from '../../../keys/key-hosts.ts'
import { keySourceOf } from '../../../keys/key-source.ts'
import { KEY_SET_MAX_KEYS } from '../../../limits.ts'
import {
  findProvider,
  findSharedOwner,
  listFixedUrls,
  listProviders,
  profileAt,
  withAcceptedClaims,
} from '../../../providers/index.ts'
import type { ProviderProfile } from '../../../providers/profile.ts'
import { indexBySelectivity } from '../../decide/build-index.ts'
import type { Ceilings, Rule, TrustedIssuer } from '../compiled.ts'
import type { IssuerContext, Report } from '../context.ts'

/** The compiler adds the rules of an issuer after all rules are compiled. */
const EMPTY = indexBySelectivity([])

/** Throws if there is no such rule: an index names only ordinals of its own rules. */
export function ruleAtOf(rules: readonly Rule[]): TrustedIssuer['ruleAt'] {
  return (ordinal) => {
    const rule = rules[ordinal]
    if (rule === undefined) throw new RangeError(`no rule ${ordinal}`)
    return rule
  }
}

export function compileIssuer(
  name: string,
  source: IssuerSource,
  { ceilings, options, report: reportAt }: IssuerContext,
): TrustedIssuer | undefined {
  /** Takes a path within the issuer. */
  const report: Report = (path, code, message) =>
    reportAt(['issuers', name, ...path], code, message)
  const context = { ceilings, options, report }
  const profile = findProvider(source.provider, source.issuer)
  if (profile === undefined) {
    const known = listProviders().join(', ')
    report(['provider'], 'provider_unknown', `unknown provider: use one of ${known}`)
    return undefined
  }
  const url = source.issuer ?? (profile.issuer.kind === 'fixed' ? profile.issuer.url : undefined)
  if (url === undefined) {
    report([], 'issuer_missing', `"issuer" is required: ${profile.id} has no fixed issuer URL`)
    return undefined
  }
  const hasUploadedKeys = source.keys !== undefined
  // Nothing is fetched from the issuer URL if its keys come from elsewhere.
  const isFetched = !hasUploadedKeys && source.bundle_endpoint === undefined
  const fault = findUrlFault(url, profile, !isFetched, context)
  if (fault !== undefined) report(['issuer'], 'issuer_invalid', `${url} ${fault}`)
  checkBundleEndpoint(source, context)
  checkKeyHosts(source, isFetched, context)
  const uploaded = hasUploadedKeys ? compileKeys(source, context) : undefined
  if (source.trust_domain !== undefined && profile.hasSpiffeSubject !== true) {
    report(['trust_domain'], 'trust_domain_misplaced', `is not valid for provider ${profile.id}`)
  }
  const accepts = source.accepts ?? []
  checkAccepts(source, profile, context)
  const audience = source.audience ?? ceilings.gatewayIssuer
  if (options.isStored !== true && isOfApiServer(audience, url, profile)) {
    // Pods send their default token to other services, which could present it here (K8-02).
    const message =
      'is that of the Kubernetes API server: remove it, or use the URL of this gateway'
    report(['audience'], 'audience_reserved', message)
  }
  if (source.trust_domain !== undefined && source.trust_domain === ceilings.trustDomain) {
    // Otherwise a JWT-SVID of this gateway could be exchanged for another, without an end (OUT-01).
    report(
      ['trust_domain'],
      'trust_domain_reserved',
      'is the trust domain of this gateway: its JWT-SVIDs are not subject tokens',
    )
  }
  if (fault !== undefined) return undefined
  return {
    name,
    url,
    profile: withAcceptedClaims(isLoopbackIssuer(url) ? profile : profileAt(profile, url), accepts),
    audience,
    keySource: keySourceOf(url, source.bundle_endpoint),
    keyHosts: isFetched ? [...(profile.keyHosts ?? []), ...(source.key_hosts ?? [])] : [],
    uploadedKeys: uploaded?.keys,
    unusableKeys: uploaded?.unusable ?? [],
    uploadedKeysEnd: endOfKeys(source),
    accepts,
    trustDomain: source.trust_domain,
    isClosed: false,
    ruleAt: ruleAtOf([]),
    index: EMPTY,
    tenantIndex: EMPTY,
  }
}

/** K3s and RKE2 add their name to the audiences of every pod's default token. */
const API_SERVER = /^(?:https:\/\/kubernetes\.default(?:[.:/]|$)|(?:k3s|rke2)$)/

/** By default, the API server of a cluster also accepts the cluster's issuer URL as an audience. */
function isOfApiServer(audience: string, url: string, { sharedAudiences }: ProviderProfile) {
  if (API_SERVER.test(audience)) return true
  return audience === url && sharedAudiences.some((shared) => API_SERVER.test(shared))
}

/**
 * The gateway fetches this URL, so it must not point at an internal address (NET-03). Its keys verify
 * the tokens of one trust domain only (SP-06).
 */
function checkBundleEndpoint(source: IssuerSource, { ceilings, report }: IssuerContext): void {
  const { bundle_endpoint: endpoint } = source
  if (endpoint === undefined) return
  const place = ['bundle_endpoint']
  if (source.trust_domain === undefined || source.keys !== undefined) {
    report(
      place,
      'bundle_endpoint_misplaced',
      'requires "trust_domain" and cannot be combined with "keys"',
    )
  }
  const fault = findFetchFault(endpoint, ceilings, false)
  if (fault !== undefined) report(place, 'issuer_invalid', `${endpoint} ${fault}`)
}

/**
 * The gateway fetches keys from these hosts, so none may be an internal address (NET-03).
 */
function checkKeyHosts(
  { key_hosts: hosts = [] }: IssuerSource,
  isFetched: boolean,
  { ceilings, report }: IssuerContext,
): void {
  if (hosts.length > 0 && !isFetched) {
    const message =
      'cannot be combined with "keys" or "bundle_endpoint": no discovery document is read'
    report(['key_hosts'], 'key_hosts_misplaced', message)
  }
  for (const [index, host] of hosts.entries()) {
    const fault = findKeyHostFault(host, ceilings)
    if (fault !== undefined) {
      report(['key_hosts', index], 'key_host_invalid', `${host} ${fault}`)
    }
  }
}

/**
 * An identity provider of one enterprise issues ID-JAGs, and a service of one trust domain Txn-Tokens.
 * A platform that signs for all its customers, or for workloads only, does not.
 */
function checkAccepts(
  { accepts = [], trust_domain: trustDomain }: IssuerSource,
  profile: ProviderProfile,
  { report }: IssuerContext,
): void {
  if (new Set(accepts).size < accepts.length) {
    report(['accepts'], 'accepts_misplaced', 'has a value twice')
  }
  const isEnterprise = profile.tenancy !== 'shared' && trustDomain === undefined
  const kind = accepts.find((one) => one !== 'access_token')
  if (kind !== undefined && !isEnterprise) {
    report(
      ['accepts'],
      'accepts_misplaced',
      `${kind} requires an identity provider of your own, without "trust_domain"`,
    )
  }
}

function endOfKeys({ keys }: IssuerSource): number {
  const end = keys?.expires === undefined ? undefined : parseMoment(keys.expires)
  return end ?? Number.POSITIVE_INFINITY
}

function findUrlFault(
  url: string,
  profile: ProviderProfile,
  hasUploadedKeys: boolean,
  { ceilings, options }: IssuerContext,
): string | undefined {
  const fault = findFetchFault(url, ceilings, hasUploadedKeys)
  if (fault !== undefined) return fault
  if (isLoopbackIssuer(url)) return undefined
  // A stored document may name an issuer that an earlier release did not know as shared.
  const owner = options.isStored ? undefined : findSharedOwner(url)?.id
  if (owner !== undefined && owner !== profile.id) return `belongs to provider ${owner}`
  if (profile.issuer.kind === 'fixed') {
    const urls = listFixedUrls(profile.issuer)
    return urls.includes(url) ? undefined : `is not ${urls.join(' or ')}`
  }
  if (profile.issuer.pattern.test(url)) return undefined
  return `does not look like ${profile.issuer.example}`
}

function findFetchFault(
  url: string,
  { localIssuers, gatewayIssuer }: Ceilings,
  hasUploadedKeys: boolean,
): string | undefined {
  // If the gateway were its own issuer, a token could renew itself for ever (ISS-01).
  if (url === gatewayIssuer) return 'is the URL of this gateway'
  if (!isLoopbackIssuer(url) && hostOf(url) === hostOf(gatewayIssuer))
    return 'is on the host of this gateway'
  return findIssuerUrlFault(url, { localIssuers, hasUploadedKeys })
}

/**
 * A new document is refused if it has an unusable key. A stored document loses only the keys that
 * this release cannot use.
 */
function compileKeys(
  source: IssuerSource,
  { options: { isStored = false }, report }: IssuerContext,
): KeySet {
  const kind = source.trust_domain === undefined ? 'jwks' : 'spiffe_bundle'
  const reading = readKeySet(source.keys?.jwks, { kind, isStrict: !isStored })
  const refuse = (message: string) => report(['keys', 'jwks'], 'keys_unusable', message)
  if (!reading.ok) {
    const { error } = reading
    const found = error.fault === 'too_many_keys' ? `${error.keyCount} keys` : 'no list of keys'
    refuse(`has ${found}: use a list of at most ${KEY_SET_MAX_KEYS} keys`)
    return { keys: [], unusable: [] }
  }
  const { keys, unusable } = reading.value
  if (isStored) return { keys, unusable }
  // A bundle may contain keys for other purposes (SP-04). A key set must contain only usable keys.
  const isMeant = ({ code }: KeyFault) => kind === 'jwks' || code !== 'other_use'
  const faults = unusable.filter(isMeant)
  for (const fault of faults) refuse(describeKeyFault(fault))
  if (kind === 'spiffe_bundle' && keys.length === 0 && faults.length === 0) {
    refuse('has no key for JWT-SVIDs: such a key has "use": "jwt-svid"')
  }
  return { keys, unusable }
}
