/**
 * Token introspection (RFC 7662). The caller proves itself with a token of ours: one for the same
 * resource, an admin token with `tokens:introspect`, or the very token it asks about. Without a
 * header the token asked about is that proof: who can send it in the form can send it in the header.
 * Whatever is wrong with the token asked about, the answer is the same: not active.
 */
import type { AdminScope } from '../../contract/admin.ts'
import { parseBearer } from '../../protocol/bearer.ts'
import type { IssuedTokenClaims } from '../../protocol/token.ts'
import { ok, type Result } from '../../web/result.ts'
import { type Denial, deny } from '../denial.ts'
import type { Clock, IsRevoked } from '../ports.ts'
import type { KeyRing } from '../tokens/keyring.ts'
import { scopesOf, verifyOwnToken } from '../tokens/own-token.ts'
import { isEmptySecret, readClient } from './client.ts'
import { type FormBody, parseForm, single } from './form.ts'

export type LifecycleInput = FormBody & { readonly authorization: string | undefined }

export type IntrospectPorts = {
  readonly gatewayIssuer: string
  readonly keyRing: KeyRing
  readonly clock: Clock
  readonly isRevoked: IsRevoked
}

/**
 * RFC 7662 §2.2. For an inactive token the answer has no other member, so it does not tell an
 * expired token from a revoked or a foreign one (IN-05).
 */
export type Introspection =
  | { readonly active: false }
  | ({ readonly active: true; readonly token_type: 'Bearer' } & IssuedTokenClaims)

const INACTIVE = { active: false } as const
const SCOPE: AdminScope = 'tokens:introspect'

/** Throws `Unavailable` when the revocation log cannot be asked. */
export async function introspect(
  input: LifecycleInput,
  ports: IntrospectPorts,
): Promise<Result<Introspection, Denial>> {
  const caller = readCaller(input.authorization)
  if (!caller.ok) return caller
  const token = readToken(input)
  if (!token.ok) return token
  const claims = await verifyLive(token.value, ports)
  // The holder of a token may always know whether it still works.
  const bearer = caller.value ?? token.value
  if (bearer === token.value) return ok(describe(claims))
  const asking = await verifyLive(bearer, ports)
  if (asking === undefined) return deny({ reason: 'caller_unauthenticated' })
  if (claims === undefined || !mayAsk(asking, claims, ports.gatewayIssuer)) return ok(INACTIVE)
  return ok(describe(claims))
}

/**
 * The token by which a caller names itself at `/introspect` and `/revoke`; undefined when it sends
 * none. HTTP Basic with an empty secret is what clients without a secret send: it says nothing.
 */
export function readCaller(authorization: string | undefined): Result<string | undefined, Denial> {
  if (authorization === undefined || isEmptySecret(authorization)) return ok(undefined)
  const reading = parseBearer(authorization)
  if (reading.kind === 'bearer') return ok(reading.token)
  // A client with a secret is told to remove it: no token would make that header right.
  const isClient = /^\s*basic\b/i.test(authorization)
  return deny({ reason: isClient ? 'client_authentication_refused' : 'caller_unauthenticated' })
}

/** Each is read by `single`, which refuses a repeated one by its name. */
const OWN_PARAMETERS: readonly string[] = ['token', 'token_type_hint', 'client_id']

/** The `token` parameter. A wrong `token_type_hint` must not prevent an answer (IN-08, RV-05). */
export function readToken(body: FormBody): Result<string, Denial> {
  const form = parseForm(body)
  if (!form.ok) return form
  const hint = single(form.value, 'token_type_hint')
  if (!hint.ok) return hint
  // RFC 6749 §3.2: no parameter may be repeated. An unknown name is not reflected (EXC-11).
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
  return claims === undefined ? INACTIVE : { active: true, token_type: 'Bearer', ...claims }
}
