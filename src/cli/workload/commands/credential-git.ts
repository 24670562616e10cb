/** `edgemint credential git`: a credential helper for git that answers only for listed hosts. */

import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { usageFailure } from '../../shell/failure.ts'
import { parseChoice, parseFlags } from '../../shell/flags.ts'
import { print, say } from '../../shell/output.ts'
import { readInput } from '../../shell/read-input.ts'
import { isListed, readHosts } from '../credentials/address.ts'
import {
  GIT_QUIT,
  type GitAuth,
  type GitRequest,
  parseGitRequest,
  renderGitAnswer,
} from '../credentials/git.ts'
import { issueToken } from '../credentials/issue.ts'
import { MAX_REQUEST_BYTES } from '../credentials/limits.ts'
import { checkTokenOutput } from '../issued-output.ts'
import { HELPER_FLAGS } from '../workload.ts'

const OPERATIONS = ['get', 'store', 'erase'] as const

export const command = {
  synopsis: '--host HOST [FLAGS] get|store|erase',
  about: `A credential helper for git. Answers get with a token for a listed host. store and erase do nothing,
because no token is stored.`,
  flags: {
    host: {
      value: 'HOST',
      about:
        'a host that may receive the token: `NAME`, or `NAME:PORT` for a port that is not the default',
      repeats: true,
      required: true,
    },
    username: {
      value: 'NAME',
      about: 'the user name to send with the token',
      default: '`edgemint`',
    },
    auth: {
      value: 'KIND',
      about:
        '`basic`, `bearer` (git 2.46 and later), or `auto`: bearer if git supports it and the server offers it',
      default: '`auto`',
      completes: ['auto', 'basic', 'bearer'],
    },
    print: { about: 'print the answer even to a terminal' },
    ...HELPER_FLAGS,
  },
  arguments: { least: 1, most: 1, what: 'get, store or erase', completes: OPERATIONS },
  example: `npx edgemint credential git --url https://sts.example.com --resource https://git.example.com \\
  --host git.example.com get`,
} as const satisfies Command

const AUTHS: ReadonlyMap<string, GitAuth> = new Map([
  ['auto', 'auto'],
  ['basic', 'basic'],
  ['bearer', 'bearer'],
])

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values, positionals } = parseFlags(args, command)
  const hosts = readHosts('--host', values.host ?? [])
  const username = values.username ?? 'edgemint'
  if (/\p{Cc}/u.test(username)) throw usageFailure('--username must be one line')
  const auth = parseChoice('--auth', values.auth ?? 'auto', AUTHS)
  const [operation] = positionals
  // A helper must ignore operations that it does not know (gitcredentials(7)).
  if (operation !== 'get') return EXIT_CODES.done
  checkTokenOutput(values)
  const request = parseGitRequest((await readInput('-', MAX_REQUEST_BYTES)).toString('utf8'))
  if (request.url === undefined || !isListed(request.url, hosts)) {
    say(`no token for ${request.host || 'an unnamed host'}: it is not in --host, or not https`)
    return EXIT_CODES.done
  }
  try {
    const asBearer = chooseAuth(auth, request)
    const token = await issueToken(values)
    print(renderGitAnswer(token, { username: request.username ?? username, asBearer }))
    return EXIT_CODES.done
  } catch (error) {
    print(GIT_QUIT)
    throw error
  }
}

/** Tells whether to send Bearer. A server that offers only Basic would answer Bearer with 401. */
function chooseAuth(auth: GitAuth, { canBearer, isBearerOffered }: GitRequest): boolean {
  if (auth === 'bearer' && !canBearer) {
    throw usageFailure('--auth bearer needs git 2.46 or later')
  }
  return auth === 'bearer' || (auth === 'auto' && canBearer && isBearerOffered)
}
