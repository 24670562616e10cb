/** The page `/decisions/:id`: one decision, why it was made, and what is recorded of it. */
import type { DecisionRecord } from '../../../contract/decisions/record.ts'
import { read } from '../../api/request.ts'
import { DECISION_ANSWER } from '../../api/shapes.ts'
import { useData } from '../../api/use-data.ts'
import { CopyButton } from '../../parts/copy-button.tsx'
import { Name } from '../../parts/name.tsx'
import { makeVisible } from '../../parts/names.ts'
import { LoadedView } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { PageFrame } from '../../shell/page-frame.tsx'
import type { PageProps } from '../../shell/page-props.ts'
import { pathTo } from '../../shell/route.ts'
import { Link } from '../../shell/router.tsx'
import { DECISION } from '../../texts/decisions.ts'
import { Outcome } from '../decisions/outcome.tsx'
import { flattenClaims } from './claims.ts'
import { DecisionFacts } from './facts.tsx'
import { Why } from './why.tsx'

export function Page({ params }: PageProps) {
  const { id = '' } = params
  const answer = useData(`decision:${id}`, (signal) =>
    read(pathTo('decisions', id), DECISION_ANSWER, { signal }),
  )
  const heading = (
    <>
      <span class="kind">{DECISION.kind}</span> <Name text={id} isCode />{' '}
      {answer.value !== undefined && <Outcome outcome={answer.value.decision.outcome} />}
    </>
  )
  return (
    <PageFrame
      title={makeVisible(DECISION.title(id))}
      heading={heading}
      actions={
        <>
          <CopyButton text={id} label={DECISION.copyId} />
          <Link to="/decisions">{DECISION.back}</Link>
        </>
      }
    >
      <LoadedView data={answer} what={DECISION.loading}>
        {({ decision, explanation }) => (
          <div class="stack">
            <Why explanation={explanation} />
            <DecisionFacts decision={decision} />
            <Claims decision={decision} />
            <Record decision={decision} />
          </div>
        )}
      </LoadedView>
    </PageFrame>
  )
}

function Claims({ decision }: { readonly decision: DecisionRecord }) {
  const rows = flattenClaims(decision.claims ?? {})
  return (
    <section class="card">
      <h2>{DECISION.claims}</h2>
      {rows.length === 0 ? (
        <p class="hint">{DECISION.noClaims}</p>
      ) : (
        <Table label={DECISION.claimsTable} columns={[DECISION.claim, DECISION.value]}>
          {rows.map(([path, value]) => (
            <tr key={path}>
              <th scope="row" class="mid-cell">
                <Name text={path} isCode />
              </th>
              <td>
                <Name text={value} />
              </td>
            </tr>
          ))}
        </Table>
      )}
    </section>
  )
}

function Record({ decision }: { readonly decision: DecisionRecord }) {
  const text = JSON.stringify(decision, null, 2)
  return (
    <details class="card">
      <summary>{DECISION.record}</summary>
      <CopyButton text={text} label={DECISION.copyRecord} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must take the focus (WCAG 2.1.1). */}
      <pre tabIndex={0}>{text.split('\n').map(makeVisible).join('\n')}</pre>
    </details>
  )
}
