/**
 * `edgemint credential google-config`: the `external_account` configuration that makes Google's
 * libraries and tools run `edgemint credential google`. It holds no secret.
 */

import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { usageFailure } from '../../shell/failure.ts'
import { parseFlags, requireFlag } from '../../shell/flags.ts'
import { print } from '../../shell/output.ts'
import { checkProvider, renderGoogleConfig } from '../credentials/google.ts'
import {
  DEFAULT_EXECUTABLE_SECONDS,
  MAX_EXECUTABLE_SECONDS,
  MIN_EXECUTABLE_SECONDS,
} from '../credentials/limits.ts'
import { writeText } from '../credentials/write-file.ts'
import { requireGatewayUrl } from '../gateway-url.ts'

export const usage = `Usage: edgemint credential google-config --audience NAME --url URL [FLAGS]

Prints an external_account configuration for GOOGLE_APPLICATION_CREDENTIALS. The executable in it
is "edgemint credential google"; the flags in the second list become a part of its command.

  --audience NAME     the workload identity provider: //iam.googleapis.com/projects/...; required
  --service-account E a service account to act as; without it the provider's own principal acts
  --command COMMAND   how to run edgemint; "npx edgemint" by default
  --timeout SECONDS   how long the libraries wait: 5 to 120; 120 by default
  --output FILE       write the configuration to a file

  --url URL           the gateway; required
  --resource URI      the provider as the trust document names it; its name as a URL by default
  --scope SCOPE       a scope to ask for; may be repeated
  --rule NAME         let only this rule decide
  --source NAME       where the platform's own token comes from
  --token-file FILE   the platform's own token

Example:
  npx edgemint credential google-config --url https://sts.example.com --audience \\
    //iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/ci/providers/edgemint`

const PASSED_ON = ['url', 'resource', 'rule', 'source', 'token-file'] as const

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseFlags(args, {
    audience: { type: 'string' },
    'service-account': { type: 'string' },
    command: { type: 'string' },
    timeout: { type: 'string' },
    output: { type: 'string' },
    url: { type: 'string' },
    resource: { type: 'string' },
    scope: { type: 'string', multiple: true },
    rule: { type: 'string' },
    source: { type: 'string' },
    'token-file': { type: 'string' },
  })
  const audience = requireFlag('audience', values.audience)
  checkProvider(audience)
  const given = { ...values, url: requireGatewayUrl(values.url) }
  const flags = PASSED_ON.flatMap((name) => {
    const value = given[name]
    return value === undefined ? [] : [`--${name}`, value]
  })
  const scopes = (values.scope ?? []).flatMap((scope) => ['--scope', scope])
  const words = (values.command ?? 'npx edgemint').split(' ').filter((word) => word !== '')
  const config = renderGoogleConfig({
    audience,
    serviceAccount: values['service-account'],
    command: [...words, 'credential', 'google', ...flags, ...scopes],
    timeoutSeconds: readTimeout(values.timeout),
  })
  if (values.output === undefined) print(config)
  else await writeText(values.output, `${config}\n`, 0o644)
  return EXIT_CODES.done
}

function readTimeout(value: string | undefined): number {
  if (value === undefined) return DEFAULT_EXECUTABLE_SECONDS
  const seconds = /^[0-9]{1,3}$/.test(value) ? Number(value) : 0
  if (seconds < MIN_EXECUTABLE_SECONDS || seconds > MAX_EXECUTABLE_SECONDS) {
    throw usageFailure(
      `--timeout must be a number of seconds from ${MIN_EXECUTABLE_SECONDS} to ${MAX_EXECUTABLE_SECONDS}`,
    )
  }
  return seconds
}
