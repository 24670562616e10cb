/** How many findings of each severity a rule has. */
import type { PostureFinding, PostureSeverity } from '../../../contract/posture/report.ts'
import { Badge, type Tone } from '../../parts/badge.tsx'
import { RULES } from '../../texts/rules.ts'

export const SEVERITY_TONES: Readonly<Record<PostureSeverity, Tone>> = {
  error: 'bad',
  warn: 'warn',
  info: 'info',
}

const SEVERITIES = ['error', 'warn', 'info'] as const

export function FindingCounts({ findings }: { readonly findings: readonly PostureFinding[] }) {
  if (findings.length === 0) return <span class="muted">–</span>
  return (
    <span class="badges">
      {SEVERITIES.map((severity) => {
        const count = findings.filter((finding) => finding.severity === severity).length
        if (count === 0) return null
        return (
          <Badge key={severity} tone={SEVERITY_TONES[severity]}>
            {RULES.findings(severity, count)}
          </Badge>
        )
      })}
    </span>
  )
}
