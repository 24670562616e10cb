/** The findings of a rule, and those that its owner accepted. */
import type { PostureFinding } from '../../../contract/posture/report.ts'
import type { RuleSource } from '../../../contract/trust-document.ts'
import { Badge } from '../../parts/badge.tsx'
import { Name } from '../../parts/name.tsx'
import { RULE } from '../../texts/rules.ts'
import { SEVERITIES } from '../../texts/shell.ts'
import { SEVERITY_TONES } from '../rules/finding-counts.tsx'

type Props = {
  readonly findings: readonly PostureFinding[]
  readonly accepted: NonNullable<RuleSource['accept']>
}

export function Findings({ findings, accepted }: Props) {
  return (
    <>
      {findings.length === 0 ? (
        <p class="hint">{RULE.noFindings}</p>
      ) : (
        <ul class="plain-list">
          {findings.map(({ id, severity, message, fix }) => (
            <li key={`${id} ${message}`}>
              <Badge tone={SEVERITY_TONES[severity]}>{SEVERITIES[severity]}</Badge>{' '}
              <span class="code">{id}</span> <Name text={message} />
              <div class="muted">
                <Name text={fix} />
              </div>
            </li>
          ))}
        </ul>
      )}
      {accepted.length > 0 && (
        <>
          <h3>{RULE.accepted}</h3>
          <ul class="plain-list">
            {accepted.map(({ lint, reason }) => (
              <li key={lint}>
                <span class="code">{lint}</span> <Name text={reason} />
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  )
}
