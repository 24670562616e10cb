/** Whether the gateway is ready, which part is not, and its warnings. */
import type { AdminHealth } from '../../../contract/admin.ts'
import { Badge } from '../../parts/badge.tsx'
import { Name } from '../../parts/name.tsx'
import { OVERVIEW } from '../../texts/overview.ts'
import { SEVERITIES } from '../../texts/shell.ts'
import { listParts } from './parts.ts'

export function Health({ report }: { readonly report: AdminHealth }) {
  const { notReady, off } = listParts(report.checks)
  const isReady = report.status === 'ready'
  return (
    <>
      <p class="summary">
        <Badge tone={isReady ? 'good' : 'bad'}>
          {isReady ? OVERVIEW.ready : OVERVIEW.notReady}
        </Badge>{' '}
        {notReady.length === 0
          ? OVERVIEW.allReady
          : notReady.map((part) => `${OVERVIEW.partNotReady(part)}.`).join(' ')}
      </p>
      {report.warnings.length === 0 ? (
        <p>{OVERVIEW.noWarnings}</p>
      ) : (
        <ul class="plain-list" aria-label={OVERVIEW.warnings}>
          {report.warnings.map((warning) => (
            <li key={warning}>
              <Badge tone="warn">{SEVERITIES.warn}</Badge> <Name text={warning} />
            </li>
          ))}
        </ul>
      )}
      {off.length > 0 && <p class="hint">{OVERVIEW.off(off.join(', '))}</p>}
    </>
  )
}
