/** `edgemint lint`: finds risks in trust files and policies, and shows identities that would get access. */

import {
  type CheckedTrust,
  type Remark,
  remarkOn,
  remarkOnPolicy,
} from '../../../analysis/source/in-house.ts'
import { findGatewayIssuerFault } from '../../../web/issuer-url.ts'
import { describeFault } from '../../../web/url-spelling.ts'
import { readCeilings } from '../../operate/worker-variables.ts'
import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { usageFailure } from '../../shell/failure.ts'
import { parseChoice, parseFlags } from '../../shell/flags.ts'
import { currentIo } from '../../shell/io.ts'
import { print, printPlain, say } from '../../shell/output.ts'
import { nameInput } from '../../shell/read-input.ts'
import {
  GATEWAY_ISSUER_FLAGS,
  POLICY_FLAGS,
  requireFile,
  TRUST_FILES_OR_POLICY,
} from '../admin-flags.ts'
import { checkPolicyFile, checkTrustFile } from '../check-trust.ts'
import {
  type RenderRemarks,
  renderGithub,
  renderJson,
  renderSarif,
  renderText,
} from '../lint/formats.ts'
import { hintAtPolicy } from '../problems.ts'

const FORMATS: ReadonlyMap<string, RenderRemarks> = new Map([
  ['text', renderText],
  ['json', renderJson],
  ['sarif', renderSarif],
  ['github', renderGithub],
])

export const command = {
  synopsis: '[FILE...] [FLAGS]',
  about: `Finds risks in trust documents and in the deploy-time policy. It runs 54 checks, and evaluates each
rule with hostile identities.
Exits with 1 if a finding of severity error or warn is not accepted in its rule.`,
  flags: {
    format: {
      value: 'FORMAT',
      about:
        '`text`, `json`, `sarif` (2.1.0, for code scanning) or `github` (annotations of a workflow run)',
      default: '`text`',
      completes: [...FORMATS.keys()],
    },
    ...POLICY_FLAGS,
    ...GATEWAY_ISSUER_FLAGS,
  },
  arguments: TRUST_FILES_OR_POLICY,
  example: 'npx edgemint lint trust.yaml',
} as const satisfies Command

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values, positionals: paths } = parseFlags(args, command)
  const { policy } = values
  requireFile(paths, policy)
  const render = parseChoice('--format', values.format ?? 'text', FORMATS)
  const gatewayIssuer = values.issuer ?? 'https://sts.example.com'
  const fault = findGatewayIssuerFault(gatewayIssuer)
  if (fault !== undefined) throw usageFailure(`--issuer ${describeFault(fault)}`)
  const ceilings = readCeilings(currentIo().environment, 'lint', {
    issuer: gatewayIssuer,
    localIssuers: values['local-issuers'],
  })
  const at = Math.floor(Date.now() / 1000)
  const texts = new Map<string, string>()
  const remarks: Remark[] = []
  const keepText = (path: string, checked: CheckedTrust) => {
    const text = checked.ok ? checked.value.file.text : checked.error.text
    if (text !== undefined) texts.set(path, text)
  }
  for (const path of paths) {
    const checked = await checkTrustFile(path, ceilings)
    keepText(path, checked)
    if (!checked.ok) hintAtPolicy('lint', path, checked.error.problems)
    remarks.push(...remarkOn(path, checked, at))
  }
  if (policy !== undefined) {
    const checked = await checkPolicyFile(policy, ceilings)
    keepText(policy, checked)
    remarks.push(...remarkOnPolicy(policy, checked, at))
  }
  const output = render(remarks, (file) => texts.get(file))
  // printPlain escapes "::" at the start of a line. `renderGithub` needs it, and escapes the text
  // itself.
  if (output !== '') (render === renderGithub ? print : printPlain)(output)
  return conclude(policy === undefined ? paths : [...paths, policy], remarks)
}

function conclude(paths: readonly string[], remarks: readonly Remark[]): ExitCode {
  const blocking = remarks.filter((remark) => remark.isBlocking).length
  const accepted = remarks.filter((remark) => remark.accepted !== undefined).length
  const files = paths.length === 1 ? nameInput(paths[0] ?? '') : `${paths.length} files`
  const count = blocking === 1 ? '1 unresolved finding' : `${blocking} unresolved findings`
  const notes = remarks.length - blocking - accepted
  const rest = [
    ...(notes === 0 ? [] : [`, ${notes} info`]),
    ...(accepted === 0 ? [] : [`, ${accepted} accepted`]),
  ]
  say(`${files}: ${count}${rest.join('')}`)
  return blocking === 0 ? EXIT_CODES.done : EXIT_CODES.refused
}
