/** A table of decisions, each with a link to its explanation. */
import type { DecisionRecord } from '../../../contract/decisions/record.ts'
import { Moment } from '../../parts/moment.tsx'
import { Name } from '../../parts/name.tsx'
import { Table } from '../../parts/table.tsx'
import { pathTo } from '../../shell/route.ts'
import { Link } from '../../shell/router.tsx'
import { DECISIONS } from '../../texts/decisions.ts'
import { DecidingRule } from '../decision/rule-link.tsx'
import { Outcome } from './outcome.tsx'

export function DecisionTable({ decisions }: { readonly decisions: readonly DecisionRecord[] }) {
  const { columns } = DECISIONS
  return (
    <Table
      label={DECISIONS.table}
      columns={[columns.time, columns.outcome, columns.why, columns.who, columns.what]}
    >
      {decisions.map((decision) => (
        <Row key={decision.id} decision={decision} />
      ))}
    </Table>
  )
}

function Row({ decision }: { readonly decision: DecisionRecord }) {
  const { id, at, outcome, rule, reason, part, issuer, subject, resource, scopes } = decision
  const asked = decision.asked?.resource
  return (
    <tr>
      <th scope="row">
        <Link to={pathTo('decisions', id)}>
          <Moment seconds={at / 1000} canFocus={false} />
        </Link>
      </th>
      <td>
        <Outcome outcome={outcome} />
      </td>
      <td class="wide-cell">
        {outcome === 'granted' && rule !== undefined ? (
          <DecidingRule rule={rule} decision={decision} />
        ) : (
          <Name text={reason ?? part ?? ''} isCode />
        )}
      </td>
      <td class="wide-cell">
        {subject === undefined ? (
          <span class="muted">{DECISIONS.noSubject}</span>
        ) : (
          <Name text={subject} />
        )}
        {issuer !== undefined && (
          <div class="muted">
            <Name text={issuer} />
          </div>
        )}
      </td>
      <td class="wide-cell">
        <Name text={resource ?? asked ?? DECISIONS.notRecorded} />
        {scopes !== undefined && (
          <div class="muted">
            <Name text={scopes.join(' ')} isCode />
          </div>
        )}
      </td>
    </tr>
  )
}
