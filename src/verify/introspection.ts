/**
 * Asks the gateway whether a token with a valid signature was revoked (RFC 7662), and caches the
 * answer. The gateway accepts the token itself as the credential, so the API needs no other. Without
 * an answer the request is refused. Otherwise an attacker could block the introspection request and
 * use a revoked token (REV-02).
 */

import { FORM_CONTENT_TYPE } from '../protocol/oauth.ts'
import { encodeBase64Url } from '../web/base64.ts'
import { wait } from '../web/deadline.ts'
import { isJsonObject } from '../web/json.ts'
import type { VerifiedToken } from './claims.ts'
import { fetchJson } from './keys/fetch-json.ts'
import { createLoadGate } from './keys/load-gate.ts'
import type { RequestContext } from './keys/remote-keys.ts'
import {
  GATEWAY_TIMEOUT_MILLISECONDS,
  LOAD_ABANDONED_SECONDS,
  LOAD_OVERTAKE_POLLS,
  LOAD_POLL_MILLISECONDS,
  MAX_INTROSPECTION_FAILURES,
  MAX_REMEMBERED_ANSWERS,
} from './limits.ts'
import type { VerifierSettings } from './options.ts'
import { type GatewayFault, invalidToken, VerificationError } from './verification-error.ts'

/** Throws `invalid_token` for a revoked token, `revocation_unavailable` without an answer. */
export type CheckRevocation = (
  token: string,
  verified: VerifiedToken,
  context: RequestContext,
) => Promise<void>

type Answer = { readonly isActive: boolean; readonly askedAt: number; readonly validUntil: number }
type Verdict =
  | { readonly ok: true; readonly word: 'active' | 'inactive' | 'unauthorized' }
  | { readonly ok: false; readonly fault: GatewayFault; readonly status?: number }
type Ports = Pick<VerifierSettings, 'fetch' | 'now'>

export function createRevocationCheck(
  maxAgeSeconds: number,
  findEndpoint: (context: RequestContext) => Promise<string | undefined>,
  ports: Ports,
): CheckRevocation {
  const { fetch, now } = ports
  /** Keyed by a digest of the token, so that a memory dump contains no usable token (PR-14). */
  const answers = new Map<string, Answer>()
  /** How many requests are asking about a token, by its digest, and when the last one began. */
  const asking = new Map<string, { readonly count: number; readonly at: number }>()
  /** While the gateway fails, most requests are refused without a question. */
  const gate = createLoadGate(now, MAX_INTROSPECTION_FAILURES)
  /** The fault of the last failed question. */
  let fault: GatewayFault | undefined

  function remember(digest: string, answer: Answer): void {
    // A late "active" must not replace a newer "revoked", because a revocation is final.
    const known = answers.get(digest)
    if (known?.isActive === false && known.validUntil > now()) return
    answers.delete(digest)
    answers.set(digest, answer)
    forgetOldest(answers)
  }

  function findAnswer(digest: string): Answer | undefined {
    const known = answers.get(digest)
    const at = now()
    // An answer from the future was cached before the clock was set back. Its age is unknown.
    return known !== undefined && known.askedAt <= at && at < known.validUntil ? known : undefined
  }

  /**
   * Waits while other requests ask about the same token. Undefined: this request must ask. Each half
   * second lets one more ask, because the platform may have ended a request that asked. A slow gateway
   * would become slower if all of them did. It polls, as `keys/remote-keys.ts` explains.
   */
  async function waitForOthers(digest: string): Promise<Answer | undefined> {
    for (let poll = 0; ; poll += 1) {
      const known = findAnswer(digest)
      if (known !== undefined || countAsking(digest) * LOAD_OVERTAKE_POLLS <= poll) return known
      await wait(LOAD_POLL_MILLISECONDS)
    }
  }

  function countAsking(digest: string): number {
    const { count, at } = asking.get(digest) ?? { count: 0, at: 0 }
    return Math.abs(now() - at) < LOAD_ABANDONED_SECONDS ? count : 0
  }

  function endAsking(digest: string): void {
    const known = asking.get(digest)
    if (known === undefined || known.count <= 1) asking.delete(digest)
    else asking.set(digest, { ...known, count: known.count - 1 })
  }

  async function askOnce(
    token: string,
    digest: string,
    verified: VerifiedToken,
    context: RequestContext,
  ): Promise<boolean> {
    // An answer that is not kept helps no other request.
    if (maxAgeSeconds > 0) asking.set(digest, { count: countAsking(digest) + 1, at: now() })
    forgetOldest(asking)
    try {
      return await ask(token, digest, verified, context)
    } finally {
      endAsking(digest)
    }
  }

  async function ask(
    token: string,
    digest: string,
    { expiresAt, claims }: VerifiedToken,
    context: RequestContext,
  ): Promise<boolean> {
    const askedAt = now()
    const endpoint = await findEndpoint(context)
    if (endpoint === undefined) throw unavailable('introspection_address_refused')
    const mark = gate.enter()
    if (mark === undefined) throw unavailable(fault ?? 'refresh_under_way')
    const verdict = await introspect(token, claims.cnf !== undefined, endpoint, fetch)
    gate.leave(mark, isAboutToken(verdict) ? undefined : { ok: verdict.ok, cooldownSeconds: 0 })
    if (!verdict.ok) {
      fault = verdict.fault
      throw unavailable(fault)
    }
    const isActive = verdict.word === 'active'
    // A 401 may also be a fault of the gateway, so it is not cached until the token expires.
    const validUntil = verdict.word === 'inactive' ? expiresAt : askedAt + maxAgeSeconds
    // RFC 7662 §4: no answer outlives the token.
    remember(digest, { isActive, askedAt, validUntil: Math.min(validUntil, expiresAt) })
    return isActive
  }

  return async (token, verified, context) => {
    const digest = await digestToken(token)
    const known = await waitForOthers(digest)
    const isActive = known?.isActive ?? (await askOnce(token, digest, verified, context))
    if (!isActive) throw invalidToken('token_revoked')
  }
}

