/** `edgemint dev-issuer`: runs a local OIDC issuer that mints any token on request. */
import { type Person, parsePeople } from '../../../dev/in-house.ts'
import { startDevIssuer } from '../../../dev/index.ts'
import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { usageFailure } from '../../shell/failure.ts'
import { parseFlags, parsePort } from '../../shell/flags.ts'
import { print, say } from '../../shell/output.ts'
import { readInput } from '../../shell/read-input.ts'
import {
  LISTEN_FLAGS,
  parseAllowedHosts,
  parseListenHost,
  parseOtherPort,
} from '../listen-flags.ts'
import { describeStartFailure, refusedPort } from '../start-failure.ts'
import { untilStopped } from '../until-stopped.ts'

const DEFAULT_PORT = 7600
/** A few hundred people. */
const MAX_PEOPLE_BYTES = 256 * 1024

export const command = {
  synopsis: '[FLAGS]',
  about: `Runs an OIDC issuer for development. Prints one line of JSON with its issuer URL when it is ready.
It signs every token that is requested: use it on one machine only. People sign in at /people.`,
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
    people: {
      value: 'FILE',
      about:
        'the people who can sign in at `/people`: a JSON list with the claims of each; `-` reads stdin',
      completes: 'files',
    },
  },
  example: 'npx edgemint dev-issuer --port 7600',
} as const satisfies Command

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseFlags(args, command)
  const port = parsePort(values.port, DEFAULT_PORT)
  const host = parseListenHost(values.host)
  const allowHosts = parseAllowedHosts(values['allow-host'])
  const keysPort = parseOtherPort('--keys-port', values['keys-port'], port)
  const other = keysPort === undefined ? {} : { keysPort }
  const people = values.people === undefined ? {} : { people: await readPeople(values.people) }
  const start = startDevIssuer({ port, host, allowHosts, ...other, ...people })
  const issuer = await start.catch(async (error: unknown) => {
    // A failed listen names its port.
    if (keysPort === undefined || refusedPort(error) !== keysPort) {
      throw await describeStartFailure(error, host, port)
    }
    throw await describeStartFailure(error, host, keysPort, '--keys-port')
  })
  const stopped = untilStopped()
  const { keyHost } = issuer
  print(JSON.stringify({ issuer: issuer.issuer, ...(keyHost ? { key_host: keyHost } : {}) }))
  say('everyone who reaches this issuer can mint tokens: keep it on this machine')
  await stopped
  await issuer.close()
  return EXIT_CODES.done
}

async function readPeople(path: string): Promise<readonly Person[]> {
  const text = (await readInput(path, MAX_PEOPLE_BYTES)).toString('utf8')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw usageFailure('the file of --people is not JSON')
  }
  try {
    return parsePeople(value)
  } catch (error) {
    throw usageFailure(`the file of --people ${error instanceof Error ? error.message : ''}`)
  }
}
