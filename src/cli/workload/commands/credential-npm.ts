/**
 * `edgemint credential npm`: the `.npmrc` line for one registry. By default it names a variable,
 * so that no token is on the disk; `--write` puts a real one into a file that only its owner reads.
 */

import type { Command } from '../../shell/command.ts'
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
import { checkFolder, readTextIfAny, writeText } from '../credentials/write-file.ts'
import { maskInCi } from '../issued-output.ts'
import { HELPER_FLAGS } from '../workload.ts'

export const command = {
  synopsis: '--registry URL [FLAGS]',
  about: `Prints the .npmrc lines that send the token in the variable EDGEMINT_TOKEN to a registry. No token
is asked for, unless --write puts one into a file. The flags after --write say which token.`,
  flags: {
    registry: { value: 'URL', about: 'the registry', required: true },
    'npm-scope': {
      value: 'SCOPE',
      about: 'a scope of npm, such as `@acme`, whose packages are in this registry',
    },
    env: {
      value: 'NAME',
      about: 'the variable, such as `NODE_AUTH_TOKEN`',
      default: '`EDGEMINT_TOKEN`',
    },
    write: {
      value: 'FILE',
      about:
        'write a real token into FILE, which only its owner can read then; its other lines stay',
      completes: 'files',
    },
    ...HELPER_FLAGS,
    url: { ...HELPER_FLAGS.url, about: 'the gateway, with `--write`' },
    resource: { ...HELPER_FLAGS.resource, about: 'the API the token is for, with `--write`' },
  },
  example: 'npx edgemint credential npm --registry https://npm.example.com/ >> .npmrc',
} as const satisfies Command

const OWNER_ONLY = 0o600

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseFlags(args, command)
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