function forgetOldest(digests: Map<string, unknown>): void {
  const [oldest] = digests.keys()
  if (digests.size > MAX_REMEMBERED_ANSWERS && oldest !== undefined) digests.delete(oldest)
}

/**
 * Whether the gateway, or a proxy or firewall before it, refuses this one request, such as for a long
 * token. The holder of such a token must not pause the questions about others.
 */
function isAboutToken(verdict: Verdict): boolean {
  return !verdict.ok && [400, 403, 413, 431].includes(verdict.status ?? 0)
}

/**
 * Sends one introspection request. Never throws. `unauthorized`: the gateway refused the token as the
 * credential. A bound token is only in the form: as a bearer token it is a credential nowhere (DP-21),
 * and this API cannot prove that it has the key.
 */
async function introspect(
  token: string,
  isBound: boolean,
  endpoint: string,
  fetch: Ports['fetch'],
): Promise<Verdict> {
  const answer = await fetchJson(
    {
      url: endpoint,
      method: 'POST',
      headers: {
        ...(isBound ? {} : { authorization: `Bearer ${token}` }),
        'content-type': FORM_CONTENT_TYPE,
      },
      body: new URLSearchParams({ token }).toString(),
    },
    fetch,
    AbortSignal.timeout(GATEWAY_TIMEOUT_MILLISECONDS),
  )
  if (!answer.ok) return answer.status === 401 ? { ok: true, word: 'unauthorized' } : answer
  const { value } = answer
  if (!isJsonObject(value) || typeof value.active !== 'boolean') {
    return { ok: false, fault: 'answer_malformed' }
  }
  return { ok: true, word: value.active ? 'active' : 'inactive' }
}

/**
 * Returns the digest of the signed part. An ECDSA signature has two valid forms. A digest of the
 * whole token would treat them as two tokens (TOK-11).
 */
async function digestToken(token: string): Promise<string> {
  const signed = new TextEncoder().encode(token.slice(0, token.lastIndexOf('.')))
  return encodeBase64Url(new Uint8Array(await crypto.subtle.digest('SHA-256', signed)))
}

function unavailable(fault: GatewayFault): VerificationError {
  return new VerificationError('revocation_unavailable', fault)
}
