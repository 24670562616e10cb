/** Compiles one resource entry: the scopes, the longest lifetime and the signature of its tokens. */

import { MIN_TOKEN_LIFETIME_SECONDS } from '../../../contract/limits.ts'
import type { ResourceSource } from '../../../contract/trust-document.ts'
import { ACCESS_TOKEN_TYP } from '../../../protocol/token.ts'
import { parseDuration } from '../../../web/moment.ts'
import type { Ceilings, Resource } from './compiled.ts'
import type { Report } from './context.ts'
import { isGatewayResource } from './resource-uri.ts'

/** RFC 8693 §2.1: an absolute URI without a fragment. */
const RESOURCE_URI = /^[A-Za-z][A-Za-z0-9+.-]*:[^\s#\p{Cc}]+$/u

export function compileResource(
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
  const repeated = source.scopes.find((scope, index) => source.scopes.indexOf(scope) !== index)
  if (repeated !== undefined) {
    report([...at, 'scopes'], 'scope_repeated', `duplicate scope "${repeated}"`)
  }
  if (source.proof_of_possession === 'required') {
    report(
      [...at, 'proof_of_possession'],
      'not_supported',
      'is not supported by this version: it issues bearer tokens only',
    )
  }
  if (source.audit === 'strict') {
    report(
      [...at, 'audit'],
      'not_supported',
      '"strict" is not supported by this version: decisions are logged, but not stored before the answer',
    )
  }
  return Object.freeze({
    uri,
    scopes: new Set(source.scopes),
    maxLifetimeSeconds: compileLifetime(source.max_lifetime, at, ceilings, report),
    algorithm: source.algorithm,
    typ: source.typ ?? ACCESS_TOKEN_TYP,
    audit: source.audit ?? 'standard',
  })
}

function compileLifetime(
  text: string | undefined,
  at: readonly string[],
  ceilings: Ceilings,
  report: Report,
): number {
  const ceiling = ceilings.maxTokenLifetimeSeconds
  if (text === undefined) return ceiling
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
