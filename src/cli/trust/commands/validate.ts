/** `edgemint validate`: trust files through the gateway's own compiler, without a gateway. */
import { MAX_TOKEN_LIFETIME_SECONDS } from '../../../contract/limits.ts'
import { findGatewayIssuerFault } from '../../../web/issuer-url.ts'
import { describeFault } from '../../../web/url-spelling.ts'
import { readCeilings } from '../../operate/worker-variables.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { usageFailure } from '../../shell/failure.ts'
import { parseFlags } from '../../shell/flags.ts'
import { printJson, say } from '../../shell/output.ts'
import { checkTrustFile } from '../check-trust.ts'
import { sayProblems } from '../problems.ts'

export const usage = `Usage: edgemint validate FILE... [FLAGS]

Checks trust documents (YAML or JSON) offline and names each problem with its place.

  --issuer URL      the gateway the document is for; https://sts.example.com by default
  --local-issuers   accept http issuers on loopback addresses
  --json            print the result as JSON

The ceilings of the deployment come from MAX_TOKEN_LIFETIME_SECONDS (default ${MAX_TOKEN_LIFETIME_SECONDS}) and
MAX_RULE_EXPIRY_DAYS in the environment.

Example:
  npx edgemint validate examples/trust.yaml --local-issuers`

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values, positionals: paths } = parseFlags(
    args,
    {
      issuer: { type: 'string' },
      'local-issuers': { type: 'boolean' },
      json: { type: 'boolean' },
    },
    { least: 1, most: Number.POSITIVE_INFINITY, what: 'a trust file' },
  )
  const gatewayIssuer = values.issuer ?? 'https://sts.example.com'
  const fault = findGatewayIssuerFault(gatewayIssuer)
  if (fault !== undefined) throw usageFailure(`--issuer ${describeFault(fault)}`)
  const ceilings = readCeilings(process.env, 'validate', {
    issuer: gatewayIssuer,
    localIssuers: values['local-issuers'] === true,
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
  if (values.json === true) printJson({ files: results })
  return results.every(({ valid }) => valid) ? EXIT_CODES.done : EXIT_CODES.refused
}
