/** Which posture findings are shown. */
import type { PostureFinding, PostureSeverity } from '../../../contract/posture/report.ts'

export type PostureFilter = {
  /** Empty: all. */
  readonly severity: PostureSeverity | ''
  readonly id: string
  /** A part of the name, the message or the fix, in any case. */
  readonly text: string
}

export const SEVERITIES = ['error', 'warn', 'info'] as const

export function filterFindings(
  findings: readonly PostureFinding[],
  { severity, id, text }: PostureFilter,
): readonly PostureFinding[] {
  const wanted = text.trim().toLowerCase()
  return findings.filter(
    (finding) =>
      (severity === '' || finding.severity === severity) &&
      (id === '' || finding.id === id) &&
      (wanted === '' || textOf(finding).includes(wanted)),
  )
}

export function countSeverities(
  findings: readonly PostureFinding[],
): Readonly<Record<PostureSeverity, number>> {
  const counts = { error: 0, warn: 0, info: 0 }
  for (const { severity } of findings) counts[severity] += 1
  return counts
}

function textOf({ subject, message, fix }: PostureFinding): string {
  return `${subject.name} ${message} ${fix}`.toLowerCase()
}

export function isSeverity(text: string): text is PostureSeverity {
  return SEVERITIES.some((severity) => severity === text)
}
