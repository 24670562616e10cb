/** `edgemint lint`: finds risks in trust files, and shows identities that would get access. */

import { type Remark, remarkOn } from '../../../analysis/source/in-house.ts'
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
import { GATEWAY_ISSUER_FLAGS, TRUST_FILES } from '../admin-flags.ts'
import { checkTrustFile } from '../check-trust.ts'
import {
  type RenderRemarks,
  renderGithub,
  renderJson,
  renderSarif,
  renderText,
} from '../lint/formats.ts'

const FORMATS: ReadonlyMap<string, RenderRemarks> = new Map([
  ['text', renderText],
  ['json', renderJson],
  ['sarif', renderSarif],
  ['github', renderGithub],
])

export const command = {
  synopsis: 'FILE... [FLAGS]',
  about: `Finds risks in trust documents. It runs 54 checks, and evaluates each rule with hostile identities.
Exits with 1 if a finding of severity error or warn is not accepted in its rule.`,
  flags: {
    format: {
      value: 'FORMAT',
      about:
        '`text`, `json`, `sarif` (2.1.0, for code scanning) or `github` (annotations of a workflow run)',
      default: '`text`',
      completes: [...FORMATS.keys()],
    },
    ...GATEWAY_ISSUER_FLAGS,
  },
  arguments: TRUST_FILES,
  example: 'npx edgemint lint examples/trust/github-organisation/trust.yaml',
} as const satisfies Command

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values, positionals: paths } = parseFlags(args, command)
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
  for (const path of paths) {
    const checked = await checkTrustFile(path, ceilings)
    const text = checked.ok ? checked.value.file.text : checked.error.text
    if (text !== undefined) texts.set(path, text)
    remarks.push(...remarkOn(path, checked, at))
  }
  const output = render(remarks, (file) => texts.get(file))
  // printPlain escapes "::" at the start of a line. `renderGithub` needs it, and escapes the text
  // itself.
  if (output !== '') (render === renderGithub ? print : printPlain)(output)
  return conclude(paths, remarks)
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
