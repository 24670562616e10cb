/** Mutants of the published set of revoked tokens: its segments, its readers and its limits. */
import { type Mutant, mutant } from './mutant.ts'

const LOG = 'src/worker/objects/revocation-log'
const LOG_TESTS = 'test/worker/objects/revocation-log'
const CACHES = 'src/worker/caches/revocations'
const CACHE_TESTS = 'test/worker/caches/revocations'

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
const coarseRows = mutant(`${LOG}/coarse-rows.ts`, 'worker', `${LOG_TESTS}/revocation-log.coarse`)
const copy = mutant(`${LOG}/copy-rows.ts`, 'worker', `${LOG_TESTS}/revocation-log.copy`)
const askedLog = mutant(`${LOG}/revocation-log.ts`, 'worker', `${LOG_TESTS}/revocation-log.grains`)
const issuing = mutant(
  'src/core/tokens/check-issuing.ts',
  'core',
  'test/core/tokens/check-issuing.test.ts',
)
const near = mutant(`${CACHES}/nearest-revocations.ts`, 'worker', `${CACHE_TESTS}/nearest`)
const layered = mutant(
  `${CACHES}/revocation-snapshot.ts`,
  'worker',
  `${CACHE_TESTS}/revocation-snapshot.layered`,
)
const regional = mutant(
  'src/worker/objects/trust-reader/revocation-reader.ts',
  'worker',
  'test/worker/objects/trust-reader/revocation-reader',
)
const ROUTES = 'src/worker/routes/admin/revocations'
const ROUTE_TESTS = 'test/worker/routes/admin/revocations'
const route = mutant(`${ROUTES}/revoke.ts`, 'worker', `${ROUTE_TESTS}.coarse`)
const counted = mutant(`${ROUTES}/count-live.ts`, 'worker', `${ROUTE_TESTS}.dry-run`)
const target = mutant(`${ROUTES}/find-target.ts`, 'worker', `${ROUTE_TESTS}.coarse`)
const health = mutant('src/worker/routes/health.ts', 'worker', 'test/worker/routes/health.test')

const delays = mutant(
  'src/cli/revocations/render.ts',
  'conformance',
  'test/cli/operate/revoke.delay.test',
)

export const REVOCATION_MUTANTS: readonly Mutant[] = [
  delays('the end of what a status list shows', 'end > now', 'true'),
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
  copy('revocations: an import keeps a stop', '...(isStopped(old, at) ? old : row)', '...row'),
  copy(
    'revocations: an import lasts no longer',
    'Math.min(row.expires_at, endOf(at))',
    'row.expires_at',
  ),
  issuing('revocations: REV-03 a stop denies', 'if (stops) return fail', 'if (false) return fail'),
  issuing('revocations: a stop ends by itself', 'if (at >= endsAt) continue', ''),
  issuing('revocations: an administrator can sign in', '&& planned.isForGateway', '&& false'),
  issuing(
    'revocations: an administrator can sign in only then',
    "grain === 'all' && planned",
    'planned',
  ),
  issuing(
    'revocations: REV-03 an older subject token',
    "typeof issuedAt === 'number' && issuedAt >= before",
    'true',
  ),
  issuing(
    'revocations: a subject token without a time',
    "return typeof issuedAt === 'number' && ",
    "return typeof issuedAt !== 'number' || ",
  ),
  issuing(
    'revocations: REV-03 the issuer and the subject of an actor',
    'if (actor === undefined) return [ofSubject]',
    'if (true) return [ofSubject]',
  ),
  issuing(
    'revocations: an older token of an actor',
    'token: actor.own === undefined ? { issuedAt: actor.identity.claims.iat } : undefined,',
    'token: undefined,',
  ),
  issuing(
    'revocations: a time that is no number',
    "typeof issuedAt === 'number' && issuedAt >= before",
    '(issuedAt as number) >= before',
  ),
  issuing('revocations: a rule is no subject', 'name[0] === grain && ', ''),
  issuing(
    'revocations: no rule is named before one was chosen',
    '...(planned.rule === undefined ? [] :',
    '...(false ? [] :',
  ),
  issuing('revocations: REV-03 a revoked key signs nothing', 'if (stops) keys.add(id)', ''),
  near('revocations: REV-01 an old pointer', '|| time.isOld(at)', ''),
  near('revocations: NET-14 a pointer of the future', 'time.isFuture(at) || ', ''),
  near('revocations: a pointer behind', '|| pointer.sequence < newest', ''),
  near('revocations: an old copy of a data centre', 'isAsker === false ?', 'isAsker !== true ?'),
  near(
    'revocations: a copy that nobody replaces',
    'isAsker === false ? pointer : undefined',
    'pointer',
  ),
  near(
    'revocations: every isolate of a cut region asks the log',
    'if (isMine !== false) return undefined',
    'if (isMine !== undefined) return undefined',
  ),
  near('revocations: a token that only shares its prefix', 'if (isRevoked) await', 'await'),
  near('revocations: NET-14 a clock that was set back', 'if (!time.isLost()) {', '{'),
  layered(
    'revocations: REV-01 a long pause',
    ': [REVOCATION_FRESH_MILLISECONDS, REVOCATION_REVALIDATE_MILLISECONDS]',
    ': [REVOCATION_FRESH_MILLISECONDS, 1e12]',
  ),
  layered('revocations: a refresh behind a request', 'waitUntil(refreshBehind(at))', ''),
  regional('revocations: an older push', 'if (isBehind(pointer)) return', ''),
  regional(
    'NET-14 revocations: an unconfirmed pointer',
    '.catch(() => null)',
    '.catch(() => last)',
  ),
  regional(
    'revocations: a push during a question',
    'if (heldAt >= askedAt && (answer === null || isBehind(answer))) return',
    '',
  ),
  route(
    'revocations: a reason is required',
    'if (isDry) return respondDryRun(c, [grain, id], before)\n  if (reason === undefined) {',
    'if (isDry) return respondDryRun(c, [grain, id], before)\n  if (reason === null) {',
  ),
  route(
    'revocations: everything needs a confirmation',
    'before)) && confirm !== true',
    'before)) && false',
  ),
  target('revocations: an unknown rule', '?.name\n', '?.name ?? name\n'),
  counted('revocations: a count has live tokens', 'if (isLive) tokens += 1', 'tokens += 1'),
  counted('revocations: a count has descendants', '[parent, actor?', '[actor?'),
  counted('revocations: the shards share the pages of a count', 'budget.pages -= 1', ''),
  counted('revocations: a count until a moment', ' && Math.floor(record.at / 1000) < before', ''),
  counted(
    'revocations: a count without a shard',
    "throw error\n    gaps.add('shard_missing')",
    'throw error',
  ),
  counted(
    'revocations: a count without the number of shards',
    'if (!all.isComplete)',
    'if (false)',
  ),
  health('a policy without a rule', 'policy?.rules.length === 0', 'false'),
  health(
    'revocations: an isolate without a segment',
    "readerFault === 'segment_unavailable' ?",
    'false ?',
  ),
]
