/** The steps of a deployment that ask the gateway itself: its health, and one exchange. */
import { setTimeout as wait } from 'node:timers/promises'
import { endpointUrl, parseObject, send } from '../../../client/in-house.ts'
import { ExchangeError } from '../../../client/index.ts'
import { PATHS } from '../../../protocol/paths.ts'
import { isJsonObject } from '../../../web/json.ts'
import { checkExchange, checkIssuedToken } from '../../operate/doctor/check-exchange.ts'
import { revokeTokens } from '../../operate/revoke-tokens.ts'
import { findSessionToken } from '../../people/renew-session.ts'
import { CommandFailure, refusal, unreachable } from '../../shell/failure.ts'
import { HEALTH_PAUSE_MILLISECONDS } from '../../shell/limits.ts'
import { hint, say } from '../../shell/output.ts'
import { ask, describeProblem } from '../../trust/admin-api.ts'
import { chooseSource } from '../../workload/workload.ts'

type Health =
  | { readonly kind: 'ready' }
  /** Waiting does not help. */
  | { readonly kind: 'wrong'; readonly sentence: string }
  | { readonly kind: 'waiting'; readonly reason: string }

/** Waits for `/health`. */
export async function awaitHealth(url: string, waitSeconds: number): Promise<void> {
  const end = Date.now() + waitSeconds * 1000
  let shown = ''
  for (;;) {
    const health = await readHealth(url)
    if (health.kind === 'ready') {
      say('the gateway is ready')
      return
    }
    if (health.kind === 'wrong') throw refusal(`the gateway is not ready: ${health.sentence}`)
    if (Date.now() >= end) {
      throw unreachable(
        `${url} is not ready after ${waitSeconds} seconds: ${health.reason}`,
        'a new custom domain can take some minutes: run npx edgemint deploy again',
      )
    }
    if (health.reason !== shown) say(`waiting: ${health.reason}`)
    shown = health.reason
    await wait(HEALTH_PAUSE_MILLISECONDS)
  }
}

async function readHealth(url: string): Promise<Health> {
  try {
    return judge(
      parseObject((await send({ url: endpointUrl(url, PATHS.health), method: 'GET' })).text),
    )
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error
    return { kind: 'waiting', reason: error.description }
  }
}

function judge(body: ReturnType<typeof parseObject>): Health {
  const checks = isJsonObject(body?.checks) ? body.checks : undefined
  if (checks === undefined) return { kind: 'waiting', reason: 'the answer is not from a gateway' }
  const entries = Object.entries(checks).filter(
    ([, check]) => isJsonObject(check) && check.ready === false,
  )
  const [faulty] = entries.flatMap(([, check]) =>
    isJsonObject(check) && Array.isArray(check.problems) ? (check.problems as unknown[]) : [],
  )
  if (isJsonObject(faulty)) {
    return { kind: 'wrong', sentence: `${faulty.variable} ${faulty.message}` }
  }
  if (entries.length === 0) return { kind: 'ready' }
  const names = entries.map(([name]) => name).join(', ')
  return { kind: 'waiting', reason: `${names} not ready` }
}

type Exchange = {
  readonly url: string
  readonly issuer: string
  readonly tokenFile: string | undefined
  readonly hasPeople: boolean
}

/** Makes one exchange as an administrator, or uses the login of this machine, which is one. */
export async function exchangeOnce(options: Exchange): Promise<void> {
  const { url, issuer, tokenFile, hasPeople } = options
  if (tokenFile === undefined && (await useLogin(url, issuer))) return
  let subjectToken: string
  try {
    const { source, reason } = await chooseSource({ source: undefined, 'token-file': tokenFile })
    subjectToken = await source.getSubjectToken({ audience: issuer })
    say(`exchanging the token of ${source.name}: ${reason}`)
  } catch (error) {
    const isMissing = error instanceof ExchangeError || error instanceof CommandFailure
    if (!isMissing || tokenFile !== undefined) throw error
    say('no exchange: this machine has no token of a platform')
    hint(
      hasPeople
        ? `npx edgemint login --url ${issuer} makes one as a person`
        : 'the first job of your administrators makes one; npx edgemint doctor shows it there',
    )
    return
  }
  const { step, value } = await checkExchange({
    url,
    resource: issuer,
    scopes: ['trust:read'],
    subjectToken,
  })
  if (value === undefined) {
    const hints = step.details ?? []
    throw refusal(`the exchange was refused: ${step.message}`, ...hints)
  }
  try {
    const verified = await checkIssuedToken(url, value, issuer)
    if (verified.status !== 'ok') throw refusal(verified.message)
    say(`${step.message}, and it is valid with its published keys`)
  } finally {
    const expiresAt = Date.now() / 1000 + value.expiresInSeconds
    await revokeTokens(url, [{ accessToken: value.accessToken, expiresAt }])
  }
}

/** Returns false if nobody is logged in here. A login that has ended is renewed by an exchange. */
async function useLogin(url: string, issuer: string): Promise<boolean> {
  const token = await findSessionToken(issuer)
  if (token === undefined) return false
  const answer = await ask({ url, token }, { method: 'GET' })
  // 404: there is no trust document yet.
  if (answer.status !== 200 && answer.status !== 404) throw describeProblem(answer)
  say('the gateway accepts the login of this machine')
  return true
}
