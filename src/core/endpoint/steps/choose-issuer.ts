/**
 * Step 3 of an exchange: which issuer the token names, in the trust document or in the deploy-time
 * policy. Nothing is proven yet, so only `iss` and the type of the token are read.
 */
import { ok, type Result } from '../../../web/result.ts'
import { type Denial, deny } from '../../denial.ts'
import { findIssuer } from '../../evidence/find-issuer.ts'
import type { UntrustedToken } from '../../evidence/peek.ts'
import { checkPresentation } from '../../evidence/token-kinds.ts'
import { loggableHash } from '../../loggable.ts'
import type { CompiledTrust, TrustedIssuer } from '../../policy/compile/compiled.ts'
import { isGatewayResource } from '../../policy/compile/resource-uri.ts'
import { Unavailable } from '../../ports.ts'
import type { TrustView } from '../../trust-view.ts'
import type { Course } from '../course.ts'
import type { TokenRequest } from '../parse.ts'

type Question = {
  readonly request: TokenRequest
  readonly token: UntrustedToken
  readonly view: TrustView
  readonly gatewayIssuer: string
}

export type ChosenIssuer = {
  readonly issuer: TrustedIssuer
  /** The document that has the issuer and its rules. */
  readonly trust: CompiledTrust
  /** Whether the subject token is a token of this gateway. */
  readonly isOwn: boolean
  /** Whether the request is for the admin API. */
  readonly isForGateway: boolean
}

/** Throws `Unavailable` if there is no usable trust document. */
export function chooseIssuer(
  { request, token, view, gatewayIssuer }: Question,
  { facts, evidence }: Pick<Course, 'facts' | 'evidence'>,
): Result<ChosenIssuer, Denial> {
  // A request that names no resource is never for the gateway.
  const isForGateway =
    request.resource !== undefined && isGatewayResource(request.resource, gatewayIssuer)
  // Admin tokens do not depend on the trust document: otherwise no one could replace a broken one.
  const searched = isForGateway ? 'policy' : 'document'
  const trust = view[searched]
  if (trust === undefined) throw new Unavailable('trust_document')
  evidence.trust = trust
  const { presentation } = request.presented
  // Only the type `access_token` means a token of this gateway (RFC 8693 §3). As an authorization
  // grant or as a client assertion, it is one of an issuer that no document can trust (EXC-07).
  const isOwn = presentation === 'access_token' && token.issuer === gatewayIssuer
  if (isOwn && isForGateway) {
    const resourceHash = loggableHash(request.resource ?? '')
    return deny({ reason: 'resource_unknown', facts: { resourceHash } })
  }
  const issuer = isOwn ? trust.own?.issuer : findIssuer(trust, token.issuer)
  if (issuer === undefined) {
    return presentation === 'access_token'
      ? deny({ reason: 'token_type_unsupported', at: 'subject_token_type' })
      : deny({ reason: 'issuer_not_trusted', facts: { iss: 'unknown', searched } })
  }
  facts.issuer = issuer.name
  const refused = isOwn ? undefined : checkPresentation(issuer, presentation)
  if (refused !== undefined) return refused
  return ok({ issuer, trust, isOwn, isForGateway })
}
