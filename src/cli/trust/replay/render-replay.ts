/**
 * Renders a replay as text. Each value is escaped by itself: a line feed in one must not begin a line of
 * its own (ADM-13).
 */
import {
  count,
  describeClaims,
  describeGaps,
  describeResult,
  type IdentityList,
  KINDS,
  MAX_SHOWN,
  type ReplayedIdentity,
} from '../../../analysis/in-house.ts'
import { makePlain } from '../../../web/text/plain.ts'
import { renderMissing } from '../../decisions/missing.ts'
import { renderTime } from './render-time.ts'
import type { PeriodReport } from './run-replay.ts'

export function renderReplay(report: PeriodReport): string {
  const { period, purged_to: purgedTo, damaged_to: damagedTo, decisions, replayed } = report
  const from = renderTime(period.from * 1000)
  return [
    `replay since ${from}: ${count(decisions, 'decision')}, ${replayed} replayed exactly`,
    ...renderMissing({ purgedTo, damagedTo }).map((sentence) => `  ${sentence}`),
    ...describeGaps(report).map((gap) => `  ${makePlain(gap)}`),
    ...KINDS.flatMap(([kind, about]) => renderList(report[kind], about)),
  ].join('\n')
}

function renderList(list: IdentityList, about: string): readonly string[] {
  const { identities, decisions, omitted_decisions: omitted = 0 } = list
  if (decisions === 0) return [`${about}: none`]
  const hidden = identities.length - MAX_SHOWN
  return [
    `${about}: ${count(identities.length, 'identity', 'identities')}, ${count(decisions, 'decision')}`,
    ...identities.slice(0, MAX_SHOWN).flatMap(renderIdentity),
    ...(hidden > 0 ? [`  and ${hidden} more: --json shows all`] : []),
    ...(omitted > 0 ? [`  and ${count(omitted, 'decision')} of too many others to list`] : []),
  ]
}

function renderIdentity(identity: ReplayedIdentity): readonly string[] {
  const { issuer, subject, resource = 'no resource', claims, decisions, last_at: last } = identity
  const { before, after, examples } = identity
  const known = describeClaims(claims)
  return [
    `  ${makePlain(issuer)} ${makePlain(subject)} at ${makePlain(resource)}`,
    ...(known === '' ? [] : [`    claims: ${makePlain(known)}`]),
    `    before: ${makePlain(describeResult(before))}`,
    `    after: ${makePlain(describeResult(after))}`,
    `    ${count(decisions, 'decision')}, the last at ${renderTime(last)}: ${makePlain(examples.join(' '))}`,
  ]
}
