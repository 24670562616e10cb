/** `edgemint lint`: what is dangerous in trust files, and who would get in. */
import { findGatewayIssuerFault } from '../../../web/issuer-url.ts'
import { describeFault } from '../../../web/url-spelling.ts'
import { readCeilings } from '../../operate/worker-variables.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { usageFailure } from '../../shell/failure.ts'
import { parseFlags } from '../../shell/flags.ts'
import { print, printPlain, say } from '../../shell/output.ts'
import { checkTrustFile } from '../check-trust.ts'
import {
  type RenderRemarks,
  renderGithub,
  renderJson,
  renderSarif,
  renderText,
} from '../lint/formats.ts'
import { type Remark, remarkOn } from '../lint/remark.ts'

export const usage = `Usage: edgemint lint FILE... [FLAGS]

Finds what is dangerous in trust documents: 40 checks, and hostile identities that are run through
each rule. Exits with 1 when a finding of severity error or warn is left that no rule accepts.

  --format FORMAT   text (default), json, sarif or github
  --issuer URL      the gateway the document is for; https://sts.example.com by default
  --local-issuers   accept http issuers on loopback addresses

Example:
  npx edgemint lint examples/trust/github-organisation/trust.yaml`

const FORMATS: ReadonlyMap<string, RenderRemarks> = new Map([
  ['text', renderText],
  ['json', renderJson],
  ['sarif', renderSarif],
  ['github', renderGithub],
])

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values, positionals: paths } = parseFlags(
    args,
    {
      format: { type: 'string' },
      issuer: { type: 'string' },
      'local-issuers': { type: 'boolean' },
    },
    { least: 1, most: Number.POSITIVE_INFINITY, what: 'a trust file' },
  )
  const render = FORMATS.get(values.format ?? 'text')
  if (render === undefined) throw usageFailure(`--format must be ${[...FORMATS.keys()].join(', ')}`)
  const gatewayIssuer = values.issuer ?? 'https://sts.example.com'
  const fault = findGatewayIssuerFault(gatewayIssuer)
  if (fault !== undefined) throw usageFailure(`--issuer ${describeFault(fault)}`)
  const ceilings = readCeilings(process.env, 'lint', {
    issuer: gatewayIssuer,
    localIssuers: values['local-issuers'] === true,
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
  // Commands of a workflow begin with "::", which no other output may; their text is made plain.
  if (output !== '') (render === renderGithub ? print : printPlain)(output)
  return conclude(paths, remarks)
}

function conclude(paths: readonly string[], remarks: readonly Remark[]): ExitCode {
  const blocking = remarks.filter((remark) => remark.isBlocking).length
  const accepted = remarks.filter((remark) => remark.accepted !== undefined).length
  const files = paths.length === 1 ? paths[0] : `${paths.length} files`
  const count = blocking === 1 ? '1 finding' : `${blocking} findings`
  const rest = accepted === 0 ? '' : `, ${accepted} accepted`
  say(`${files}: ${count} to answer${rest}`)
  return blocking === 0 ? EXIT_CODES.done : EXIT_CODES.refused
}
