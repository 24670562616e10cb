/**
 * Token introspection (RFC 7662). The caller authenticates with a token of this gateway: one for
 * the same resource, an admin token with `tokens:introspect`, or the introspected token itself.
 * Without an Authorization header, the introspected token authenticates the caller: a caller that
 * can send it in the form could also send it in the header. For every invalid token the answer is
 * the same: not active.
 */
import type { AdminScope } from '../../contract/admin.ts'
import { type IssuedTokenClaims, tokenTypeOf } from '../../protocol/token.ts'
import { ok, type Result } from '../../web/result.ts'
import { type Denial, deny } from '../denial.ts'
import type { CallerToken } from '../evidence/proof/check-caller.ts'
import { readCallerToken } from '../evidence/proof/check-caller.ts'
import type { Clock, IsRevoked } from '../ports.ts'
import type { KeyRing } from '../tokens/keyring.ts'
import { scopesOf, verifyOwnToken } from '../tokens/own-token.ts'
import { isEmptySecret, readClient } from './client.ts'
import { type FormBody, parseForm, single } from './form.ts'

export type LifecycleInput = FormBody & { readonly authorization: string | undefined }

/** Whether a caller may use its verified token: a bound one needs a proof of its key (DP-21). */
export type ProveCaller = (claims: IssuedTokenClaims, caller: CallerToken) => Promise<boolean>

export type IntrospectPorts = {
  readonly gatewayIssuer: string
  readonly keyRing: KeyRing
  readonly clock: Clock
  readonly isRevoked: IsRevoked
  readonly proveCaller: ProveCaller
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

/**
 * Answers an introspection request. Throws `Unavailable` if the revocation log cannot be reached.
 */
export async function introspect(
  input: LifecycleInput,
  ports: IntrospectPorts,
): Promise<Result<Introspection, Denial>> {
  const caller = readCaller(input.authorization)
  if (!caller.ok) return caller
  const token = readToken(input)
  if (!token.ok) return token
  const claims = await verifyLive(token.value, ports)
  // The holder of a token may always ask whether it is active, and needs no proof for that (DP-24).
  if (caller.value === undefined) return ok(describe(claims))
  const isHolder = caller.value.token === token.value
  const asking = isHolder ? claims : await verifyLive(caller.value.token, ports)
  if (isHolder && asking === undefined) return ok(INACTIVE)
  if (asking === undefined || !(await ports.proveCaller(asking, caller.value))) {
    return deny({ reason: 'caller_unauthenticated' })
  }
  if (isHolder) return ok(describe(claims))
  if (claims === undefined || !mayAsk(asking, claims, ports.gatewayIssuer)) return ok(INACTIVE)
  return ok(describe(claims))
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

/**
 * Reads the `token` parameter. A wrong `token_type_hint` must not prevent an answer (IN-08, RV-05).
 */
export function readToken(body: FormBody): Result<string, Denial> {
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
  const client = readClient(form.value, undefined)
  if (!client.ok) return client
  const token = single(form.value, 'token')
  if (!token.ok) return token
  if (token.value === undefined) return deny({ reason: 'parameter_missing', at: 'token' })
  return ok(token.value)
}

async function verifyLive(
  token: string,
  ports: IntrospectPorts,
): Promise<IssuedTokenClaims | undefined> {
  const claims = await verifyOwnToken(token, ports.keyRing, ports.gatewayIssuer, ports.clock())
  if (claims === undefined) return undefined
  return (await ports.isRevoked(claims)) ? undefined : claims
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
