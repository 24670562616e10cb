/**
 * Token introspection (RFC 7662). The caller authenticates with a token of this gateway: one for
 * the same resource, an admin token with `tokens:introspect`, or the introspected token itself. Or it
 * authenticates with a client assertion, and a rule grants it `tokens:introspect` of the resource.
 * Without either, the introspected token authenticates the caller: a caller that can send it in the
 * form could also send it in the header. For every invalid token the answer is the same: not active.
 */
import type { AdminScope } from '../../contract/admin.ts'
import { type IssuedTokenClaims, tokenTypeOf } from '../../protocol/token.ts'
import { ok, type Result } from '../../web/result.ts'
import { type Denial, deny } from '../denial.ts'
import type { CallerToken } from '../evidence/proof/check-caller.ts'
import { readCallerToken } from '../evidence/proof/check-caller.ts'
import type { Clock } from '../ports.ts'
import type { IsRevoked } from '../revocation-ports.ts'
import type { KeyRing } from '../tokens/keyring.ts'
import { revocableOf, scopesOf, verifyOwnToken } from '../tokens/own-token.ts'
import { isEmptySecret, readClient } from './client.ts'
import { type Form, type FormBody, parseForm, single } from './form.ts'
import {
  ASSERTION_PARAMETERS,
  type AssertionPorts,
  hasAssertion,
  mayIntrospect,
  verifyAssertion,
} from './lifecycle/client-assertion.ts'
import { asksForJwt, signIntrospection } from './lifecycle/signed-introspection.ts'

export type LifecycleInput = FormBody & { readonly authorization: string | undefined }

/** Whether a caller may use its verified token: a bound one needs a proof of its key (DP-21). */
export type ProveCaller = (claims: IssuedTokenClaims, caller: CallerToken) => Promise<boolean>
export type IntrospectInput = LifecycleInput & { readonly accept?: string | undefined }

export type IntrospectPorts = {
  readonly gatewayIssuer: string
  readonly keyRing: KeyRing
  readonly clock: Clock
  readonly isRevoked: IsRevoked
  readonly proveCaller: ProveCaller
  readonly assertions: AssertionPorts
}

/**
 * The answer (RFC 7662 §2.2). For an inactive token it has no other member, so that expired,
 * revoked and foreign tokens look the same (IN-05).
 */
export type Introspection =
  | { readonly active: false }
  | ({ readonly active: true; readonly token_type: 'Bearer' | 'DPoP' } & IssuedTokenClaims)

const INACTIVE = { active: false } as const
const SCOPE: AdminScope = 'tokens:introspect'

/** The answer, and who gets it. Undefined: the caller has no credentials of its own. */
type Answer = { readonly introspection: Introspection; readonly audience: string | undefined }

/**
 * Answers an introspection request. The answer is a text if the caller asks for a signed JWT. Throws
 * `Unavailable` if the revocation log cannot be reached.
 */
export async function introspect(
  input: IntrospectInput,
  ports: IntrospectPorts,
): Promise<Result<Introspection | string, Denial>> {
  const answer = await answerCaller(input, ports)
  if (!answer.ok || !asksForJwt(input.accept)) {
    return answer.ok ? ok(answer.value.introspection) : answer
  }
  const { introspection, audience } = answer.value
  // A signed answer names its caller, so a caller must have credentials of its own.
  if (audience === undefined) return deny({ reason: 'caller_unauthenticated' })
  const { gatewayIssuer, clock, keyRing } = ports
  const signed = { gatewayIssuer, audience, issuedAt: clock() }
  return ok(await signIntrospection(introspection, signed, keyRing))
}

async function answerCaller(
  input: LifecycleInput,
  ports: IntrospectPorts,
): Promise<Result<Answer, Denial>> {
  const caller = readCaller(input.authorization)
  if (!caller.ok) return caller
  const question = readQuestion(input)
  if (!question.ok) return question
  const { token } = question.value
  if (hasAssertion(question.value.form)) {
    return answerClient(question.value, caller.value !== undefined, ports)
  }
  const claims = await verifyLive(token, ports)
  // The holder of a token may always ask whether it is active, and needs no proof for that (DP-24).
  if (caller.value === undefined)
    return ok({ introspection: describe(claims), audience: undefined })
  const isHolder = caller.value.token === token
  const asking = isHolder ? claims : await verifyLive(caller.value.token, ports)
  if (isHolder && asking === undefined) return ok({ introspection: INACTIVE, audience: undefined })
  if (asking === undefined || !(await ports.proveCaller(asking, caller.value))) {
    return deny({ reason: 'caller_unauthenticated' })
  }
  // The API that asks about its own tokens is their audience. An administrator is its rule.
  const audience = asking.aud === ports.gatewayIssuer ? asking.client_id : asking.aud
  const isTold = claims !== undefined && (isHolder || mayAsk(asking, claims, ports.gatewayIssuer))
  return ok({ introspection: describe(isTold ? claims : undefined), audience })
}

