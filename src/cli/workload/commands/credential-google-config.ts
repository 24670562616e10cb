/**
 * `edgemint credential google-config`: prints the `external_account` configuration with which
 * Google's libraries and tools run `edgemint credential google`. It contains no secret.
 */

import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { parseFlags, parseNumber, requireFlag } from '../../shell/flags.ts'
import { print } from '../../shell/output.ts'
import { checkProvider, renderGoogleConfig } from '../credentials/google.ts'
import {
  DEFAULT_EXECUTABLE_SECONDS,
  MAX_EXECUTABLE_SECONDS,
  MIN_EXECUTABLE_SECONDS,
} from '../credentials/limits.ts'
import { writeText } from '../credentials/write-file.ts'
import { requireGatewayUrl } from '../gateway-url.ts'
import { parseResource } from '../target-flags.ts'
import { HELPER_FLAGS } from '../workload.ts'

export const command = {
  synopsis: '--audience NAME --url URL [FLAGS]',
  about: `Prints an external_account configuration for GOOGLE_APPLICATION_CREDENTIALS. Its executable is
"edgemint credential google". The flags after --output become part of that command.`,
  flags: {
    audience: {
      value: 'NAME',
      about: 'the workload identity provider: `//iam.googleapis.com/projects/...`',
      required: true,
    },
    'service-account': {
      value: 'EMAIL',
      about: 'a service account to impersonate; without it, access is that of the provider itself',
    },
    command: {
      value: 'COMMAND',
      about: 'the command that runs edgemint',
      default: '`npx edgemint`',
    },
    timeout: {
      value: 'SECONDS',
      about: `how long the libraries wait: ${MIN_EXECUTABLE_SECONDS} to ${MAX_EXECUTABLE_SECONDS}`,
      default: String(DEFAULT_EXECUTABLE_SECONDS),
    },
    output: { value: 'FILE', about: 'write the configuration to a file', completes: 'files' },
    url: { value: 'URL', about: 'the gateway, by its issuer URL', required: true },
    resource: {
      value: 'URI',
      about: 'the provider, by its URI in the trust document',
      default: '`https:` followed by the audience',
    },
    scope: { value: 'SCOPE', about: 'a scope to request', repeats: true },
    rule: { value: 'NAME', about: 'evaluate only this rule' },
    source: HELPER_FLAGS.source,
    'token-file': HELPER_FLAGS['token-file'],
  },
  example: `npx edgemint credential google-config --url https://sts.example.com --audience \\
  //iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/ci/providers/edgemint`,
} as const satisfies Command

const PASSED_ON = ['url', 'resource', 'rule', 'source', 'token-file'] as const

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseFlags(args, command)
  const audience = requireFlag('audience', values.audience)
  checkProvider(audience)
  const resource = values.resource === undefined ? undefined : parseResource(values.resource)
  const given = { ...values, resource, url: requireGatewayUrl(values.url) }
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
  const range = { least: MIN_EXECUTABLE_SECONDS, most: MAX_EXECUTABLE_SECONDS, unit: 'seconds' }
  return parseNumber('--timeout', value, range)
}
