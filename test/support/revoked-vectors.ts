/** The coarse revocations of the vectors of denials. */
import type { CoarseBound } from '../../src/protocol/revocations.ts'

/** What an administrator has revoked before the vectors are sent, as the admin API takes it. */
export const REVOKED = (now: number) =>
  [
    { rule: 'stopped', reason: 'for the vectors' },
    {
      subject: 'repo:octo-org/leaked:ref:refs/heads/main',
      before: now,
      reason: 'for the vectors',
    },
  ] as const

/** The same, as it is published. */
export function revokedBounds(now: number): readonly CoarseBound[] {
  return REVOKED(now).map((body) => {
    const [grain, id] =
      'rule' in body ? (['rule', body.rule] as const) : (['subject', body.subject] as const)
    const end = now + 3600
    const bound = { grain, id, expires_at: end }
    return 'before' in body
      ? { ...bound, before: body.before }
      : { ...bound, before: end, stops: true }
  })
}
