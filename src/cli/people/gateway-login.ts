/** What people do at the gateway: learn the provider, and exchange its ID token for an admin token. */
import { parseObject } from '../../client/in-house.ts'
import { ExchangeError, exchange } from '../../client/index.ts'
import { type AdminLogin, loginSchema } from '../../contract/login.ts'
import { TOKEN_TYPE_ID_TOKEN } from '../../protocol/oauth.ts'
import { PATHS } from '../../protocol/paths.ts'
import { type CommandFailure, refusal, unreachable, usageFailure } from '../shell/failure.ts'
import { describeProblem, notAGateway, readOpen } from '../trust/admin-api.ts'
import { describeExchangeFailure } from '../workload/exchange-failure.ts'
import type { NewSession } from './session-file.ts'

/** Asks the gateway by which provider people log in. */
export async function readGatewayLogin(gateway: string): Promise<AdminLogin> {
  const answer = await readOpen(gateway, PATHS.adminLogin)
  if (answer.status !== 200) throw describeProblem(answer)
  const parsed = loginSchema.safeParse(parseObject(answer.text))
  if (!parsed.success) throw notAGateway(answer.status)
  const { resource, ...login } = parsed.data
  // Otherwise the ID token would be exchanged for a token of another gateway (LGN-04).
  if (resource !== gateway) {
    throw usageFailure(`the issuer URL of this gateway is ${resource}: use it as --url`)
  }
  return login
}

type IdToken = { readonly idToken: string; readonly refreshToken: string | undefined }

/** Exchanges an ID token under the rules of the deploy-time policy, as a workload does. */
export async function establishSession(
  gateway: string,
  login: AdminLogin,
  { idToken, refreshToken }: IdToken,
): Promise<NewSession> {
  try {
    const issued = await exchange({
      url: gateway,
      subjectToken: idToken,
      subjectTokenType: TOKEN_TYPE_ID_TOKEN,
      resource: gateway,
    })
    return {
      gateway,
      access_token: issued.accessToken,
      expires_at: Math.floor(Date.now() / 1000) + issued.expiresInSeconds,
      subject: readSubject(issued.accessToken),
      scopes: [...issued.scopes],
      provider: { ...login, scopes: [...login.scopes] },
      ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
    }
  } catch (error) {
    throw error instanceof ExchangeError ? describeRefusal(error, idToken) : error
  }
}

/** Only for people to read. The gateway has checked the token. */
function readSubject(token: string): string {
  const subject = readPayload(token).sub
  if (typeof subject === 'string') return subject
  throw unreachable('the gateway issued a token that cannot be read')
}

/** A person without a rule, or whose tokens are stopped, needs to know who the provider says they are. */
function describeRefusal(error: ExchangeError, idToken: string): CommandFailure {
  const failure = describeExchangeFailure(error)
  const isRefusal = error.code === 'invalid_request' || error.code === 'invalid_target'
  if (!isRefusal) return failure
  const { iss, sub } = readPayload(idToken)
  return refusal(
    failure.message,
    ...failure.hints,
    `the provider ${iss} says that you are ${sub}: a rule of BOOTSTRAP_TRUST must match that, and no revocation may stop it`,
  )
}

/** Reads the claims of a token without checking it. */
function readPayload(token: string): Readonly<Record<string, unknown>> {
  return parseObject(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) ?? {}
}
