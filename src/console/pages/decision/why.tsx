/** Why a decision was made: the summary, a sentence for each rule, and the result of each condition. */
import type { DecisionExplanation } from '../../../contract/decisions/answers.ts'
import type { RuleTrace } from '../../../core/policy/decide/trace.ts'
import { Badge } from '../../parts/badge.tsx'
import { Name } from '../../parts/name.tsx'
import { Table } from '../../parts/table.tsx'
import { DECISION } from '../../texts/decisions.ts'
import { RuleLink } from './rule-link.tsx'
import { readTrace } from './trace.ts'

export function Why({ explanation }: { readonly explanation: DecisionExplanation }) {
  const { status, note, agrees, summary, rules = [], rules_omitted: omitted = 0 } = explanation
  const { source, revision, nearest_miss: nearest } = explanation
  const trace = readTrace(explanation)
  return (
    <section class="card">
      <h2>{DECISION.why}</h2>
      <p class="summary">
        <Name text={summary ?? note ?? ''} />
      </p>
      {summary !== undefined && note !== undefined && (
        <p class="hint">
          <Name text={note} />
        </p>
      )}
      {status === 'partial' && <p class="hint">{DECISION.partial}</p>}
      {agrees !== undefined && (
        <p class={agrees ? 'hint' : 'notice warn'}>{agrees ? DECISION.agrees : DECISION.differs}</p>
      )}
      {(source !== undefined || nearest !== undefined) && (
        <p class="hint">
          {source === 'policy' && `${DECISION.source} ${DECISION.sourcePolicy}. `}
          {source === 'document' &&
            revision !== undefined &&
            `${DECISION.source} ${DECISION.sourceDocument(revision)}. `}
          {nearest !== undefined && (
            <>
              {DECISION.nearest}: <RuleLink rule={nearest} isOfPolicy={source === 'policy'} />.
            </>
          )}
        </p>
      )}
      {rules.length > 0 && (
        <>
          <h3>{DECISION.rules}</h3>
          <ul class="plain-list">
            {rules.map(({ rule, sentence }) => (
              <li key={rule}>
                <RuleLink rule={rule} isOfPolicy={source === 'policy'} /> <Name text={sentence} />
                <RuleConditions trace={trace.find((one) => one.rule === rule)} />
              </li>
            ))}
          </ul>
        </>
      )}
      {omitted > 0 && <p class="hint">{DECISION.omitted(omitted)}</p>}
    </section>
  )
}

function RuleConditions({ trace }: { readonly trace: RuleTrace | undefined }) {
  if (trace === undefined) return null
  return (
    <details>
      <summary>{DECISION.trace}</summary>
      <Table
        label={DECISION.traceOf(trace.rule)}
        columns={[DECISION.claim, DECISION.result, DECISION.expected, DECISION.presented]}
      >
        {trace.conditions.map(({ claim, holds, expected, presented }) => (
          <tr key={claim}>
            <th scope="row">
              <Name text={claim} isCode />
            </th>
            <td>
              <Badge tone={holds ? 'good' : 'bad'}>{holds ? DECISION.holds : DECISION.fails}</Badge>
            </td>
            <td>
              <Name text={expected} />
            </td>
            <td>
              {presented === null ? (
                <span class="muted">{DECISION.absent}</span>
              ) : (
                <Name text={presented} />
              )}
            </td>
          </tr>
        ))}
      </Table>
    </details>
  )
}
