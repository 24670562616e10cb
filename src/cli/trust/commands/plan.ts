/** `edgemint plan`: shows what a trust file would change on a gateway. It changes nothing. */
import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { parseFlags } from '../../shell/flags.ts'
import { noteLines, printJson, printPlain, say } from '../../shell/output.ts'
import { adminFlags, TRUST_FILE } from '../admin-flags.ts'
import { countFindings, sortFindings } from '../lint/changed-findings.ts'
import { renderText } from '../lint/formats.ts'
import { makePlan, readPlanRequest } from '../make-plan.ts'
import { countChanges, renderPlan } from '../render-plan.ts'

export const command = {
  synopsis: 'FILE --url URL --token-file FILE [FLAGS]',
  about:
    'Shows what a trust document would change on a gateway. Exits with 0 if nothing would, 4 otherwise.',
  flags: {
    ...adminFlags('the scope `trust:read`'),
    json: {
      about:
        'print `{ revision, changes, lint }`; the `effect` of a change is `widened`, `narrowed`, `same` or `changed`',
    },
  },
  arguments: TRUST_FILE,
  example: 'npx edgemint plan trust.yaml --url https://sts.example.com --token-file admin.jwt',
} as const satisfies Command

export async function run(args: readonly string[]): Promise<ExitCode> {
  const request = await readPlanRequest(parseFlags(args, command))
  const plan = await makePlan(request)
  if (plan === undefined) return EXIT_CODES.refused
  const { file, revision, changes, problems } = plan
  const stored = problems.length === 0 ? {} : { problems }
  const findings = sortFindings(plan, Math.floor(Date.now() / 1000))
  const { concerned, others } = findings
  if (request.isJson) {
    const lint = { findings: concerned, others }
    printJson({ revision, changes, lint, ...stored })
  } else if (changes.length > 0) printPlain(renderPlan(changes))
  say(`${countChanges(changes)} against revision ${revision}`)
  if (concerned.length > 0) noteLines(renderText(concerned, () => file.text))
  if (others > 0) say(`${countFindings(others)} in parts that do not change: npx edgemint lint`)
  return changes.length === 0 ? EXIT_CODES.done : EXIT_CODES.changesPending
}