/** Answers a caller that authenticates with a client assertion. */
async function answerClient(
  question: Question,
  hasToken: boolean,
  ports: IntrospectPorts,
): Promise<Result<Answer, Denial>> {
  const client = await authenticateClient(question, hasToken, ports)
  if (!client.ok) return client
  const claims = await verifyLive(question.token, ports)
  const { context } = ports.assertions
  const isTold = claims !== undefined && (await mayIntrospect(client.value, claims.aud, context))
  const audience = client.value.identity.subject
  return ok({ introspection: describe(isTold ? claims : undefined), audience })
}

/** Verifies the client assertion of a question. Throws `Unavailable`. */
export async function authenticateClient(
  { form, clientId }: Question,
  hasToken: boolean,
  {
    gatewayIssuer,
    clock,
    assertions,
  }: Pick<IntrospectPorts, 'gatewayIssuer' | 'clock' | 'assertions'>,
) {
  // RFC 6749 §2.3: a client uses one method to authenticate in a request.
  if (hasToken) {
    return deny({ reason: 'client_authentication_unsupported', at: 'client_assertion' })
  }
  return verifyAssertion({ form, clientId, gatewayIssuer, at: clock() }, assertions)
}

/**
 * Returns the token with which a caller authenticates at `/introspect` and `/revoke`, or undefined
 * if it sends none. Clients without a secret send HTTP Basic with an empty secret, which counts as
 * none.
 */
export function readCaller(
  authorization: string | undefined,
): Result<CallerToken | undefined, Denial> {
  if (authorization === undefined || isEmptySecret(authorization)) return ok(undefined)
  const caller = readCallerToken(authorization)
  if (caller !== undefined) return ok(caller)
  // The answer tells a client that sends a secret to remove it, because a token would not help.
  const isClient = /^\s*basic\b/i.test(authorization)
  return deny({ reason: isClient ? 'client_authentication_refused' : 'caller_unauthenticated' })
}

/** `single` reads these parameters and refuses a repeated one by its name. */
const OWN_PARAMETERS: readonly string[] = ['token', 'token_type_hint', 'client_id']

/** The parsed parameters of `/introspect` and `/revoke`. */
export type Question = {
  readonly token: string
  readonly form: Form
  readonly clientId: string | undefined
}

/**
 * Reads the `token` parameter and who asks. A wrong `token_type_hint` must not prevent an answer
 * (IN-08, RV-05).
 */
export function readQuestion(body: FormBody): Result<Question, Denial> {
  const form = parseForm(body)
  if (!form.ok) return form
  const hint = single(form.value, 'token_type_hint')
  if (!hint.ok) return hint
  // RFC 6749 §3.2: no parameter may be repeated. The answer does not repeat an unknown name
  // (EXC-11).
  for (const [name, values] of form.value) {
    if (values.length > 1 && !OWN_PARAMETERS.includes(name)) {
      return deny({ reason: 'parameter_repeated' })
    }
  }
  const client = readClient(form.value, undefined, ASSERTION_PARAMETERS)
  if (!client.ok) return client
  const token = single(form.value, 'token')
  if (!token.ok) return token
  // A file often ends in a line feed. A token with one would be unknown, and RFC 7009 answers that as
  // a success.
  const asked = token.value?.trim()
  if (!asked) return deny({ reason: 'parameter_missing', at: 'token' })
  return ok({ token: asked, form: form.value, clientId: client.value.clientId })
}

async function verifyLive(
  token: string,
  ports: IntrospectPorts,
): Promise<IssuedTokenClaims | undefined> {
  const claims = await verifyOwnToken(token, ports.keyRing, ports.gatewayIssuer, ports.clock())
  if (claims === undefined) return undefined
  return (await ports.isRevoked(revocableOf(claims, token))) ? undefined : claims
}

function mayAsk(
  caller: IssuedTokenClaims,
  asked: IssuedTokenClaims,
  gatewayIssuer: string,
): boolean {
  if (caller.aud === gatewayIssuer) return scopesOf(caller).includes(SCOPE)
  return caller.aud === asked.aud
}

function describe(claims: IssuedTokenClaims | undefined): Introspection {
  if (claims === undefined) return INACTIVE
  // A claim that a rule adds may have one of these names.
  const answer = { active: true, token_type: tokenTypeOf(claims.cnf) } as const
  return { ...answer, ...claims, ...answer }
}
