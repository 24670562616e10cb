/** `edgemint validate`: checks trust files with the gateway's compiler, without a gateway. */
import { MAX_TOKEN_LIFETIME_SECONDS } from '../../../contract/limits.ts'
import { findGatewayIssuerFault } from '../../../web/issuer-url.ts'
import { describeFault } from '../../../web/url-spelling.ts'
import { readCeilings } from '../../operate/worker-variables.ts'
import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { usageFailure } from '../../shell/failure.ts'
import { parseFlags } from '../../shell/flags.ts'
import { currentIo } from '../../shell/io.ts'
import { printJson, say } from '../../shell/output.ts'
import { GATEWAY_ISSUER_FLAGS, TRUST_FILES } from '../admin-flags.ts'
import { checkTrustFile } from '../check-trust.ts'
import { sayProblems } from '../problems.ts'

export const command = {
  synopsis: 'FILE... [FLAGS]',
  about: 'Checks trust documents (YAML or JSON) offline and prints each problem with its place.',
  flags: {
    ...GATEWAY_ISSUER_FLAGS,
    json: {
      about:
        'print `{ files: [{ file, valid, problems }] }`; each problem has `code`, `path`, `message`, `line` and `column`',
    },
  },
  arguments: TRUST_FILES,
  notes: `The environment variables MAX_TOKEN_LIFETIME_SECONDS (default ${MAX_TOKEN_LIFETIME_SECONDS}) and MAX_RULE_EXPIRY_DAYS
set the ceilings of the deployment.`,
  example: 'npx edgemint validate examples/trust.yaml --local-issuers',
} as const satisfies Command

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values, positionals: paths } = parseFlags(args, command)
  const gatewayIssuer = values.issuer ?? 'https://sts.example.com'
  const fault = findGatewayIssuerFault(gatewayIssuer)
  if (fault !== undefined) throw usageFailure(`--issuer ${describeFault(fault)}`)
  const ceilings = readCeilings(currentIo().environment, 'validate', {
    issuer: gatewayIssuer,
    localIssuers: values['local-issuers'],
  })
  const results = []
  for (const path of paths) {
    const checked = await checkTrustFile(path, ceilings)
    if (checked.ok) say(`${path} is valid`)
    else sayProblems(path, checked.error.problems)
    results.push({
      file: path,
      valid: checked.ok,
      problems: checked.ok ? [] : checked.error.problems,
    })
  }
  if (values.json) printJson({ files: results })
  return results.every(({ valid }) => valid) ? EXIT_CODES.done : EXIT_CODES.refused
}
