/** What a rule grants, who is responsible for it, and when it ends. */
import type { RuleSource } from '../../../contract/trust-document.ts'
import { parseMoment } from '../../../web/moment.ts'
import { type Fact, Facts } from '../../parts/facts.tsx'
import { Moment } from '../../parts/moment.tsx'
import { Name } from '../../parts/name.tsx'
import { RULE, RULES } from '../../texts/rules.ts'

type Props = {
  readonly rule: RuleSource
  readonly position: number
  readonly count: number
}

export function RuleSummary({ rule, position, count }: Props) {
  const grant = 'grant' in rule ? rule.grant : undefined
  const endsAt = rule.expires === undefined ? undefined : parseMoment(rule.expires)
  const rows: readonly Fact[] = [
    [RULE.description, rule.description],
    [RULE.effect, RULE.effects[effectOf(rule)]],
    [RULE.owner, rule.owner ?? RULES.noOwner],
    [
      RULE.ends,
      endsAt === undefined ? (
        RULES.noEnd
      ) : (
        <>
          <Moment seconds={endsAt} /> (<Moment seconds={endsAt} form="relative" canFocus={false} />)
        </>
      ),
    ],
    [RULE.issuer, rule.from],
    [RULE.resource, grant?.resource],
    [RULE.scopes, grant && <Name text={grant.scopes.join(' ')} isCode />],
    [RULE.lifetime, grant?.lifetime],
    [RULE.subject, grant?.subject && <Name text={grant.subject} isCode />],
    [RULE.replay, grant?.replay],
    [RULE.position, RULE.positionOf(position, count)],
  ]
  return (
    <section class="card">
      <h2>{RULE.summary}</h2>
      <Facts rows={rows} />
    </section>
  )
}

function effectOf(rule: RuleSource): keyof typeof RULE.effects {
  if (rule.mode === 'observe') return 'observe'
  return rule.effect === 'deny' ? 'deny' : 'allow'
}
