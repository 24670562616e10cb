/** Logs in with a browser of any other machine, by a code that the person types there (RFC 8628). */
import { setTimeout as sleep } from 'node:timers/promises'
import type { AdminLogin } from '../../../contract/login.ts'
import { refusal } from '../../shell/failure.ts'
import { DEVICE_INTERVAL_SECONDS, DEVICE_SLOWER_SECONDS } from '../../shell/limits.ts'
import { note, say } from '../../shell/output.ts'
import { tooLate } from './browser-flow.ts'
import { type Provider, refuseUrl, reportFailures } from './provider.ts'
import { type IdTokens, readIdTokens } from './token-answer.ts'

type DeviceFlow = {
  readonly login: AdminLogin
  readonly provider: Provider
  readonly waitSeconds: number
}

export function hasDeviceFlow({ server }: Provider): boolean {
  return server.device_authorization_endpoint !== undefined
}

export async function logInByDevice({
  login,
  provider,
  waitSeconds,
}: DeviceFlow): Promise<IdTokens> {
  const { library, server, client, authentication, options } = provider
  const started = await reportFailures(login, library, async () => {
    const form = { scope: login.scopes.join(' ') }
    const response = await library.deviceAuthorizationRequest(
      server,
      client,
      authentication,
      form,
      options,
    )
    return library.processDeviceAuthorizationResponse(server, client, response)
  })
  refuseUrl(started.verification_uri, 'page')
  say(`open this page on any device, and type the code ${started.user_code}:`)
  note(`  ${started.verification_uri}`)
  let pause = started.interval ?? DEVICE_INTERVAL_SECONDS
  const limit = Math.min(waitSeconds, started.expires_in)
  const endsAt = performance.now() + limit * 1000
  for (;;) {
    await sleep(pause * 1000)
    const answer = await poll(login, provider, started.device_code)
    if (typeof answer === 'object') return answer
    if (answer === 'slow_down') pause += DEVICE_SLOWER_SECONDS
    if (performance.now() > endsAt) throw tooLate(limit)
  }
}

type Waiting = 'authorization_pending' | 'slow_down'

async function poll(
  login: AdminLogin,
  { library, server, client, authentication, options }: Provider,
  deviceCode: string,
): Promise<IdTokens | Waiting> {
  return reportFailures<IdTokens | Waiting>(login, library, async () => {
    try {
      const response = await library.deviceCodeGrantRequest(
        server,
        client,
        authentication,
        deviceCode,
        options,
      )
      return readIdTokens(await library.processDeviceCodeResponse(server, client, response))
    } catch (error) {
      if (!(error instanceof library.ResponseBodyError)) throw error
      switch (error.error) {
        case 'authorization_pending':
        case 'slow_down':
          return error.error
        case 'access_denied':
          throw refusal('the login was refused at the provider')
        case 'expired_token':
          throw refusal('the code has expired: log in again')
        default:
          throw error
      }
    }
  })
}
