/** `edgemint validate`: checks trust files and policies with the gateway's compiler, without a gateway. */

import { type PlacedProblem, placeProblems } from '../../../analysis/source/in-house.ts'
import { MAX_TOKEN_LIFETIME_SECONDS } from '../../../contract/limits.ts'
import type { Ceilings } from '../../../core/policy/compile/compiled.ts'
import { findGatewayIssuerFault } from '../../../web/issuer-url.ts'
import { describeFault } from '../../../web/url-spelling.ts'
import { readCeilings } from '../../operate/worker-variables.ts'
import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { usageFailure } from '../../shell/failure.ts'
import { parseFlags } from '../../shell/flags.ts'
import { currentIo } from '../../shell/io.ts'
import { printJson, say } from '../../shell/output.ts'
import { nameInput } from '../../shell/read-input.ts'
import type { AdminAccess } from '../admin-api.ts'
import {
  GATEWAY_ISSUER_FLAGS,
  POLICY_FLAGS,
  requireFile,
  TRUST_FILES_OR_POLICY,
} from '../admin-flags.ts'
import { checkPolicyFile, checkTrustFile } from '../check-trust.ts'
import { hintAtPolicy, sayProblems } from '../problems.ts'
import { findProblemsOnline, readGateway } from '../validate-online.ts'

export const command = {
  synopsis: '[FILE...] [FLAGS]',
  about: `Checks trust documents (YAML or JSON) offline and prints each problem with its place. With --url, the
gateway checks the documents too, with its own settings; it stores nothing.`,
  flags: {
    ...POLICY_FLAGS,
    ...GATEWAY_ISSUER_FLAGS,
    url: { value: 'URL', about: 'the issuer URL of a gateway that checks the documents too' },
    'token-file': {
      value: 'FILE',
      about: 'an admin token of that gateway with the scope `trust:plan`; `-` reads stdin',
      default: 'that of `edgemint login`',
      completes: 'files',
    },
    json: {
      about:
        'print `{ files: [{ file, valid, problems }] }`; each problem has `code`, `path`, `message`, `line` and `column`',
    },
  },
  arguments: TRUST_FILES_OR_POLICY,
  notes: `The environment variables MAX_TOKEN_LIFETIME_SECONDS (default ${MAX_TOKEN_LIFETIME_SECONDS}) and MAX_RULE_EXPIRY_DAYS
set the ceilings of the deployment.`,
  example: 'npx edgemint validate trust.yaml',
} as const satisfies Command

type FileResult = {
  readonly file: string
  readonly valid: boolean
  readonly problems: readonly PlacedProblem[]
}

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values, positionals: paths } = parseFlags(args, command)
  requireFile(paths, values.policy)
  const access = await readGateway(values)
  const gatewayIssuer =
    values.issuer ?? access?.url.replace(/\/+$/, '') ?? 'https://sts.example.com'
  const fault = findGatewayIssuerFault(gatewayIssuer)
  if (fault !== undefined) throw usageFailure(`--issuer ${describeFault(fault)}`)
  const ceilings = readCeilings(currentIo().environment, 'validate', {
    issuer: gatewayIssuer,
    // The gateway knows whether it allows them.
    localIssuers: values['local-issuers'] || access !== undefined,
  })
  const results: FileResult[] = []
  const report = (path: string, problems: readonly PlacedProblem[]) => {
    const valid = problems.length === 0
    if (valid) say(`${nameInput(path)} is valid`)
    else sayProblems(path, problems)
    results.push({ file: path, valid, problems })
  }
  for (const path of paths) {
    const problems = await findProblems(path, ceilings, access)
    report(path, problems)
    hintAtPolicy('validate', path, problems)
  }
  if (values.policy !== undefined) {
    const checked = await checkPolicyFile(values.policy, ceilings)
    report(values.policy, checked.ok ? [] : checked.error.problems)
  }
  if (values.json) printJson({ files: results })
  return results.every(({ valid }) => valid) ? EXIT_CODES.done : EXIT_CODES.refused
}

async function findProblems(
  path: string,
  ceilings: Ceilings,
  access: AdminAccess | undefined,
): Promise<readonly PlacedProblem[]> {
  const checked = await checkTrustFile(path, ceilings)
  if (!checked.ok) return checked.error.problems
  if (access === undefined) return []
  const { file } = checked.value
  return placeProblems(file, await findProblemsOnline(access, file.json))
}
