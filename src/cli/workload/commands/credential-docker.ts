/**
 * `edgemint credential docker`, and `docker-credential-edgemint`, which docker calls without flags.
 * All settings can therefore come from the environment.
 */

import type { Command } from '../../shell/command.ts'
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
import { checkTokenOutput } from '../issued-output.ts'
import { HELPER_FLAGS } from '../workload.ts'

const OPERATIONS = ['get', 'store', 'erase', 'list']

export const command = {
  synopsis: '[FLAGS] get|store|erase|list',
  about: `A credential helper for docker. Docker calls docker-credential-edgemint without flags: set
EDGEMINT_URL, EDGEMINT_RESOURCE and EDGEMINT_DOCKER_REGISTRIES.`,
  flags: {
    registry: {
      value: 'HOST',
      about: 'a registry that may receive the token',
      repeats: true,
      required: true,
      variables: ['EDGEMINT_DOCKER_REGISTRIES'],
      separator: /[\s,]+/,
    },
    username: {
      value: 'NAME',
      about: 'the user name to send with the token',
      variables: ['EDGEMINT_DOCKER_USERNAME'],
      default: '`edgemint`',
    },
    print: { about: 'print the answer even to a terminal' },
    ...HELPER_FLAGS,
  },
  arguments: { least: 1, most: 1, what: OPERATIONS.join(', '), completes: OPERATIONS },
  example: `npx edgemint credential docker --url https://sts.example.com \\
  --resource https://registry.example.com --registry registry.example.com list`,
} as const satisfies Command

/** Prints failures on stdout, where docker reads them, and ends with 1, as docker expects. */
export async function run(args: readonly string[]): Promise<ExitCode> {
  try {
    return await answer(args)
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

async function answer(args: readonly string[]): Promise<ExitCode> {
  const { values, positionals } = parseFlags(args, command)
  const [operation = ''] = positionals
  if (!OPERATIONS.includes(operation)) {
    throw usageFailure(`the operation must be one of ${OPERATIONS.join(', ')}`)
  }
  // Nothing is stored, so `docker logout` succeeds without any work, and without any setting.
  if (operation === 'erase') return EXIT_CODES.done
  if (operation === 'store') {
    throw refusal('cannot store credentials: docker gets a new token at each request')
  }
  const hosts = readHosts('--registry or EDGEMINT_DOCKER_REGISTRIES', values.registry ?? [])
  const username = values.username ?? 'edgemint'
  if (operation === 'list') {
    print(renderDockerList(hosts, username))
    return EXIT_CODES.done
  }
  checkTokenOutput(values)
  const server = (await readInput('-', MAX_REQUEST_BYTES)).toString('utf8').trim()
  const url = parseServer(server)
  if (url === undefined || !isListed(url, hosts)) throw refusal(NOT_FOUND)
  const { accessToken } = await issueToken(values)
  print(renderDockerAnswer(server, username, accessToken))
  return EXIT_CODES.done
}
