/** `edgemint plan`: what a trust file would change at a gateway. Changes nothing. */
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { printJson, printPlain, say } from '../../shell/output.ts'
import { makePlan, parsePlanRequest } from '../make-plan.ts'
import { countChanges, renderPlan } from '../render-plan.ts'

export const usage = `Usage: edgemint plan FILE --url URL --token-file FILE [FLAGS]

Shows what a trust document would change. Ends with 0 when nothing would, 4 when something would.

  --url URL           the gateway
  --token-file FILE   a token of the gateway for itself, with trust:read; - reads stdin
  --json              print the changes as JSON

Example:
  npx edgemint plan trust.yaml --url https://sts.example.com --token-file admin.jwt`

export async function run(args: readonly string[]): Promise<ExitCode> {
  const request = await parsePlanRequest(args)
  const plan = await makePlan(request)
  if (plan === undefined) return EXIT_CODES.refused
  const { revision, changes, problems } = plan
  const stored = problems.length === 0 ? {} : { problems }
  if (request.isJson) printJson({ revision, changes, ...stored })
  else if (changes.length > 0) printPlain(renderPlan(changes))
  say(`${countChanges(changes)} against revision ${revision}`)
  return changes.length === 0 ? EXIT_CODES.done : EXIT_CODES.changesPending
}
