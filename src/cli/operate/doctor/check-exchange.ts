/** Makes an exchange as a job does, and verifies the issued token with the published keys. */
import { endpointUrl, judgeRefusal, parseObject, send } from '../../../client/in-house.ts'
import {
  type ExchangedToken,
  ExchangeError,
  type ExchangeErrorCode,
  type ExchangeOptions,
  exchange,
} from '../../../client/index.ts'
import { type PublicKeyRing, verifyOwnToken } from '../../../core/tokens/own-token.ts'
import { PATHS } from '../../../protocol/paths.ts'
import { SIGNING_ALGORITHMS } from '../../../protocol/token.ts'
import { describeExchangeFailure } from '../../workload/exchange-failure.ts'
import type { Finding } from './check-subject.ts'
import { explainInvalidToken } from './invalid-token.ts'
import { fail, pass } from './step.ts'

export async function checkExchange(options: ExchangeOptions): Promise<Finding<ExchangedToken>> {
  try {
    const issued = await exchange(options)
    const { expiresInSeconds, scopes, decisionId } = issued
    const details = [`scope: ${scopes.join(' ')}`, `decision: ${decisionId}`]
    const message = `the gateway issued a token for ${expiresInSeconds} seconds`
    return { step: pass('exchange', message, { details }), value: issued }
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error
    const { message, hints, exitCode } = describeExchangeFailure(error)
    const step = fail('exchange', message, {
      details: hints,
      ...hintRefusal(error),
      exitCode,
    })
    return { step, value: undefined }
  }
}

const REFUSAL_HINTS: Readonly<Partial<Record<ExchangeErrorCode, string>>> = {
  invalid_target: 'check --resource: it must be a URI of the trust document',
  invalid_scope: 'request fewer scopes with --scope, or have the rule grant them',
  invalid_request:
    'npx edgemint explain --trust trust.yaml --issuer NAME --token-file FILE says why rules do not match',
}

function hintRefusal({ code, isTemporary }: ExchangeError): { readonly hint?: string } {
  const hint = REFUSAL_HINTS[code] ?? (isTemporary ? 'the same command may work later' : undefined)
  return hint === undefined ? {} : { hint }
}

/**
 * Verifies an issued token. The value is its `iat`, which is by the clock of the gateway. `issuer` is
 * given where the gateway is reached at another address.
 */
export async function checkIssuedToken(
  url: string,
  issued: ExchangedToken,
  issuer = url.replace(/\/+$/, ''),
): Promise<Finding<number>> {
  const answer = await send({ url: endpointUrl(url, PATHS.jwks), method: 'GET' })
  // Without the keys nothing is known about the token.
  if (answer.status !== 200) throw judgeRefusal(answer)
  const ring = readRing(parseObject(answer.text)?.keys)
  const at = Math.floor(Date.now() / 1000)
  const claims = await verifyOwnToken(issued.accessToken, ring, issuer, at)
  if (claims !== undefined) {
    const step = pass('issued_token', `the issued token is valid with the keys of ${PATHS.jwks}`)
    return { step, value: claims.iat }
  }
  const { message, hint } = explainInvalidToken(issued.accessToken, ring, issuer, at)
  const step = fail('issued_token', message, { hint })
  return { step, value: undefined }
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
