/** `edgemint login`: a person logs in at a gateway with an account of an OpenID Connect provider. */
import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { refusal, usageFailure } from '../../shell/failure.ts'
import { parseFlags, parseNumber } from '../../shell/flags.ts'
import { LOGIN_WAIT_SECONDS, MAX_LOGIN_WAIT_SECONDS } from '../../shell/limits.ts'
import { say } from '../../shell/output.ts'
import { establishSession, readGatewayLogin } from '../gateway-login.ts'
import { PERSON_FLAGS, readGateway } from '../people-flags.ts'
import { readSession, writeSession } from '../session-file.ts'
import { withSessionLock } from '../session-lock.ts'
import { logInByBrowser } from '../sign-in/browser-flow.ts'
import { hasDeviceFlow, logInByDevice } from '../sign-in/device-flow.ts'
import { parseRedirectUri } from '../sign-in/loopback.ts'
import { canShowBrowser } from '../sign-in/open-browser.ts'
import { openProvider } from '../sign-in/provider.ts'
import type { IdTokens } from '../sign-in/token-answer.ts'

const DEFAULT_REDIRECT = 'http://127.0.0.1/callback'

export const command = {
  synopsis: '[FLAGS]',
  about: `Logs in at a gateway with an account of its identity provider, and keeps a short admin token in the
state directory of this user. Commands that need an admin token then use it.`,
  flags: {
    ...PERSON_FLAGS,
    browser: {
      about: 'use the browser of this machine; the default if there is one and a terminal',
    },
    device: { about: 'show a code to type in a browser of any other machine' },
    'redirect-uri': {
      value: 'URL',
      about:
        'the redirect URI that is registered at the provider, on a loopback address; without a port, a free one is used',
      default: `\`${DEFAULT_REDIRECT}\``,
    },
    wait: {
      value: 'SECONDS',
      about: 'how long to wait for the person',
      default: String(LOGIN_WAIT_SECONDS),
    },
  },
  example: 'npx edgemint login --url https://sts.example.com',
} as const satisfies Command

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseFlags(args, command)
  if (values.browser && values.device) {
    throw usageFailure('--browser and --device cannot be used together')
  }
  if (values.device && values['redirect-uri'] !== undefined) {
    throw usageFailure('--device and --redirect-uri cannot be used together')
  }
  const redirectUri = parseRedirectUri(values['redirect-uri'] ?? DEFAULT_REDIRECT)
  const waitSeconds = parseWait(values.wait)
  const gateway = readGateway(values.url)
  // What would keep the session from being stored is reported before the person signs in.
  await withSessionLock(gateway, async () => readSession(gateway))
  const login = await readGatewayLogin(gateway)
  const provider = await openProvider(login)
  const keep = async (tokens: IdTokens) => {
    const session = await establishSession(gateway, login, tokens)
    await withSessionLock(gateway, async () => writeSession(session))
    say(`logged in at ${gateway} as ${session.subject}`)
  }
  const isForced = values.device || values.browser
  const wantsDevice = values.device || (!isForced && !canShowBrowser())
  if (values.device && !hasDeviceFlow(provider)) {
    throw refusal('the provider has no device flow: log in with --browser')
  }
  const flow = { login, provider, waitSeconds }
  if (wantsDevice && hasDeviceFlow(provider)) await keep(await logInByDevice(flow))
  else await logInByBrowser({ ...flow, redirectUri, use: keep })
  return EXIT_CODES.done
}

function parseWait(value: string | undefined): number {
  if (value === undefined) return LOGIN_WAIT_SECONDS
  return parseNumber('--wait', value, { least: 1, most: MAX_LOGIN_WAIT_SECONDS, unit: 'seconds' })
}
