/** A decision of the playground with the trace of every rule. */
import type { EffectTrace } from '../../../core/policy/explain/evaluate-claims.ts'
import { Badge } from '../../parts/badge.tsx'
import { type Fact, Facts } from '../../parts/facts.tsx'
import { Name } from '../../parts/name.tsx'
import { Table } from '../../parts/table.tsx'
import { PLAYGROUND } from '../../texts/playground.ts'
import type { Decided } from './request.ts'

export function Decision({ decided }: { readonly decided: Decided }) {
  const {
    outcome,
    summary,
    rules,
    rules_omitted: omitted = 0,
    nearest_miss: nearest,
    evaluation,
  } = decided
  return (
    <>
      <p class="outcome">
        <Badge tone={outcome === 'granted' ? 'good' : 'bad'}>{PLAYGROUND[outcome]}</Badge>
        <Name text={summary} />
      </p>
      <Facts rows={factsOf(decided)} />
      <h3 class="trace-head">{PLAYGROUND.trace}</h3>
      {rules.length === 0 && <p class="hint">{PLAYGROUND.noRules}</p>}
      {rules.map(({ rule, sentence }) => (
        <div key={rule} class="rule-trace">
          <p>
            <Name text={rule} isCode /> <Name text={sentence} />
          </p>
          <Conditions
            trace={evaluation.trace.find((one) => one.rule === rule)}
            isOpen={rule === nearest || evaluation.trace.length === 1}
          />
        </div>
      ))}
      {omitted > 0 && <p class="hint">{PLAYGROUND.omitted(omitted)}</p>}
    </>
  )
}

function factsOf({ evaluation, nearest_miss: nearest, revision }: Decided): readonly Fact[] {
  const { facts } = PLAYGROUND
  const decidedBy = revision === undefined ? PLAYGROUND.byDraft : PLAYGROUND.byGateway(revision)
  if (evaluation.kind === 'denied') {
    return [
      [facts.reason, <Name text={evaluation.reason} isCode />],
      [facts.nearest, nearest === undefined ? undefined : <Name text={nearest} isCode />],
      [facts.decided, decidedBy],
    ]
  }
  const { rule, resource, scopes, subject, lifetimeSeconds } = evaluation
  return [
    [facts.by, <Name text={rule} isCode />],
    [facts.resource, <Name text={resource} isCode />],
    [facts.scopes, <Name text={scopes.join(' ')} isCode />],
    [facts.subject, subject === undefined ? undefined : <Name text={subject} isCode />],
    [facts.lifetime, PLAYGROUND.seconds(lifetimeSeconds)],
    [facts.decided, decidedBy],
  ]
}

type ConditionsProps = { readonly trace: EffectTrace | undefined; readonly isOpen: boolean }

function Conditions({ trace, isOpen }: ConditionsProps) {
  if (trace === undefined || trace.conditions.length === 0) return null
  return (
    <details open={isOpen}>
      <summary>{PLAYGROUND.conditions(trace.conditions.length)}</summary>
      <Table label={trace.rule}>
        <thead>
          <tr>
            <th scope="col">{PLAYGROUND.condition}</th>
            <th scope="col">{PLAYGROUND.expected}</th>
            <th scope="col">{PLAYGROUND.presented}</th>
            <th scope="col">{PLAYGROUND.holds}</th>
          </tr>
        </thead>
        <tbody>
          {trace.conditions.map(({ claim, expected, presented, holds }, index) => (
            <tr key={index}>
              <th scope="row">
                <Name text={claim} isCode />
              </th>
              <td>
                <Name text={expected} isCode />
              </td>
              <td>{presented === null ? PLAYGROUND.absent : <Name text={presented} isCode />}</td>
              <td>
                <Badge tone={holds ? 'good' : 'bad'}>
                  {holds ? PLAYGROUND.yes : PLAYGROUND.no}
                </Badge>
              </td>
            </tr>
          ))}
        </tbody>
      </Table>
    </details>
  )
}
