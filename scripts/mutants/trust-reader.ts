/** Mutants of the reader of a region, which answers in place of the trust store. */
import { type Mutant, mutant } from './mutant.ts'

const READER = 'src/worker/objects/trust-reader'
const TESTS = 'test/worker/objects/trust-reader'
const LAYER_TESTS = 'test/worker/trust-layers'

const poll = mutant(`${READER}/poll.ts`, 'worker', TESTS)
const shared = mutant(`${READER}/shared.ts`, 'worker', TESTS)
const questions = mutant(`${READER}/reader-questions.ts`, 'worker', `${LAYER_TESTS}/issuer-keys`)
const reader = mutant(`${READER}/reader.ts`, 'worker', TESTS)
const newest = mutant(`${READER}/newest-pointer.ts`, 'worker', TESTS)
const followed = mutant(`${READER}/followed-keys.ts`, 'worker', TESTS)
const restored = mutant(`${READER}/followed-keys.ts`, 'worker', `${LAYER_TESTS}/restored-store`)

export const TRUST_READER_MUTANTS: readonly Mutant[] = [
  shared('layers: one call for simultaneous questions', 'running.get(name) ?? ', ''),
  shared('layers: the number of answers', 'answers.size > most && ', 'answers.size > 1e6 && '),
  poll(
    'layers: one pointer for simultaneous questions',
    'if (newest !== undefined && isWithin(at, startedAt, interval)) return newest',
    '',
  ),
  poll(
    'layers: a reader does not wait for a lost answer',
    'isWithin(at, startedAt, interval)',
    'true',
  ),
  poll('layers: the answer to a later question wins', 'number > answered', 'true'),
  poll('NET-14 layers: a question in the future', 'at >= from && at <', 'at <'),
  newest(
    'layers: a reader asks every second',
    'askedAt, TRUST_READER_POLL_SECONDS)',
    'askedAt, 3600)',
  ),
  followed(
    'layers: a reader asks again for lost keys',
    'at, following.at, TRUST_READER_POLL_SECONDS',
    'at, following.at, 3600',
  ),
  newest('layers: a late answer to the first question', 'held ?? answer', 'answer'),
  followed('layers: a late answer about keys', 'if (known !== before) return', ''),
  reader(
    'layers: a reader keeps no damaged content',
    '(await hasDigest(bytes, digest)) ? bytes : undefined',
    '(await hasDigest(bytes, digest)) ? bytes : bytes',
  ),
  newest(
    'layers: a reader waits for a slow store',
    'withDeadline(TRUST_READER_WAIT_MILLISECONDS, answer)',
    'withDeadline(60_000, answer)',
  ),
  newest(
    'NET-14 layers: a reader does not tell the time',
    'now: newest.confirmedAt + since',
    'now: newest.confirmedAt',
  ),
  reader(
    'layers: a reader has the keys in an outage',
    'if (!hasKeysOf(pointer)) void keys.follow()',
    '',
  ),
  restored(
    'WRK-12 layers: a reader and another instance',
    'return delta.instance === instance ? delta : undefined',
    'return delta',
  ),
  questions(
    'NET-08 layers: the cool-down of an issuer',
    'canFetch && age < quietSeconds',
    'canFetch && age < 0',
  ),
  questions(
    'NET-08 layers: the questions of a second',
    'count <= TRUST_READER_KEY_QUESTIONS_PER_SECOND',
    'count <= 1e6',
  ),
  questions('NET-14 layers: an answer from the future', ' || age < 0', ''),
  questions('layers: a set that did not verify', 'if (keys.version === rejected) return false', ''),
]
