/**
 * Mutants of what reads the revocation log: the memory of an isolate, issuing, regions, and the
 * routes. `revocation-log.ts` has those of the log.
 */
import { type Mutant, mutant } from './mutant.ts'

const CACHES = 'src/worker/caches/revocations'
const CACHE_TESTS = 'test/worker/caches/revocations'
const older = mutant(
  'src/worker/objects/durable-ports.ts',
  'worker',
  'test/worker/objects/revocation-log/published-whole',
)
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
const issuing = mutant(
  'src/core/tokens/check-issuing.ts',
  'core',
  'test/core/tokens/check-issuing.test.ts',
)
const near = mutant(`${CACHES}/nearest-revocations.ts`, 'worker', `${CACHE_TESTS}/nearest`)
const copied = mutant(`${CACHES}/revocation-copy.ts`, 'worker', `${CACHE_TESTS}/nearest`)
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
const ownToken = mutant(
  'src/cli/revocations/own-token.ts',
  'conformance',
  'test/cli/operate/revoke.own.test',
)
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
  older('revocations: a log of an earlier release', 'return await log.published()', 'return null'),
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
  ownToken(
    'REV-05 an admin token that was exchanged for the revoked one',
    ' || ancestorsOf(claims).some((ancestor) => ancestor.jti === jti)',
    '',
  ),
  issuing('revocations: REV-03 a revoked key signs nothing', 'if (stops) keys.add(id)', ''),
  near('revocations: REV-01 an old pointer', '|| time.isOld(at)', ''),
  near('revocations: NET-14 a pointer of the future', 'time.isFuture(at) || ', ''),
  near('revocations: a pointer behind', '|| pointer.sequence < newest', ''),
  copied('revocations: an old copy of a data centre', 'isAsker === false ?', 'isAsker !== true ?'),
  copied(
    'revocations: a copy that nobody replaces',
    'isAsker === false ? pointer : undefined',
    'pointer',
  ),
  copied(
    'revocations: every isolate of a cut region asks the log',
    'if (isMine !== false) return undefined',
    'if (isMine !== undefined) return undefined',
  ),
  copied('revocations: a token that only shares its prefix', 'if (isRevoked) await', 'await'),
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
