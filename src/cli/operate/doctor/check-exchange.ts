/** Makes an exchange as a job does, and verifies the issued token with the published keys. */
import { endpointUrl, judgeRefusal, parseObject, send } from '../../../client/in-house.ts'
import {
  type ExchangedToken,
  ExchangeError,
  type ExchangeErrorCode,
  type ExchangeOptions,
  exchange,
} from '../../../client/index.ts'
import { readDecisionId } from '../../../contract/decisions/id.ts'
import { type PublicKeyRing, verifyOwnToken } from '../../../core/tokens/own-token.ts'
import { PATHS } from '../../../protocol/paths.ts'
import { SIGNING_ALGORITHMS } from '../../../protocol/token.ts'
import { describeExchangeFailure } from '../../workload/exchange-failure.ts'
import type { Finding } from './check-subject.ts'
import { explainInvalidToken } from './invalid-token.ts'
import { fail, pass, type Step } from './step.ts'

export type ExchangeFinding = Finding<ExchangedToken> & {
  /** How many seconds the clock of this machine is ahead of the gateway's, if known. */
  readonly aheadSeconds: number | undefined
}

export async function checkExchange(options: ExchangeOptions): Promise<ExchangeFinding> {
  try {
    const issued = await exchange(options)
    const aheadSeconds = readAheadOf(issued.decisionId, Date.now())
    const { expiresInSeconds, scopes, decisionId } = issued
    const details = [`scope: ${scopes.join(' ')}`, `decision: ${decisionId}`]
    const message = `the gateway issued a token for ${expiresInSeconds} seconds`
    return { step: pass('exchange', message, { details }), value: issued, aheadSeconds }
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error
    const aheadSeconds = readAheadOf(error.decisionId, Date.now())
    const { message, hints, exitCode } = describeExchangeFailure(error)
    const step = fail('exchange', message, {
      details: hints,
      ...hintRefusal(error, options.url),
      exitCode,
    })
    return { step, value: undefined, aheadSeconds }
  }
}

/** No clock is wrong by a century. */
const LONGEST_SECONDS = 100 * 366 * 86_400

/**
 * The id of a decision has the gateway's time, also that of a refusal. `at` is in epoch milliseconds. A
 * server in front of the gateway may have made the id, so one without a time is possible. A gateway of
 * 0.2.0 has random bytes in place of the time, and nearly all of them are centuries away.
 */
export function readAheadOf(decisionId: string | undefined, at: number): number | undefined {
  const theirs = decisionId === undefined ? undefined : readDecisionId(decisionId)?.at
  const seconds = theirs === undefined ? undefined : Math.round((at - theirs) / 1000)
  return seconds === undefined || Math.abs(seconds) > LONGEST_SECONDS ? undefined : seconds
}

const REFUSAL_HINTS: Readonly<Partial<Record<ExchangeErrorCode, string>>> = {
  invalid_target: 'check --resource: it must be a URI of the trust document',
  invalid_scope: 'request fewer scopes with --scope, or have the rule grant them',
}

function hintRefusal(error: ExchangeError, url: string): { readonly hint?: string } {
  const { code, isTemporary, decisionId } = error
  const hint = REFUSAL_HINTS[code] ?? (isTemporary ? 'the same command may work later' : undefined)
  if (hint !== undefined) return { hint }
  // One code has many reasons, from a used token to a rule that does not match. The decision has them.
  if (decisionId === undefined) return {}
  const command = `npx edgemint decisions show ${decisionId} --url ${url}`
  return { hint: `an administrator sees the exact reason: ${command}` }
}

/** Verifies an issued token. `issuer` is given where the gateway is reached at another address. */
export async function checkIssuedToken(
  url: string,
  issued: ExchangedToken,
  issuer = url.replace(/\/+$/, ''),
): Promise<Step> {
  const answer = await send({ url: endpointUrl(url, PATHS.jwks), method: 'GET' })
  // Without the keys nothing is known about the token.
  if (answer.status !== 200) throw judgeRefusal(answer)
  const ring = readRing(parseObject(answer.text)?.keys)
  const at = Math.floor(Date.now() / 1000)
  const claims = await verifyOwnToken(issued.accessToken, ring, issuer, at)
  if (claims !== undefined) {
    return pass('issued_token', `the issued token is valid with the keys of ${PATHS.jwks}`)
  }
  const { message, hint } = explainInvalidToken(issued.accessToken, ring, issuer, at)
  return fail('issued_token', message, { hint })
}

/**
 * Reads the usable keys. Leaves out the others, because the token may be signed with a usable key.
 */
function readRing(keys: unknown): PublicKeyRing {
  const list: readonly unknown[] = Array.isArray(keys) ? keys : []
  return {
    keys: list.flatMap((key) => {
      if (typeof key !== 'object' || key === null || !('kid' in key) || !('alg' in key)) return []
      const { kid } = key
      const algorithm = SIGNING_ALGORITHMS.find((name) => name === key.alg)
      if (typeof kid !== 'string' || algorithm === undefined) return []
      return [{ keyId: kid, algorithm, publicJwk: { ...key, kid, alg: algorithm } }]
    }),
  }
}
