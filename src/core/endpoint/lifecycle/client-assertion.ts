/**
 * Callers of `/introspect` and `/revoke` that authenticate with a client assertion (RFC 7523 §2.2): the
 * token of their platform, as at `/token` with `client_credentials`. It is verified in the same way.
 * What the caller may do with it is decided here too.
 */
import type { AdminScope } from '../../../contract/admin.ts'
import type { IssuedTokenClaims } from '../../../protocol/token.ts'
import { ok, type Result } from '../../../web/result.ts'
import type { VerifySignature } from '../../../web/signature.ts'
import { type Denial, deny } from '../../denial.ts'
import { findIssuer } from '../../evidence/find-issuer.ts'
import type { VerifiedIdentity } from '../../evidence/identity.ts'
import { peek } from '../../evidence/peek.ts'
import { prove } from '../../evidence/prove.ts'
import { checkPresentation } from '../../evidence/token-kinds.ts'
import { CLIENT_CREDENTIALS } from '../../grants/client-credentials.ts'
import type { CompiledTrust, TrustedIssuer } from '../../policy/compile/compiled.ts'
import type { RequestContext } from '../../policy/decide/decision-request.ts'
import { evaluate } from '../../policy/decide/evaluate.ts'
import { type LoadTrust, type RefreshKeys, Unavailable } from '../../ports.ts'
import type { LoadRevocations, Revocations } from '../../revocation-ports.ts'
import { checkIssuing } from '../../tokens/check-issuing.ts'
import { type Form, given } from '../form.ts'

export type AssertionPorts = {
  readonly loadTrust: LoadTrust
  readonly loadRevocations: LoadRevocations
  readonly refreshKeys: RefreshKeys
  readonly verifySignature: VerifySignature
  readonly issuerKeysMaxStaleSeconds: number
  /** Facts about the connection, for rules with a `condition`. */
  readonly context?: RequestContext
}

/** A caller whose assertion was verified. */
export type AssertedCaller = {
  readonly identity: VerifiedIdentity
  readonly issuer: TrustedIssuer
  readonly trust: CompiledTrust
  readonly revocations: Revocations
  /** Epoch seconds. */
  readonly at: number
}

/** The parameters of a client assertion. */
export const ASSERTION_PARAMETERS = CLIENT_CREDENTIALS.parameters

export function hasAssertion(form: Form): boolean {
  return ASSERTION_PARAMETERS.some(({ name }) => given(form, name).length > 0)
}

/** A request that authenticates its caller with an assertion. */
export type AssertionQuestion = {
  readonly form: Form
  /** The `client_id` of the form. */
  readonly clientId: string | undefined
  readonly gatewayIssuer: string
  /** Epoch seconds. */
  readonly at: number
}

/**
 * Verifies the assertion. The form has it, and its parameters are not repeated. As at `/token`, one of
 * a revoked subject or issuer is refused. Throws `Unavailable` if the trust document, the keys of the
 * issuer or the revocations cannot be used.
 */
export async function verifyAssertion(
  { form, clientId, gatewayIssuer, at }: AssertionQuestion,
  ports: AssertionPorts,
): Promise<Result<AssertedCaller, Denial>> {
  const presented = CLIENT_CREDENTIALS.read(form)
  if (!presented.ok) return presented
  const { assertion, presentation } = presented.value
  const token = peek(assertion)
  if (!token.ok) return token
  const view = await ports.loadTrust(at)
  const trust = view.document
  if (trust === undefined) throw new Unavailable('trust_document')
  const issuer = findIssuer(trust, token.value.issuer)
  if (issuer === undefined) {
    return deny({ reason: 'issuer_not_trusted', facts: { iss: 'unknown', searched: 'document' } })
  }
  const refused = checkPresentation(issuer, presentation)
  if (refused !== undefined) return refused
  const question = { ...ports, gatewayIssuer, presentation, view, receivedAt: at, issuer }
  const identity = await prove({ ...question, token: token.value })
  if (!identity.ok) return identity
  if (issuer.isClosed) throw new Unavailable('trust_document')
  // RFC 7521 §4.2: a `client_id` must name the client that the assertion authenticates (CA-03).
  if (clientId !== undefined && clientId !== identity.value.subject) {
    return deny({ reason: 'client_mismatch' })
  }
  const revocations = await ports.loadRevocations(at)
  const caller = { identity: identity.value, issuer, trust, revocations, at }
  const allowed = await checkRevocations(caller, undefined)
  return allowed.ok ? ok(caller) : allowed
}

/** A revocation ends what its subject, its issuer and its rule would give: here, to be a caller. */
function checkRevocations({ identity, revocations, at }: AssertedCaller, rule: string | undefined) {
  const { subject } = identity
  const planned = { identity, subject, rule, parent: undefined, actor: undefined }
  return checkIssuing(revocations, { ...planned, isForGateway: false }, at)
}

/** The scope of a resource that lets its holder introspect the tokens of the resource. */
const SCOPE: AdminScope = 'tokens:introspect'

/**
 * Whether a rule lets the caller introspect tokens with this audience: it grants `tokens:introspect`
 * of a resource whose tokens have it (IN-06).
 */
export async function mayIntrospect(
  caller: AssertedCaller,
  audience: string,
  context: RequestContext | undefined,
): Promise<boolean> {
  const { identity, issuer, trust, at } = caller
  const asked = { scopes: [SCOPE], rule: undefined, ...(context === undefined ? {} : { context }) }
  for (const { audience: own, uri: resource } of trust.resources.values()) {
    if (own !== audience) continue
    const request = { ...asked, resource }
    const decision = evaluate({ trust, issuer, identity, request, at })
    if (decision.kind !== 'granted') continue
    if ((await checkRevocations(caller, decision.rule.name)).ok) return true
  }
  return false
}

/** Whether the caller is the workload that got the token, or the first one of its chain (RV-04). */
export function isHolder({ identity }: AssertedCaller, { origin }: IssuedTokenClaims): boolean {
  return origin.iss === identity.issuer && origin.sub === identity.subject
}
