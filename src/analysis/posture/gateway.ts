/** Checks of the gateway: its issuers, its signing keys, and what it knows about use. */
import type { IssuerReport } from '../../contract/admin.ts'
import { KEY_AGE_WARNING_SECONDS } from '../../contract/limits.ts'
import type { SigningKeyFacts } from '../../contract/posture/report.ts'
import { countOf, daysBetween, type Found, type PostureInput } from './examined.ts'

/** POS-12: every warning that `GET /admin/v1/issuers` has. */
export function findFailingIssuers({ issuers }: PostureInput): readonly Found[] {
  return issuers
    .filter(({ warnings }) => warnings.length > 0)
    .map(({ name, source, keys, warnings }) => ({
      ...{ id: 'POS-12', subject: { kind: 'issuer', name } },
      severity: isRefused(keys, warnings) ? 'error' : 'warn',
      ...(source === 'document' ? { path: ['issuers', name] } : {}),
      message: warnings.join('; '),
      fix: 'Look at its state with edgemint issuers, and remove the issuer if it is gone.',
    }))
}

function isRefused(keys: IssuerReport['keys'], warnings: readonly string[]): boolean {
  if (keys.kind === 'fetched') return !['fresh', 'stale'].includes(keys.state)
  return warnings.some((warning) => warning.endsWith('its tokens are refused'))
}

/** POS-13. */
export function findKeys({ keys, at }: PostureInput): readonly Found[] {
  const active = keys.filter((key) => key.activates_at <= at && at < endOf(key))
  if (keys.length > 0 && active.length === 0) {
    return [
      {
        ...{ id: 'POS-13', severity: 'error', subject: { kind: 'gateway', name: '' } },
        message: 'no signing key is active now, so no token is issued',
        fix: 'Deploy a key that is active: edgemint keys rotate.',
      },
    ]
  }
  return active
    .filter((key) => !keys.some((other) => succeeds(other, key)))
    .map((key) => {
      const hasEnd = key.retires_at !== null
      const age = key.activates_at === 0 ? 0 : at - key.activates_at
      return {
        ...{ id: 'POS-13', severity: hasEnd || age > KEY_AGE_WARNING_SECONDS ? 'warn' : 'info' },
        subject: { kind: 'key', name: key.key_id },
        message: hasEnd
          ? `it retires in ${countOf(daysBetween(at, endOf(key)), 'day')}, and no key of ${key.algorithm} follows it`
          : 'it has no end, and no rotation is scheduled',
        fix: 'Deploy its successor ahead of time: edgemint keys rotate.',
      }
    })
}

/** Whether a key of the same algorithm signs from the end of the other, or from a later start. */
function succeeds(other: SigningKeyFacts, key: SigningKeyFacts): boolean {
  if (nameOf(other) !== nameOf(key) || other.activates_at <= key.activates_at) return false
  return (
    key.retires_at === null ||
    (other.activates_at <= key.retires_at && endOf(other) > key.retires_at)
  )
}

/** EdDSA and Ed25519 name the same algorithm (RFC 9864 §2.2). */
function nameOf({ algorithm }: SigningKeyFacts): string {
  return algorithm === 'EdDSA' ? 'Ed25519' : algorithm
}

function endOf({ retires_at: end }: SigningKeyFacts): number {
  return end ?? Number.POSITIVE_INFINITY
}

/** POS-14: without it, a report with no finding about use would look like a good one. */
export function findUnknownUse({ usage, at, unusedDays }: PostureInput): readonly Found[] {
  const describe = (severity: Found['severity'], message: string, fix: string): Found => ({
    ...{ id: 'POS-14', severity, subject: { kind: 'gateway', name: '' }, message, fix },
  })
  if (usage.state === 'off') {
    return [
      describe(
        'warn',
        'this deployment keeps no decisions, so nothing is known about the use of its rules',
        'Bind a Durable Object namespace of the class DecisionLog as DECISION_LOG.',
      ),
    ]
  }
  if (usage.state === 'partial') {
    return [
      describe(
        'warn',
        'more rights were used than the log can report at once, so unused rights are not reported',
        'Ask for one rule: edgemint decisions list --rule.',
      ),
    ]
  }
  const days = usage.since === null ? 0 : daysBetween(usage.since, at)
  if (days >= unusedDays) return []
  return [
    describe(
      'info',
      `the decision log knows the use of ${countOf(days, 'day')}, of ${unusedDays}`,
      'Read findings about use as first hints, or ask for fewer days: --unused-days, or unused_days in the admin API.',
    ),
  ]
}
