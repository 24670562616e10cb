/** Mutants of the revocation log: its rows, its segments, and what it publishes of them. */
import { type Mutant, mutant } from './mutant.ts'

const LOG = 'src/worker/objects/revocation-log'
const LOG_TESTS = 'test/worker/objects/revocation-log'

const segments = mutant(`${LOG}/segments.ts`, 'worker', `${LOG_TESTS}/segments.test.ts`)
const entries = mutant(`${LOG}/segment-entries.ts`, 'worker', `${LOG_TESTS}/segment-entries`)
const log = mutant(`${LOG}/revocation-log.ts`, 'worker', `${LOG_TESTS}/segments.test.ts`)
const publish = mutant(`${LOG}/publication.ts`, 'worker', `${LOG_TESTS}/segments.test.ts`)
const overflow = mutant(`${LOG}/publication.ts`, 'worker', `${LOG_TESTS}/revocation-log.overflow`)
const coarse = mutant(`${LOG}/publication.ts`, 'worker', `${LOG_TESTS}/revocation-log.grains`)
const whole = mutant(`${LOG}/publication.ts`, 'worker', `${LOG_TESTS}/published-whole`)
const written = mutant(`${LOG}/publication.ts`, 'worker', `${LOG_TESTS}/publication`)
const scale = (file: string) =>
  mutant(`${LOG}/${file}`, 'worker', `${LOG_TESTS}/published-set.scale`)
const coarseRows = mutant(`${LOG}/coarse-rows.ts`, 'worker', `${LOG_TESTS}/revocation-log.coarse`)
const copy = mutant(`${LOG}/copy-rows.ts`, 'worker', `${LOG_TESTS}/revocation-log.copy`)
const askedLog = mutant(`${LOG}/revocation-log.ts`, 'worker', `${LOG_TESTS}/revocation-log.grains`)

export const REVOCATION_LOG_MUTANTS: readonly Mutant[] = [
  segments('revocations: segments are merged', 'pair !== undefined;', 'false;'),
  segments('revocations: the size of a segment', '<= sizes.segment', '> 0'),
  segments('revocations: an expired half leaves', 'halfEndsAt <= at)', 'halfEndsAt < 0)'),
  segments(
    'revocations: a merged segment is kept',
    'at - REVOCATION_SNAPSHOT_MAX_AGE_SECONDS -',
    'at -',
  ),
  segments(
    'revocations: a segment is written again',
    'SET written_at = NULL',
    'SET written_at = written_at',
  ),
  segments(
    'revocations: a segment is written again once',
    'AND retired_at IS NULL AND written_at <= ?',
    'AND retired_at IS NULL AND ? > 0',
  ),
  segments(
    'revocations: a segment is named when KV has it',
    'if (!isWritten && !isFull) return false',
    '',
  ),
  segments(
    'revocations: the room of the pointer',
    'const isFull = list',
    'const isFull = false && list',
  ),
  segments(
    'revocations: a segment with the content of an earlier one',
    'DO UPDATE SET retired_at = NULL, ',
    'DO UPDATE SET ',
  ),
  entries('revocations: an ended entry leaves', 'if (endsAt > at) {', '{'),
  entries('revocations: the later end of two', 'Math.max(endsAt, right', 'Math.min(endsAt, right'),
  publish(
    'revocations: REV-06 segments come before the pointer',
    'if (pointer !== null) await writeSegments(sql, kv, clock())',
    '',
  ),
  log('revocations: rows are deleted in steps', 'hasMoreEnded || ', ''),
  overflow('revocations: the size of the set', 'count > sizes.published || ', ''),
  coarse('revocations: the size of coarse revocations', 'if (bytes > maxBytes) return null', ''),
  whole('revocations: the size of the whole value', 'bytes > REVOCATION_WHOLE_MAX_BYTES || ', ''),
  scale('publication.ts')(
    'revocations: few rows are read for the coarse grains',
    'ORDER BY +sequence',
    'ORDER BY sequence',
  ),
  scale('recent-tokens.ts')(
    'revocations: few rows are read for the recent tokens',
    "+grain = 'token'",
    "grain = 'token'",
  ),
  scale('find-revocation.ts')('revocations: few rows are read at a start', 'MAX(+', 'MAX('),
  coarseRows('revocations: REV-03 a stop revokes what is issued late', 'ELSE expires_at', 'ELSE 0'),
  coarseRows(
    'revocations: REV-03 the moment never moves back',
    'Math.max(before, old?.issued_before ?? 0)',
    'before',
  ),
  coarseRows('revocations: a moment in the future', 'if (before > at) return null', ''),
  coarseRows(
    'revocations: REV-04 the end of many tokens',
    'Math.max(endOf(at), old?.expires_at ?? 0)',
    'at + 1',
  ),
  coarseRows(
    'revocations: a moment ends no stop',
    'request.before === undefined || isStopped(old, at)',
    'request.before === undefined',
  ),
  coarseRows('revocations: a stop that has ended stays so', ' && row.expires_at > at', ''),
  coarseRows('revocations: the moment of a rule', "grain === 'all' ?", 'true ?'),
  coarseRows(
    'revocations: the second of a stop',
    'REVOCATION_SPREAD_SECONDS : 1',
    'REVOCATION_SPREAD_SECONDS : 0',
  ),
  coarseRows(
    'revocations: the end of a stop leaves tokens revoked',
    'issued_before: Math.max(at, old.issued_before + spread)',
    'issued_before: old.issued_before',
  ),
  askedLog(
    'revocations: REV-02 a Worker that sends only a jti',
    'if (isUnknown) throw new Error',
    'if (false) throw new Error',
  ),
  copy(
    'revocations: an import weakens nothing',
    'Math.max(before ?? 0, old?.issued_before ?? 0)',
    '(before ?? 0)',
  ),
  coarseRows(
    'revocations: the end of a lifted stop, by a clock that was set back',
    'Math.max(endOf(at), old.expires_at)',
    'endOf(at)',
  ),
  written('revocations: KV is asked once while it is down', 'if (hasFailed) return false', ''),
  copy('revocations: an import of a stop alone', "'stops_issuing', ", ''),
  copy('revocations: an import keeps a stop', '...(isStopped(old, at) ? old : row)', '...row'),
  copy(
    'revocations: an import lasts no longer',
    'Math.min(row.expires_at, endOf(at))',
    'row.expires_at',
  ),
]
