/** Renders revocations as text. Each value is escaped, because a caller chose some of them (ADM-13). */
import type { CoarseRevocationReport, RevocationDryRun } from '../../contract/admin.ts'
import { makePlain } from '../../web/text/plain.ts'
import { renderSeconds } from '../audit/render-time.ts'
import { STATUS_BLOCK_SECONDS } from '../shell/limits.ts'

/** `the rule deploy`, or `everything`. */
function nameOf(grain: string, id: string): string {
  if (grain === 'all') return 'everything'
  return `the ${makePlain(grain)} ${makePlain(id)}`
}

/** One sentence about what was stored. */
export function renderCoarse(report: CoarseRevocationReport): string {
  const { grain, id, stops_issuing: stops, issued_before: before, expires_at: end } = report
  const name = nameOf(grain, id)
  if (stops)
    return `${name}: issuing has stopped until ${renderSeconds(end)}, and no token is valid`
  return `${name}: tokens issued before ${renderSeconds(before)} are revoked, and issuing goes on`
}

/**
 * Says, after a revocation that does not stop issuing, when new tokens are good again. A status list
 * shows whole blocks of tokens, and no revocation of a subject.
 */
export function renderDelays(
  { grain, issued_before: before, stops_issuing: stops }: CoarseRevocationReport,
  isLifted: boolean,
  now: number,
): readonly string[] {
  if (stops) return []
  const end = before + STATUS_BLOCK_SECONDS
  const isShown = grain !== 'subject' && end > now
  return [
    ...(isLifted ? ['tokens are issued again within ten seconds'] : []),
    ...(isShown
      ? [`an API that reads status lists may refuse all tokens issued until ${renderSeconds(end)}`]
      : []),
  ]
}

const GAPS: Readonly<Record<string, string>> = {
  log_off: 'the gateway has no decision log',
  shard_missing: 'a part of the decision log does not answer',
  records_purged: 'records were purged',
  records_damaged: 'records are damaged',
  too_many_records: 'there are too many records to read',
}

export function renderDryRun(report: RevocationDryRun): readonly string[] {
  const { grain, id, live_tokens: count, lower_bound: isLower, gaps } = report
  const reasons = gaps.map((gap) => GAPS[gap] ?? makePlain(gap)).join(', ')
  return [
    `${nameOf(grain, id)}: ${isLower ? 'at least ' : ''}${count} live ${count === 1 ? 'token' : 'tokens'} would end; nothing was revoked`,
    ...(isLower ? [`the count is a lower bound: ${reasons}`] : []),
    ...(report.own_token ? ['your own admin token would end too'] : []),
  ]
}

/** The lines of a list. */
export function renderList(
  revocations: readonly CoarseRevocationReport[],
  tokens: number,
): readonly string[] {
  return [
    ...revocations.flatMap((one) => [
      renderCoarse(one),
      `  ${renderSeconds(one.revoked_at)} by ${makePlain(one.revoked_by)}: ${makePlain(one.reason)}`,
      ...(one.lifted_at === undefined
        ? []
        : [
            `  lifted ${renderSeconds(one.lifted_at)} by ${makePlain(one.lifted_by ?? '')}: ${makePlain(one.lift_reason ?? '')}`,
          ]),
    ]),
    `${tokens} single ${tokens === 1 ? 'token is' : 'tokens are'} revoked`,
  ]
}
