/** Mutants of what an isolate remembers: revocations, their segments, and the trust snapshot. */
import { type Mutant, mutant } from './mutant.ts'

const SNAPSHOT = 'src/worker/caches/revocations/revocation-snapshot.ts'
const layered = mutant(
  SNAPSHOT,
  'worker',
  'test/worker/caches/revocations/revocation-snapshot.layered',
)
const pointer = mutant(SNAPSHOT, 'worker', 'test/worker/caches/revocations/revocation-pointer')
const kept = mutant(SNAPSHOT, 'worker', 'test/worker/caches/revocations/revocation-segments')
const segment = mutant(
  'src/worker/caches/revocations/revocation-segments.ts',
  'worker',
  'test/worker/caches/revocations/revocation-segments',
)

const questions = mutant(
  'src/worker/caches/trust/key-questions.ts',
  'worker',
  'test/worker/caches/trust/key-questions',
)
const trust = mutant(
  'src/worker/caches/trust/trust-snapshot.ts',
  'worker',
  'test/worker/caches/trust/trust-snapshot.freshness',
)

const times = mutant(
  'src/worker/caches/trust/refresh-times.ts',
  'worker',
  'test/worker/caches/trust/trust-snapshot.freshness',
)

const turns = mutant(
  'src/worker/caches/trust/question-turns.ts',
  'worker',
  'test/worker/caches/trust/trust-snapshot.overlap',
)

const refresh = mutant(
  'src/worker/caches/trust/refresh-keys.ts',
  'worker',
  'test/worker/caches/trust/refresh-keys',
)

export const MEMORY_MUTANTS: readonly Mutant[] = [
  layered(
    'revocations: the limit of questions is renewed',
    ' && isRecent) return hold',
    ') return hold',
  ),
  layered(
    'NET-14 revocations: the limit of questions after the clock was set back',
    'Math.abs(at - indexedAt)',
    '(at - indexedAt)',
  ),
  layered(
    'revocations: a pointer that says the same',
    'if (known !== undefined && isKnown && isRecent) return hold(known, at, indexedAt)',
    '',
  ),
  layered('revocations: the time of a known set', 'hold(known, at, indexedAt)', 'hold(known, at)'),
  layered(
    'revocations: the time of a newer set',
    'hold(held.revocations, at, held.indexedAt)',
    'hold(held.revocations, at)',
  ),
  layered(
    'revocations: the end of a refresh behind a request',
    'finally {\n      refreshingUntil = 0\n    }',
    'finally {\n    }',
  ),
  layered(
    'NET-14 revocations: a refresh that was cancelled',
    ' || refreshingUntil > now + REVOCATION_REVALIDATE_MILLISECONDS',
    '',
  ),
  pointer('revocations: the end of a fault', ' && known.fault === undefined', ''),
  pointer(
    'revocations: a segment that cannot be loaded is the fault',
    "{ fault: 'pointer_stale', ...revocations }",
    "{ ...revocations, fault: 'pointer_stale' }",
  ),
  kept(
    'revocations: segments that are no longer listed',
    'if (published.v === 2) segments.keep(published.segments)',
    '',
  ),
  segment('revocations: a segment that was not loaded', 'loading.delete(digest)', ''),
  segment(
    'revocations: the bytes of a segment',
    'if (content.byteLength !== count * PREFIX_BYTES) return undefined',
    '',
  ),
  questions(
    'NET-14 key questions: a clock that was set back during one',
    'Math.abs(clock() - askingSince)',
    '(clock() - askingSince)',
  ),
  questions(
    'NET-14 key questions: the budget of an earlier second',
    'memory.second !== second',
    'memory.second < second',
  ),
  questions(
    'key questions: one at a time',
    'if (isAsking(memory) || memory.count',
    'if (memory.count',
  ),
  times(
    'trust snapshot: one refresh behind requests in a second',
    'const isDone = at === revalidatedAt',
    'const isDone = false',
  ),
  mutant(
    'src/worker/caches/trust/trust-snapshot.ts',
    'worker',
    'test/worker/caches/trust/trust-snapshot.faulty',
  )(
    'trust snapshot: a faulty revision in whose place an earlier one is used',
    'document !== undefined && applied.view.revision === delta.revision',
    'document !== undefined',
  ),
  trust(
    'trust snapshot: a store that does not answer behind the layers',
    '      if (delta.isStale) times.noteFailure()\n',
    '',
  ),
  trust(
    'trust snapshot: the pause after a copy that is younger than the snapshot',
    'if (!delta.isStale) times',
    'times',
  ),
  turns(
    'trust snapshot: a question that is open after an earlier one',
    'if (running === question) running = undefined',
    'running = undefined',
  ),
  refresh(
    'NET-13 refreshed keys: the set that did not verify is no answer',
    'if (rejected !== undefined) return keys.version !== rejected',
    '',
  ),
  refresh(
    'refreshed keys: the set of a token without a key id',
    'keyId === undefined ? keys.version !== before : hasKey',
    'keyId === undefined ? true : hasKey',
  ),
  refresh(
    'refreshed keys: a set that did not verify, without a key id',
    'keyId !== undefined || rejected !== undefined',
    'keyId !== undefined',
  ),
  refresh('NET-13 refreshed keys: the order of an emptied set', '-version - 0.5', '-version'),
]
