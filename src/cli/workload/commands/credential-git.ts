/** `edgemint credential git`: a credential helper of git, for listed hosts alone. */

import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { usageFailure } from '../../shell/failure.ts'
import { parseFlags } from '../../shell/flags.ts'
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
import { TOKEN_USAGE } from '../credentials/token-usage.ts'
import { checkTokenOutput } from '../issued-output.ts'
import { WORKLOAD_FLAGS } from '../workload.ts'

export const usage = `Usage: edgemint credential git --host HOST [FLAGS] get|store|erase

A credential helper of git. Answers get with a token for a listed host; store and erase do nothing,
because nothing is kept.

  --host HOST         a host that may have the token; may be repeated; required
  --username NAME     the user name beside the token; edgemint by default
  --auth KIND         basic, bearer (git 2.46 and later), or auto: bearer where git can and
                      the server offers it
  --print             answer even to a terminal

${TOKEN_USAGE}

Example:
  npx edgemint credential git --url https://sts.example.com --resource https://git.example.com \\
    --host git.example.com get`

const AUTHS: ReadonlyMap<string, GitAuth> = new Map([
  ['auto', 'auto'],
  ['basic', 'basic'],
  ['bearer', 'bearer'],
])

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values, positionals } = parseFlags(
    args,
    {
      ...WORKLOAD_FLAGS,
      host: { type: 'string', multiple: true },
      username: { type: 'string' },
      auth: { type: 'string' },
      print: { type: 'boolean' },
    },
    { least: 1, most: 1, what: 'get, store or erase' },
  )
  const hosts = readHosts('--host', values.host ?? [])
  const username = values.username ?? 'edgemint'
  if (/\p{Cc}/u.test(username)) throw usageFailure('--username must be one line')
  const auth = AUTHS.get(values.auth ?? 'auto')
  if (auth === undefined) throw usageFailure('--auth must be auto, basic or bearer')
  const [operation] = positionals
  // gitcredentials(7): an operation that a helper does not know is ignored.
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

/** A server that offers Basic alone answers 401 to anything else. */
function chooseAuth(auth: GitAuth, { canBearer, isBearerOffered }: GitRequest): boolean {
  if (auth === 'bearer' && !canBearer) {
    throw usageFailure('--auth bearer needs git 2.46 or later')
  }
  return auth === 'bearer' || (auth === 'auto' && canBearer && isBearerOffered)
}
