/**
 * `edgemint credential npm`: the `.npmrc` line for one registry. By default it names a variable,
 * so that no token is on the disk; `--write` puts a real one into a file that only its owner reads.
 */

import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { usageFailure } from '../../shell/failure.ts'
import { parseFlags, requireFlag } from '../../shell/flags.ts'
import { print, say } from '../../shell/output.ts'
import { findAddressFault } from '../credentials/address.ts'
import { issueToken } from '../credentials/issue.ts'
import { MAX_NPMRC_BYTES } from '../credentials/limits.ts'
import {
  checkNpmScope,
  checkVariableName,
  mergeNpmrc,
  renderNpmrcLines,
} from '../credentials/npmrc.ts'
import { TOKEN_USAGE } from '../credentials/token-usage.ts'
import { checkFolder, readTextIfAny, writeText } from '../credentials/write-file.ts'
import { maskInCi } from '../issued-output.ts'
import { WORKLOAD_FLAGS } from '../workload.ts'

export const usage = `Usage: edgemint credential npm --registry URL [FLAGS]

Prints the .npmrc lines that send the token in the variable EDGEMINT_TOKEN to a registry. No token
is asked for, unless --write puts one into a file.

  --registry URL      the registry; required
  --npm-scope SCOPE   a scope of npm, such as @acme, whose packages are in this registry
  --env NAME          another variable, such as NODE_AUTH_TOKEN
  --write FILE        write a real token into FILE, which only its owner can read then

${TOKEN_USAGE}

Example:
  npx edgemint credential npm --registry https://npm.example.com/ >> .npmrc`

const OWNER_ONLY = 0o600

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseFlags(args, {
    ...WORKLOAD_FLAGS,
    registry: { type: 'string' },
    'npm-scope': { type: 'string' },
    env: { type: 'string' },
    write: { type: 'string' },
  })
  const registry = requireFlag('registry', values.registry)
  const fault = findAddressFault(registry)
  if (fault !== undefined) throw usageFailure(`--registry ${fault}`)
  const npmScope = values['npm-scope']
  checkNpmScope(npmScope)
  if (values.write === undefined) {
    const variable = values.env ?? 'EDGEMINT_TOKEN'
    checkVariableName(variable)
    print(renderNpmrcLines(registry, `\${${variable}}`, npmScope).join('\n'))
    return EXIT_CODES.done
  }
  if (values.env !== undefined) throw usageFailure('--env and --write exclude each other')
  const existing = await readTextIfAny(values.write, MAX_NPMRC_BYTES)
  await checkFolder(values.write)
  const { accessToken, expiresInSeconds } = await issueToken(values)
  maskInCi(accessToken)
  const lines = renderNpmrcLines(registry, accessToken, npmScope)
  await writeText(values.write, mergeNpmrc(existing, lines), OWNER_ONLY)
  say(`wrote a token into ${values.write}, good for ${Math.floor(expiresInSeconds)} seconds`)
  return EXIT_CODES.done
}
