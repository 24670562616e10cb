/** `edgemint dev-issuer`: an OIDC issuer on this machine that mints what it is asked to. */
import { startDevIssuer } from '../../../dev/index.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { parseFlags, parsePort } from '../../shell/flags.ts'
import { print, say } from '../../shell/output.ts'
import { parseAllowedHosts, parseListenHost } from '../listen-flags.ts'
import { describeStartFailure } from '../start-failure.ts'
import { untilStopped } from '../until-stopped.ts'

export const usage = `Usage: edgemint dev-issuer [FLAGS]

Runs an OIDC issuer for development. Prints one line of JSON with its issuer URL when it is ready.
It signs whatever it is asked to: for one machine only.

  --port PORT        7600 by default; 0 picks a free one
  --host HOST        127.0.0.1 by default
  --allow-host HOST  another host that requests may name: NAME or NAME:PORT; may be repeated
  --keys-port PORT   serve key sets on this port too, for issuers with their keys elsewhere

Example:
  npx edgemint dev-issuer --port 7600`

const DEFAULT_PORT = 7600

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseFlags(args, {
    port: { type: 'string' },
    host: { type: 'string' },
    'allow-host': { type: 'string', multiple: true },
    'keys-port': { type: 'string' },
  })
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
  say('whoever reaches this issuer may mint: keep it on this machine')
  await stopped
  await issuer.close()
  return EXIT_CODES.done
}
