/** `edgemint dev-issuer`: runs a local OIDC issuer that mints any token on request. */
import { startDevIssuer } from '../../../dev/index.ts'
import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { parseFlags, parsePort } from '../../shell/flags.ts'
import { print, say } from '../../shell/output.ts'
import { LISTEN_FLAGS, parseAllowedHosts, parseListenHost } from '../listen-flags.ts'
import { describeStartFailure } from '../start-failure.ts'
import { untilStopped } from '../until-stopped.ts'

const DEFAULT_PORT = 7600

export const command = {
  synopsis: '[FLAGS]',
  about: `Runs an OIDC issuer for development. Prints one line of JSON with its issuer URL when it is ready.
It signs every token that is requested: use it on one machine only.`,
  flags: {
    port: {
      value: 'PORT',
      about: 'the port to listen on; 0 picks a free port',
      default: String(DEFAULT_PORT),
    },
    ...LISTEN_FLAGS,
    'keys-port': {
      value: 'PORT',
      about: 'also serve key sets on this port, for issuers with their keys on another host',
    },
  },
  example: 'npx edgemint dev-issuer --port 7600',
} as const satisfies Command

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseFlags(args, command)
  const port = parsePort(values.port, DEFAULT_PORT)
  const host = parseListenHost(values.host)
  const allowHosts = parseAllowedHosts(values['allow-host'])
  const keys = values['keys-port']
  const other = keys === undefined ? {} : { keysPort: parsePort(keys, 0) }
  const start = startDevIssuer({ port, host, allowHosts, ...other })
  const issuer = await start.catch(async (error: unknown) => {
    throw await describeStartFailure(error, host, port)
  })
  const stopped = untilStopped()
  const { keyHost } = issuer
  print(JSON.stringify({ issuer: issuer.issuer, ...(keyHost ? { key_host: keyHost } : {}) }))
  say('everyone who reaches this issuer can mint tokens: keep it on this machine')
  await stopped
  await issuer.close()
  return EXIT_CODES.done
}
