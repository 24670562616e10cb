/** Mutants of the layers between an isolate and the trust store. */
import { type Mutant, mutant } from './mutant.ts'

const LAYERS = 'src/worker/trust-layers'
const TESTS = 'test/worker/trust-layers'

const attacks = (file: string) => mutant(`${LAYERS}/${file}`, 'worker', `${TESTS}/layers.attacks`)
const chain = mutant(`${LAYERS}/layered-store.ts`, 'worker', `${TESTS}/layered-store`)
const judged = attacks('layered-store.ts')
const sealed = attacks('seal.ts')
const kept = attacks('data-centre.ts')
const loaded = attacks('load-content.ts')
const pointer = attacks('pointer.ts')
const shared = mutant(`${LAYERS}/shared.ts`, 'worker', 'test/worker/objects/trust-reader')
const faults = mutant(`${LAYERS}/layer.ts`, 'worker', `${TESTS}/layers.faults`)
const slow = mutant(`${LAYERS}/layered-store.ts`, 'worker', `${TESTS}/layers.faults`)
const slowContent = mutant(`${LAYERS}/load-content.ts`, 'worker', `${TESTS}/layers.faults`)
const published = mutant(`${LAYERS}/publish-content.ts`, 'worker', `${TESTS}/publish-content`)
const form = mutant(`${LAYERS}/pointer.ts`, 'worker', `${TESTS}/publish-content`)
const reader = mutant(
  'src/worker/objects/trust-reader/trust-reader.ts',
  'worker',
  'test/worker/objects/trust-reader',
)
const snapshot = mutant('src/worker/caches/trust-snapshot.ts', 'worker', `${TESTS}/layered-store`)
const route = mutant('src/worker/routes/admin/trust.ts', 'worker', 'test/worker/routes/layers')
const bounds = mutant('src/worker/limits.ts', 'worker', `${TESTS}/bounds`)

export const LAYER_MUTANTS: readonly Mutant[] = [
  chain(
    'layers: a form of another compiler',
    'form !== undefined && form.compiler === known.compiler',
    'false',
  ),
  sealed('layers: a seal is checked', 'return isOurs ? text : undefined', 'return text'),
  sealed('layers: a seal names its entry', '[name, text].join', '[text].join'),
  sealed(
    'layers: a seal is of one issuer',
    'info: encoder.encode(issuer)',
    "info: encoder.encode('')",
  ),
  sealed('layers: a seal is of the signing keys', '[...signingKeys].sort()', '[]'),
  kept('layers: a forged entry is counted', "throw new LayerError('forged')", 'return undefined'),
  kept(
    'layers: a data centre uses its pointer for a second',
    'age < TRUST_DATA_CENTRE_SECONDS',
    'age < 3600',
  ),
  loaded(
    'layers: content has its digest',
    "if (found && (await digestOf(found)) !== digest) throw new LayerError('corrupt')",
    '',
  ),
  judged(
    'NET-14 layers: a pointer in the future',
    'pointer.confirmedAt > clock() + TRUST_CLOCK_DIFFERENCE_SECONDS',
    'pointer.confirmedAt > clock() + 3600',
  ),
  judged('layers: an old pointer', '>= SNAPSHOT_FRESH_SECONDS', '>= 3600'),
  judged('layers: an older pointer than one that was seen', 'isBehind(pointer, seen)', 'false'),
  pointer('layers: an older revision', 'pointer.revision < known.revision || ', ''),
  pointer('layers: an older epoch', ' || pointer.keyEpoch < known.keyEpoch', ''),
  form('layers: the version of a pointer', 'v: z.literal(1)', 'v: z.number()'),
  form('layers: the digest in a pointer', '.check(z.regex(/^sha256:[0-9a-f]{64}$/))', ''),
  chain(
    'layers: the revision of an administrator',
    'Math.max(seen.revision, expected)',
    'seen.revision',
  ),
  chain(
    'layers: the pointer is kept in the data centre',
    'cache.keepPointer(pointer)',
    'Promise.resolve()',
  ),
  chain('layers: the copy of the region', 'if (found === undefined) throw error', 'throw error'),
  slow(
    'layers: the deadline of a layer',
    'TRUST_LAYER_TIMEOUT_MILLISECONDS, layer',
    '60_000, layer',
  ),
  slowContent(
    'layers: the deadline of content',
    'TRUST_CONTENT_TIMEOUT_MILLISECONDS, load',
    '60_000, load',
  ),
  faults(
    'layers: a dead layer is left out',
    "if (fault === 'unreachable') failedAt.set(name, at)",
    '',
  ),
  faults('NET-14 layers: a failure in the future', 'at >= from && at <', 'at <'),
  shared('layers: one call for simultaneous questions', 'running.get(name) ?? ', ''),
  shared('layers: the number of answers', 'answers.size > most && ', 'answers.size > 1e6 && '),
  reader('layers: one pointer for simultaneous questions', 'this.#asking ??= ', 'this.#asking = '),
  reader(
    'layers: a reader asks every two seconds',
    'TRUST_READER_POLL_SECONDS)) return',
    '3600)) return',
  ),
  reader(
    'layers: a reader leaves a store that is down',
    'SNAPSHOT_RETRY_SECONDS)) return',
    '0)) return',
  ),
  reader('NET-14 layers: a question in the future', 'at >= from && at <', 'at <'),
  reader(
    'layers: a reader keeps no damaged content',
    '=== digest ? bytes : undefined',
    '=== digest ? bytes : bytes',
  ),
  published(
    'layers: a write that failed is repeated',
    'at + TRUST_CONTENT_RETRY_SECONDS',
    'at + 1e9',
  ),
  published(
    'layers: a document is written again',
    'at + TRUST_CONTENT_REWRITE_SECONDS\n',
    'at + 1e9\n',
  ),
  published(
    'NET-14 layers: a write in the future',
    ' || row.next > at + TRUST_CONTENT_REWRITE_SECONDS',
    '',
  ),
  published(
    'layers: two rows of publications',
    "sql.exec('DELETE FROM published_content WHERE digest NOT IN (?, ?)', document, form)",
    '',
  ),
  snapshot('layers: the own change is seen', 'held.storedRevision < expected', 'false'),
  snapshot(
    'layers: the store may go back',
    'if (delta.currentAt === undefined) expected = Math.min(expected, delta.revision)',
    '',
  ),
  snapshot(
    'layers: the age of the copy of the region',
    '!isYoung(askedAt - from, options.maxStaleSeconds)',
    'false',
  ),
  snapshot('layers: age counts from the store', 'delta.currentAt ?? askedAt', 'askedAt'),
  route(
    'layers: a route tells of its change',
    'c.var.gateway.trust.expect(result.summary.revision)',
    '',
  ),
  bounds(
    'layers: the bounds add up',
    'TRUST_READER_POLL_SECONDS = 2',
    'TRUST_READER_POLL_SECONDS = 3',
  ),
]
