/**
 * Compiles the resources of a document: their names, and the scopes, the longest lifetime and the
 * signature of their tokens. Each name belongs to one resource, because it selects the `aud` of a token.
 */
import { ADMIN_ROLES, ADMIN_SCOPES } from '../../../contract/admin.ts'
import { MIN_TOKEN_LIFETIME_SECONDS } from '../../../contract/limits.ts'
import type { ResourceSource, TrustDocument } from '../../../contract/trust-document.ts'
import { canonicalResource } from '../../../protocol/resource-uri.ts'
import { ACCESS_TOKEN_TYP } from '../../../protocol/token.ts'
import { parseDuration } from '../../../web/moment.ts'
import { applyPreset } from '../consumer/apply-preset.ts'
import { checkTrustDomain } from '../consumer/trust-domain.ts'
import type { Ceilings, Resource, SubjectForm } from './compiled.ts'
import type { Report } from './context.ts'
import { compileMetadata } from './resource-metadata.ts'
import { findResource, isGatewayResource } from './resource-uri.ts'

/** RFC 8693 §2.1: an absolute URI without a fragment. */
const RESOURCE_URI = /^[A-Za-z][A-Za-z0-9+.-]*:[^\s#\p{Cc}]+$/u
/** RFC 3986 §4.3: it begins with a scheme. */
const ABSOLUTE_URI = /^[A-Za-z][A-Za-z0-9+.-]*:/

/** Placeholder for the gateway's own issuer URL, which the policy does not know. */
export const POLICY_RESOURCE = 'urn:edgemint:admin'

export function compileResources(
  document: TrustDocument,
  ceilings: Ceilings,
  kind: 'document' | 'policy',
  report: Report,
): Map<string, Resource> {
  if (kind === 'policy') {
    if (Object.keys(document.resources).length > 0) {
      report(['resources'], 'resource_not_allowed', 'a policy cannot declare resources')
    }
    const admin: Resource = Object.freeze({
      uri: ceilings.gatewayIssuer,
      audience: ceilings.gatewayIssuer,
      alsoKnownAs: [],
      subject: TEXT_SUBJECT,
      scopes: new Set<string>(ADMIN_SCOPES),
      roles: new Map<string, readonly string[]>(Object.entries(ADMIN_ROLES)),
      maxLifetimeSeconds: ceilings.maxTokenLifetimeSeconds,
      algorithm: undefined,
      typ: ACCESS_TOKEN_TYP,
      preset: undefined,
      audit: 'standard',
      hasStatusList: false,
      trustDomain: ceilings.trustDomain,
      proofOfPossession: 'optional',
      metadata: undefined,
    })
    return new Map([
      [POLICY_RESOURCE, admin],
      [canonicalResource(ceilings.gatewayIssuer), admin],
    ])
  }
  const resources = new Map<string, Resource>()
  for (const [uri, source] of Object.entries(document.resources)) {
    const resource = compileResource(uri, source, ceilings, report)
    const other = findResource(resources, uri)
    if (other !== undefined) {
      const message = `is another spelling of ${other.uri} (RFC 3986 §6.2)`
      report(['resources', uri], 'resource_repeated', message)
    }
    resources.set(canonicalResource(uri), resource)
  }
  checkNames(resources, ceilings, report)
  return resources
}

/** Each name of a resource, besides its URI, with its place in the document. */
function namesOf({ uri, audience, alsoKnownAs }: Resource) {
  return [
    ...(audience === uri ? [] : [{ name: audience, place: ['audience'] }]),
    ...alsoKnownAs.map((name, index) => ({ name, place: ['also_known_as', index] })),
  ]
}

/**
 * Checks the names of all resources. A name that two resources have could select the wrong one, and
 * a name of this gateway could grant the admin API (ADM-03).
 */
function checkNames(
  resources: ReadonlyMap<string, Resource>,
  { gatewayIssuer }: Ceilings,
  report: Report,
): void {
  const owners = new Map([...resources].map(([canonical, { uri }]) => [canonical, uri]))
  for (const resource of resources.values()) {
    const { uri } = resource
    for (const { name, place } of namesOf(resource)) {
      const at = ['resources', uri, ...place]
      const owner = owners.get(canonicalResource(name))
      if (isGatewayResource(name, gatewayIssuer)) {
        report(at, 'resource_reserved', 'is this gateway: only BOOTSTRAP_TRUST grants its scopes')
      } else if (owner !== undefined) {
        const whose = owner === uri ? 'this resource' : owner
        report(at, 'resource_repeated', `"${name}" is already a name of ${whose}`)
      }
      owners.set(canonicalResource(name), owner ?? uri)
    }
  }
}

/** The resources by every name that a request may contain. */
export function indexTargets(
  resources: ReadonlyMap<string, Resource>,
): ReadonlyMap<string, Resource> {
  const targets = new Map<string, Resource>()
  for (const resource of resources.values()) {
    for (const name of [resource.uri, resource.audience, ...resource.alsoKnownAs]) {
      targets.set(canonicalResource(name), resource)
    }
  }
  return targets
}

const TEXT_SUBJECT: SubjectForm = Object.freeze({ kind: 'text', maxBytes: undefined })

function compileResource(
  uri: string,
  source: ResourceSource,
  ceilings: Ceilings,
  report: Report,
): Resource {
  const at = ['resources', uri]
  if (!RESOURCE_URI.test(uri)) {
    report(at, 'resource_invalid', 'must be an absolute URI without a fragment')
  }
  if (isGatewayResource(uri, ceilings.gatewayIssuer)) {
    // Otherwise the authors of a trust document could grant themselves the admin API (ADM-03).
    report(at, 'resource_reserved', 'is this gateway: only BOOTSTRAP_TRUST grants its scopes')
  }
  if (source.audience !== undefined && ABSOLUTE_URI.test(source.audience)) {
    const message = 'is an absolute URI: declare the resource under this URI instead'
    report([...at, 'audience'], 'audience_invalid', message)
  }
  const repeated = source.scopes.find((scope, index) => source.scopes.indexOf(scope) !== index)
  if (repeated !== undefined) {
    report([...at, 'scopes'], 'scope_repeated', `duplicate scope "${repeated}"`)
  }
  const defaults = applyPreset(uri, source, at, report)
  const typ = source.typ ?? defaults.typ
  if (defaults.preset !== undefined && source.proof_of_possession === 'required') {
    // Otherwise a bound token would seem safe with a consumer that takes it as a bearer token.
    const message = 'this consumer checks no proof of possession'
    report([...at, 'proof_of_possession'], 'preset_contradicted', message)
  }
  const { trustDomain } = ceilings
  checkTrustDomain({ typ, trustDomain }, at, report)
  return Object.freeze({
    uri,
    audience: source.audience ?? defaults.audience ?? uri,
    alsoKnownAs: Object.freeze([...(source.also_known_as ?? [])]),
    subject: Object.freeze({ ...defaults.subject, kind: source.subject ?? defaults.subject.kind }),
    scopes: new Set([...source.scopes, ...defaults.scopes]),
    maxLifetimeSeconds: compileLifetime(source.max_lifetime, defaults.maxLifetimeSeconds, {
      at,
      ceilings,
      report,
    }),
    algorithm: source.algorithm,
    typ,
    preset: defaults.preset,
    audit: source.audit ?? 'standard',
    hasStatusList: source.status_list === true,
    trustDomain,
    proofOfPossession: source.proof_of_possession ?? 'optional',
    metadata: compileMetadata(uri, source.protected_resource_metadata, ceilings, report),
  })
}

type LifetimeContext = {
  /** Where the resource is in the document. */
  readonly at: readonly string[]
  readonly ceilings: Ceilings
  readonly report: Report
}

function compileLifetime(
  text: string | undefined,
  usualSeconds: number,
  { at, ceilings, report }: LifetimeContext,
): number {
  const ceiling = ceilings.maxTokenLifetimeSeconds
  if (text === undefined) return Math.min(usualSeconds, ceiling)
  const seconds = parseDuration(text)
  if (seconds > ceiling) {
    report(
      [...at, 'max_lifetime'],
      'lifetime_above_ceiling',
      `is above the deployment's ceiling of ${ceiling} seconds`,
    )
  }
  if (seconds < MIN_TOKEN_LIFETIME_SECONDS) {
    report(
      [...at, 'max_lifetime'],
      'lifetime_too_short',
      `is below the minimum of ${MIN_TOKEN_LIFETIME_SECONDS} seconds`,
    )
  }
  return seconds
}
