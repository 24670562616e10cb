/**
 * Checks the token that authenticates a caller of the admin API, `/introspect` or `/revoke`, if it is
 * bound. The proof must name the configured host of the gateway, whatever the `Host` header says.
 */
import type { RenderedResponse } from '../../core/endpoint/render.ts'
import {
  type CallerOutcome,
  type CallerToken,
  checkCaller,
} from '../../core/evidence/proof/check-caller.ts'
import { DPOP_ALGORITHMS, DPOP_NONCE } from '../../protocol/dpop/words.ts'
import { type IssuedTokenClaims, tokenTypeOf } from '../../protocol/token.ts'
import { sha256Hex } from '../../web/sha256.ts'
import { readClock } from '../compose.ts'
import type { AppContext } from '../context.ts'
import { readProofContext } from '../http/connection/connection.ts'

/** `claims` are those of the caller's verified token. */
export function proveCaller(
  c: AppContext,
  claims: object,
  caller: CallerToken,
): Promise<CallerOutcome> {
  const { settings, verifySignature, checkCallerNonce, claimReplay } = c.var.gateway
  const request = c.req.raw
  return checkCaller(claims, caller, readProofContext(request, c.env), {
    url: `${new URL(settings.issuer).origin}${new URL(request.url).pathname}`,
    now: readClock(),
    verifySignature,
    checkNonce: checkCallerNonce,
    claimReplay,
    sha256: async (text) => sha256Hex(text),
  })
}

export const INVALID_TOKEN: CallerOutcome = { fault: 'invalid_token' }

/**
 * The headers of a refusal (RFC 9449 §7.1, §9). A bound token that was sent as a bearer token gets the
 * challenge of its own scheme.
 */
export function challengeOf(
  { fault, nonce }: CallerOutcome,
  { scheme: used }: CallerToken,
  claims: Pick<IssuedTokenClaims, 'cnf'> = {},
): Readonly<Record<string, string>> {
  const scheme = used === 'DPoP' ? used : tokenTypeOf(claims.cnf)
  const algs = scheme === 'DPoP' ? `, algs="${DPOP_ALGORITHMS.join(' ')}"` : ''
  return {
    'www-authenticate': `${scheme} error="${fault}"${algs}`,
    ...(nonce === undefined ? {} : { [DPOP_NONCE]: nonce }),
  }
}

/**
 * Adds the nonce for the next proof (RFC 9449 §8.2), so that a caller with an older one is not refused
 * later.
 */
export function tellNonce(response: Response, { nonce }: CallerOutcome): Response {
  if (nonce !== undefined) response.headers.set(DPOP_NONCE, nonce)
  return response
}

/**
 * The port for `/introspect` and `/revoke`, and the headers of its last outcome. The core does not
 * know them.
 */
export function createProveCaller(c: AppContext) {
  let last: CallerOutcome = {}
  let refusal: Readonly<Record<string, string>> | undefined
  return {
    proveCaller: async (claims: IssuedTokenClaims, caller: CallerToken): Promise<boolean> => {
      last = await proveCaller(c, claims, caller)
      if (last.fault !== undefined) refusal = challengeOf(last, caller, claims)
      return last.fault === undefined
    },
    refuse: ({ headers, ...rest }: RenderedResponse): RenderedResponse => ({
      ...rest,
      headers: refusal === undefined ? headers : { ...headers, ...refusal },
    }),
    finish: (response: Response): Response => tellNonce(response, last),
  }
}
