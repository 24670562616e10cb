/** Revocations: those in force, and the form that revokes. */
import { useState } from 'preact/hooks'
import type { CoarseRevocationReport } from '../../../contract/admin.ts'
import { useData } from '../../api/use-data.ts'
import { Badge } from '../../parts/badge.tsx'
import { Moment } from '../../parts/moment.tsx'
import { Name } from '../../parts/name.tsx'
import { LoadedView } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { may } from '../../session/may.ts'
import { PageFrame } from '../../shell/page-frame.tsx'
import type { PageProps } from '../../shell/page-props.ts'
import { REVOCATIONS } from '../../texts/revocations.ts'
import { LiftDialog } from './lift-dialog.tsx'
import { loadRevocations } from './revocations-api.ts'
import { RevokeForm } from './revoke-form.tsx'
import { describeTarget } from './target.ts'

export function Page({ session, query }: PageProps) {
  const list = useData('revocations', loadRevocations)
  const [lifted, setLifted] = useState<CoarseRevocationReport>()
  const mayRevoke = may(session, 'revocations:write')
  return (
    <PageFrame title={REVOCATIONS.title}>
      <div class="stack">
        <section class="card">
          <h2>{REVOCATIONS.inForce}</h2>
          <LoadedView data={list} what={REVOCATIONS.loading}>
            {({ revocations, tokens }) => (
              <>
                {revocations.length === 0 ? (
                  <p class="hint">{REVOCATIONS.none}</p>
                ) : (
                  <InForce revocations={revocations} onLift={mayRevoke ? setLifted : undefined} />
                )}
                <p class="hint">{REVOCATIONS.tokens(tokens)}</p>
              </>
            )}
          </LoadedView>
        </section>
        {mayRevoke ? (
          <RevokeForm
            // Another link to this page begins a new form.
            key={String(query)}
            first={{ grain: query.get('grain') ?? '', name: query.get('name') ?? '' }}
            onRevoked={list.reload}
          />
        ) : (
          <p class="hint">{REVOCATIONS.mayNot}</p>
        )}
      </div>
      {lifted !== undefined && (
        <LiftDialog
          revocation={lifted}
          onLifted={list.reload}
          onClose={() => setLifted(undefined)}
        />
      )}
    </PageFrame>
  )
}

type InForceProps = {
  readonly revocations: readonly CoarseRevocationReport[]
  readonly onLift: ((revocation: CoarseRevocationReport) => void) | undefined
}

function InForce({ revocations, onLift }: InForceProps) {
  return (
    <Table label={REVOCATIONS.inForce}>
      <thead>
        <tr>
          <th scope="col">{REVOCATIONS.what}</th>
          <th scope="col">{REVOCATIONS.issuedBefore}</th>
          <th scope="col">{REVOCATIONS.issuing}</th>
          <th scope="col">{REVOCATIONS.why}</th>
          <th scope="col">{REVOCATIONS.who}</th>
          <th scope="col">{REVOCATIONS.until}</th>
          {onLift !== undefined && <th scope="col">{REVOCATIONS.actions}</th>}
        </tr>
      </thead>
      <tbody>
        {revocations.map((one) => (
          <tr key={`${one.grain} ${one.id}`}>
            <th scope="row">
              <Name text={describeTarget(one.grain, one.id)} />
            </th>
            <td>
              <Moment seconds={one.issued_before} />
            </td>
            <td>
              <Badge tone={one.stops_issuing ? 'bad' : 'plain'}>
                {one.stops_issuing ? REVOCATIONS.stopped : REVOCATIONS.goesOn}
              </Badge>
            </td>
            <td>
              <Name text={one.reason} />
              {one.lift_reason !== undefined && (
                <div class="hint">
                  <Name text={`${REVOCATIONS.lifted(one.lifted_by ?? '')}: ${one.lift_reason}`} />
                </div>
              )}
            </td>
            <td>
              <Name text={one.revoked_by} />, <Moment seconds={one.revoked_at} form="relative" />
            </td>
            <td>
              <Moment seconds={one.expires_at} form="relative" />
            </td>
            {onLift !== undefined && (
              <td>
                {one.stops_issuing && (
                  <button
                    type="button"
                    class="button"
                    aria-label={REVOCATIONS.liftLabel(describeTarget(one.grain, one.id))}
                    onClick={() => onLift(one)}
                  >
                    {REVOCATIONS.lift}
                  </button>
                )}
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </Table>
  )
}
