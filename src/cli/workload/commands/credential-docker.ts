/**
 * `edgemint credential docker`, and `docker-credential-edgemint`, which docker looks for by name
 * and calls without flags: then everything comes from the environment.
 */

import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { CommandFailure, refusal, usageFailure } from '../../shell/failure.ts'
import { parseFlags } from '../../shell/flags.ts'
import { print, printPlain, sayFailure } from '../../shell/output.ts'
import { readInput } from '../../shell/read-input.ts'
import { isListed, readHosts } from '../credentials/address.ts'
import {
  NOT_FOUND,
  parseServer,
  renderDockerAnswer,
  renderDockerList,
} from '../credentials/docker.ts'
import { issueToken } from '../credentials/issue.ts'
import { MAX_REQUEST_BYTES } from '../credentials/limits.ts'
import { TOKEN_USAGE } from '../credentials/token-usage.ts'
import { checkTokenOutput } from '../issued-output.ts'
import { WORKLOAD_FLAGS } from '../workload.ts'

export const usage = `Usage: edgemint credential docker [FLAGS] get|store|erase|list

A credential helper of docker. Docker calls it as docker-credential-edgemint, without flags: set
EDGEMINT_URL, EDGEMINT_RESOURCE and EDGEMINT_DOCKER_REGISTRIES.

  --registry HOST     a registry that may have the token; may be repeated
  --username NAME     the user name beside the token; edgemint by default
  --print             answer even to a terminal

${TOKEN_USAGE}

Example:
  npx edgemint credential docker --url https://sts.example.com \\
    --resource https://registry.example.com --registry registry.example.com list`

const OPERATIONS = ['get', 'store', 'erase', 'list']

/** Docker reads failures from stdout, and knows no exit code but 1. */
export async function run(args: readonly string[]): Promise<ExitCode> {
  try {
    return await answer(args, process.env)
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error
    if (error.message === NOT_FOUND) print(NOT_FOUND)
    else {
      printPlain(`edgemint: ${error.message}`)
      sayFailure(error)
    }
    return EXIT_CODES.refused
  }
}

async function answer(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<ExitCode> {
  const { values, positionals } = parseFlags(
    args,
    {
      ...WORKLOAD_FLAGS,
      registry: { type: 'string', multiple: true },
      username: { type: 'string' },
      print: { type: 'boolean' },
    },
    { least: 1, most: 1, what: OPERATIONS.join(', ') },
  )
  const [operation = ''] = positionals
  const listed = values.registry ?? splitWords(environment.EDGEMINT_DOCKER_REGISTRIES)
  const hosts = readHosts('--registry or EDGEMINT_DOCKER_REGISTRIES', listed)
  const username = values.username ?? (environment.EDGEMINT_DOCKER_USERNAME || 'edgemint')
  if (operation === 'list') {
    print(renderDockerList(hosts, username))
    return EXIT_CODES.done
  }
  // `docker logout` has nothing to remove, and that is what it wanted.
  if (operation === 'erase') return EXIT_CODES.done
  if (operation === 'store') {
    throw refusal('nothing is stored: a token is made when docker asks for one')
  }
  if (operation !== 'get') throw usageFailure(`needs one of ${OPERATIONS.join(', ')}`)
  checkTokenOutput(values)
  const server = (await readInput('-', MAX_REQUEST_BYTES)).toString('utf8').trim()
  const url = parseServer(server)
  if (url === undefined || !isListed(url, hosts)) throw refusal(NOT_FOUND)
  const { accessToken } = await issueToken(values)
  print(renderDockerAnswer(server, username, accessToken))
  return EXIT_CODES.done
}

function splitWords(text: string | undefined): readonly string[] {
  return (text ?? '').split(/[\s,]+/).filter((word) => word !== '')
}
