/** `edgemint ask used`: shows the use of each right, and rights without use. */
import type { PostureReport, UsedRight } from '../../../contract/posture/report.ts'
import { isGatewayResource } from '../../../core/policy/compile/resource-uri.ts'
import { findNearest } from '../../../web/text/nearest.ts'
import { makePlain } from '../../../web/text/plain.ts'
import { requireAdminUrl } from '../../people/admin-url.ts'
import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { refusal, usageFailure } from '../../shell/failure.ts'
import { parseFlags } from '../../shell/flags.ts'
import { printJson, printPlain, say } from '../../shell/output.ts'
import { adminFlags } from '../../trust/admin-flags.ts'
import { readAskedTrust } from '../asked-trust.ts'
import { getPosture } from '../posture-api.ts'
import { describeUsage } from '../posture-formats.ts'
import { renderSeconds } from '../render-time.ts'

export const command = {
  synopsis: '--url URL [--token-file FILE] [FLAGS]',
  about: `Whether a right is still used: for each scope that a rule grants, how many tokens had it and when the
last one was issued. Rights of the document in force without use are listed too, and rights that were
used through rules that are no longer in it.`,
  flags: {
    ...adminFlags('the scope `trust:read`'),
    rule: { value: 'NAME', about: 'only this rule' },
    resource: { value: 'URI', about: 'only this resource, as the document spells it' },
    json: { about: 'print `{ since, complete, rights }`; `last_at` is null without use' },
  },
  example:
    'npx edgemint ask used --rule deploy --url https://sts.example.com --token-file admin.jwt',
} as const satisfies Command

/** One right, with its use as far as it is known. */
type Right = Pick<UsedRight, 'rule' | 'resource' | 'scope' | 'granted'> & {
  readonly last_at: number | null
  /** `removed`: it was granted by a rule that the document in force does not have any more. */
  readonly source: 'document' | 'policy' | 'removed'
}

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseFlags(args, command)
  const url = requireAdminUrl(values.url)
  const asked = await readAskedTrust({ ...values, url, trust: undefined })
  if (asked.access === undefined) throw usageFailure('--url is required')
  const report = await getPosture(asked.access)
  const { usage } = report
  if (usage.state === 'off') {
    throw refusal(
      'the deployment keeps no decisions, so nothing is known about use',
      'bind a Durable Object namespace of the class DecisionLog as DECISION_LOG',
    )
  }
  const { trust } = asked
  const granted = trust.rules.flatMap(({ name, grant }) =>
    (grant?.scopes ?? []).map((scope) => ({ rule: name, resource: grant?.resource ?? '', scope })),
  )
  const all = joinUse(granted, usage.rights, asked.access.url)
  const ruleNames = [...trust.rules.map(({ name }) => name), ...all.map(({ rule }) => rule)]
  checkName('rule', values.rule, ruleNames)
  checkName('resource', values.resource, [
    ...[...trust.resources.values()].map(({ uri }) => uri),
    ...all.map(({ resource }) => resource),
  ])
  const rights = all.filter(
    ({ rule, resource }) =>
      rule === (values.rule ?? rule) && resource === (values.resource ?? resource),
  )
  const complete = usage.state === 'on' && asked.complete
  if (values.json) printJson({ since: usage.since, complete, rights }, 2)
  else if (rights.length > 0)
    printPlain(rights.map((right) => renderRight(right, report)).join('\n'))
  if (rights.length === 0) say(describeNone(values.rule, values.resource, usage.state === 'on'))
  say(describeUsage(report))
  return EXIT_CODES.done
}

/** The rights in the order of the document, then those that only the log knows. */
function joinUse(
  granted: readonly Pick<Right, 'rule' | 'resource' | 'scope'>[],
  used: readonly UsedRight[],
  gateway: string,
): readonly Right[] {
  const keyOf = ({ rule, resource, scope }: Pick<Right, 'rule' | 'resource' | 'scope'>) =>
    JSON.stringify([rule, resource, scope])
  const known = new Map(used.map((right) => [keyOf(right), right]))
  const own = new Set(granted.map(keyOf))
  return [
    ...granted.map((right) => {
      const { granted: count = 0, last_at: lastAt = null } = known.get(keyOf(right)) ?? {}
      return { ...right, granted: count, last_at: lastAt, source: 'document' as const }
    }),
    ...used
      .filter((right) => !own.has(keyOf(right)))
      .map(({ rule, resource, scope, granted: count, last_at }) => {
        // Only the deploy-time policy grants the gateway itself.
        const source: Right['source'] = isGatewayResource(resource, gateway) ? 'policy' : 'removed'
        return { rule, resource, scope, granted: count, last_at, source }
      }),
  ]
}

function describeNone(
  rule: string | undefined,
  resource: string | undefined,
  isKnown: boolean,
): string {
  const by =
    rule === undefined ? 'no rule grants anything' : `the rule ${makePlain(rule)} grants nothing`
  const where = resource === undefined ? '' : ` at ${makePlain(resource)}`
  const use = isKnown ? 'no such token was issued' : 'whether such tokens were issued is not known'
  return `${by}${where}, and ${use}`
}

const NOTES = {
  document: '',
  policy: ' (deploy-time policy)',
  removed: ' (not in the document any more)',
} as const

function renderRight(right: Right, { usage }: PostureReport): string {
  const { rule, resource, scope, granted: count, last_at: lastAt } = right
  const none = usage.state === 'partial' ? 'not known' : 'never used'
  const tokens = count === 1 ? '1 token' : `${count} tokens`
  const use = lastAt === null ? none : `${tokens}, the last at ${renderSeconds(lastAt)}`
  const names = [rule, resource, scope === '' ? '-' : scope].map((text) => makePlain(text))
  return `${names.join('  ')}  ${use}${NOTES[right.source]}`
}

function checkName(flag: string, name: string | undefined, known: readonly string[]): void {
  if (name === undefined || known.includes(name)) return
  const nearest = findNearest(name, known)
  const rest = nearest === undefined ? '' : `: did you mean ${nearest}?`
  throw usageFailure(
    `--${flag}: neither the document nor the decision log has a ${flag} ${name}${rest}`,
    'npx edgemint ask used lists all without this flag',
  )
}
