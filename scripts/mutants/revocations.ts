/** Mutants of the published set of revoked tokens: its segments, its readers and its limits. */
import { type Mutant, mutant } from './mutant.ts'

const LOG = 'src/worker/objects/revocation-log'
const LOG_TESTS = 'test/worker/objects/revocation-log'
const CACHES = 'src/worker/caches'
const CACHE_TESTS = 'test/worker/caches'

const segments = mutant(`${LOG}/segments.ts`, 'worker', `${LOG_TESTS}/segments.test.ts`)
const entries = mutant(`${LOG}/segment-entries.ts`, 'worker', `${LOG_TESTS}/segment-entries`)
const log = mutant(`${LOG}/revocation-log.ts`, 'worker', `${LOG_TESTS}/segments.test.ts`)
const overflow = mutant(`${LOG}/publication.ts`, 'worker', `${LOG_TESTS}/revocation-log.overflow`)
const coarse = mutant(`${LOG}/publication.ts`, 'worker', `${LOG_TESTS}/revocation-log.grains`)
const whole = mutant(`${LOG}/publication.ts`, 'worker', `${LOG_TESTS}/published-whole`)
const older = mutant(
  'src/worker/objects/durable-ports.ts',
  'worker',
  `${LOG_TESTS}/published-whole`,
)
const scale = (file: string) =>
  mutant(`${LOG}/${file}`, 'worker', `${LOG_TESTS}/published-set.scale`)
const loaded = mutant(
  `${CACHES}/revocation-segments.ts`,
  'worker',
  `${CACHE_TESTS}/revocation-segments`,
)
const reader = mutant(
  `${CACHES}/revocation-snapshot.ts`,
  'worker',
  `${CACHE_TESTS}/revocation-segments`,
)
const pointer = mutant(
  `${CACHES}/published-revocations.ts`,
  'worker',
  `${CACHE_TESTS}/revocation-pointer`,
)
const confirm = mutant(`${CACHES}/confirm-revocation.ts`, 'worker', `${CACHE_TESTS}/confirm`)
const index = mutant(`${CACHES}/revocation-index.ts`, 'worker', `${CACHE_TESTS}/confirm`)
const health = mutant('src/worker/routes/health.ts', 'worker', 'test/worker/routes/health.test')

export const REVOCATION_MUTANTS: readonly Mutant[] = [
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
  entries('revocations: an ended entry leaves', 'if (endsAt > at) {', '{'),
  entries('revocations: the later end of two', 'Math.max(endsAt, right', 'Math.min(endsAt, right'),
  log(
    'revocations: REV-06 segments come before the pointer',
    'if (pointer !== null) await writeSegments(sql, this.env.REVOCATIONS, this.now())',
    '',
  ),
  log('revocations: rows are deleted in steps', 'hasMoreEnded || ', ''),
  overflow('revocations: the size of the set', 'count > sizes.published || ', ''),
  coarse('revocations: the size of coarse revocations', 'if (bytes > maxBytes) return null', ''),
  whole('revocations: the size of the whole value', 'bytes > REVOCATION_WHOLE_MAX_BYTES || ', ''),
  older('revocations: a log of an earlier release', 'return await log.published()', 'return null'),
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
  loaded('revocations: the digest of a segment', 'actual === digest ?', 'digest ?'),
  loaded(
    'revocations: REV-02 a missing segment',
    'if (set === undefined) return undefined',
    'if (!set) continue',
  ),
  loaded('revocations: one request loads', 'if (!held.has(digest)) await waitForOther(digest)', ''),
  loaded(
    'revocations: an old segment is forgotten',
    'if (!named.has(digest)) held.delete(digest)',
    'void named',
  ),
  reader(
    'revocations: a late older pointer',
    'if (isOlder() && held !== undefined) return held.revocations',
    '',
  ),
  pointer('revocations: more tokens than memory', ' <= REVOCATION_PUBLISHED_MAX', ' > 0'),
  pointer('revocations: a name that is no digest', '/^[0-9a-f]{64}$/', '/./'),
  index('revocations: a hit is confirmed', ' && confirm(token)', ''),
  confirm('revocations: a flood of questions', 'if (questions <= 0) return true', ''),
  confirm('revocations: REV-02 no answer', 'questions = 0\n        return true', 'return false'),
  confirm(
    'revocations: confirmed tokens have a limit',
    'revoked.size >= MAX_CONFIRMED_REVOCATIONS && ',
    'false && ',
  ),
  health(
    'revocations: an isolate without a segment',
    "readerFault === 'segment_unavailable' ?",
    'false ?',
  ),
]
