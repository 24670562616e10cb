/** The page `/rules/:name`: who used the rule, for what and when; its text, findings and decisions. */
import { read } from '../../api/request.ts'
import { DECISION_PAGE, POSTURE_REPORT } from '../../api/shapes.ts'
import { type LoadedTrust, loadTrust } from '../../api/trust.ts'
import { useData } from '../../api/use-data.ts'
import { Name } from '../../parts/name.tsx'
import { makeVisible } from '../../parts/names.ts'
import { Empty, LoadedView } from '../../parts/states.tsx'
import { may } from '../../session/may.ts'
import { PageFrame } from '../../shell/page-frame.tsx'
import type { PageProps } from '../../shell/page-props.ts'
import { withQuery } from '../../shell/route.ts'
import { Link } from '../../shell/router.tsx'
import { DECISIONS } from '../../texts/decisions.ts'
import { RULE } from '../../texts/rules.ts'
import { DecisionTable } from '../decisions/table.tsx'
import { Conditions } from './conditions.tsx'
import { Findings } from './findings.tsx'
import { RuleSummary } from './summary.tsx'
import { RuleText } from './text.tsx'
import { Rights, Users } from './uses.tsx'

const READ_TOKENS = 500
const SHOWN_DECISIONS = 10

export function Page({ params, session }: PageProps) {
  const { name = '' } = params
  const trust = useData('trust', loadTrust)
  const title = makeVisible(RULE.title(name))
  const heading = (
    <>
      <span class="kind">{RULE.kind}</span> <Name text={name} />
    </>
  )
  const canRevoke =
    may(session, 'revocations:write') && trust.value?.rules.some((rule) => rule.name === name)
  const actions = (
    <>
      {canRevoke && (
        <Link to={withQuery('/revocations', { grain: 'rule', name })}>{RULE.revoke}</Link>
      )}
      <Link to="/rules">{RULE.back}</Link>
    </>
  )
  return (
    <PageFrame title={title} heading={heading} actions={actions}>
      <LoadedView data={trust} what={RULE.loading}>
        {(loaded) => (
          <Rule name={name} trust={loaded} mayReadDecisions={may(session, 'decisions:read')} />
        )}
      </LoadedView>
    </PageFrame>
  )
}

type RuleProps = {
  readonly name: string
  readonly trust: LoadedTrust
  readonly mayReadDecisions: boolean
}

function Rule({ name, trust, mayReadDecisions }: RuleProps) {
  const index = trust.rules.findIndex((rule) => rule.name === name)
  const rule = trust.rules[index]
  const posture = useData('posture', (signal) => read('/posture', POSTURE_REPORT, { signal }))
  const granted = useData(`rule-granted:${name}`, (signal) => {
    const query = { rule: name, outcome: 'granted', limit: String(READ_TOKENS) }
    return read(withQuery('/decisions', query), DECISION_PAGE, { signal })
  })
  /* Otherwise the card of the users has already said what is missing. */
  const decisions = mayReadDecisions && (
    <section class="card">
      <div class="card-head">
        <h2>{RULE.decisions}</h2>
        <Link to={withQuery('/decisions', { rule: name })}>{RULE.allDecisions}</Link>
      </div>
      <RecentDecisions name={name} />
    </section>
  )
  if (rule === undefined) {
    return (
      <div class="stack">
        <Empty>{RULE.unknown}</Empty>
        {decisions}
      </div>
    )
  }
  return (
    <div class="stack">
      <div class="columns">
        <RuleSummary rule={rule} position={index + 1} count={trust.rules.length} />
        <Conditions rule={rule} />
      </div>
      <section class="card">
        <h2>{RULE.findings}</h2>
        <LoadedView data={posture}>
          {({ findings }) => (
            <Findings
              findings={findings.filter(
                ({ subject }) => subject.kind === 'rule' && subject.name === name,
              )}
              accepted={rule.accept ?? []}
            />
          )}
        </LoadedView>
      </section>
      <div class="columns">
        <section class="card">
          <h2>{RULE.users}</h2>
          <LoadedView data={granted}>{(page) => <Users page={page} rule={name} />}</LoadedView>
        </section>
        <section class="card">
          <h2>{RULE.rights}</h2>
          <LoadedView data={posture}>
            {({ usage }) => <Rights rights={usage.rights.filter((right) => right.rule === name)} />}
          </LoadedView>
        </section>
      </div>
      {decisions}
      <RuleText rule={rule} />
    </div>
  )
}

function RecentDecisions({ name }: { readonly name: string }) {
  const recent = useData(`rule-decisions:${name}`, (signal) => {
    const query = { rule: name, limit: String(SHOWN_DECISIONS) }
    return read(withQuery('/decisions', query), DECISION_PAGE, { signal })
  })
  return (
    <LoadedView data={recent}>
      {({ decisions }) =>
        decisions.length === 0 ? (
          <Empty>{DECISIONS.empty}</Empty>
        ) : (
          <DecisionTable decisions={decisions} />
        )
      }
    </LoadedView>
  )
}
