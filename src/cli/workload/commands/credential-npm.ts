/**
 * `edgemint credential npm`: prints the `.npmrc` lines for one registry. They name a variable, so
 * that no token is on disk. `--write` writes a token into a file that only its owner can read.
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
  about: `Prints the .npmrc lines that send the token in the variable EDGEMINT_TOKEN to a registry. With
--write, gets a token and writes it into a file. The flags after --write select that token.`,
  flags: {
    registry: { value: 'URL', about: 'the URL of the registry', required: true },
    'npm-scope': {
      value: 'SCOPE',
      about: 'an npm scope, such as `@acme`, whose packages are in this registry',
    },
    env: {
      value: 'NAME',
      about: 'the variable with the token, such as `NODE_AUTH_TOKEN`',
      default: '`EDGEMINT_TOKEN`',
    },
    write: {
      value: 'FILE',
      about: 'write a token into FILE, which only its owner can then read; keep its other lines',
      completes: 'files',
    },
    ...HELPER_FLAGS,
    url: { ...HELPER_FLAGS.url, about: 'the gateway, by its issuer URL; for `--write`' },
    resource: { ...HELPER_FLAGS.resource, about: 'the API that the token is for; for `--write`' },
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
  if (values.env !== undefined) throw usageFailure('--env and --write cannot be used together')
  // Refuse a link and a file that is too large before the exchange.
  await readTextIfAny(values.write, MAX_NPMRC_BYTES)
  await checkFolder(values.write)
  const { accessToken, expiresInSeconds } = await issueToken(values)
  maskInCi(accessToken)
  const lines = renderNpmrcLines(registry, accessToken, npmScope)
  // An exchange can take minutes. Another program may have changed the file meanwhile.
  const existing = await readTextIfAny(values.write, MAX_NPMRC_BYTES)
  await writeText(values.write, mergeNpmrc(existing, lines), OWNER_ONLY)
  say(`wrote a token into ${values.write}, valid for ${Math.floor(expiresInSeconds)} seconds`)
  return EXIT_CODES.done
}
