/** Mutants of the layers between an isolate and the trust store. */
import { type Mutant, mutant } from './mutant.ts'

const LAYERS = 'src/worker/trust-layers'
const TESTS = 'test/worker/trust-layers'

const attacks = (file: string) => mutant(`${LAYERS}/${file}`, 'worker', `${TESTS}/layers.attacks`)
const chain = mutant(`${LAYERS}/layered-store.ts`, 'worker', `${TESTS}/layered-store`)
const follow = mutant(`${LAYERS}/content/follow-pointer.ts`, 'worker', `${TESTS}/layered-store`)
const judged = attacks('layered-store.ts')
const sealed = attacks('layer/seal.ts')
const derived = mutant('src/worker/proofs/derive-key.ts', 'worker', `${TESTS}/layers.attacks`)
const kept = attacks('layer/data-centre.ts')
const loaded = attacks('content/load-content.ts')
const pointer = attacks('pointer.ts')
const clocks = mutant(`${LAYERS}/store-time.ts`, 'worker', `${TESTS}/clocks`)
const shares = (file: string) => mutant(`${LAYERS}/${file}`, 'worker', `${TESTS}/layer/data-centre`)
const restored = (file: string) => mutant(file, 'worker', `${TESTS}/restored-store`)
const region = mutant(`${LAYERS}/layer/region.ts`, 'worker', `${TESTS}/layer/region`)
const answers = (file: string) => mutant(`${LAYERS}/${file}`, 'worker', `${TESTS}/issuer-keys`)
const asking = mutant('src/worker/caches/trust/refresh-keys.ts', 'worker', `${TESTS}/issuer-keys`)
const faults = mutant(`${LAYERS}/layer/layer.ts`, 'worker', `${TESTS}/layers.faults`)
const slow = mutant(`${LAYERS}/layered-store.ts`, 'worker', `${TESTS}/layers.faults`)
const slowContent = mutant(`${LAYERS}/layer/attempt.ts`, 'worker', `${TESTS}/content/load-content`)
const checked = mutant(`${LAYERS}/check-keys.ts`, 'worker', `${TESTS}/content/load-content`)
const published = mutant(
  `${LAYERS}/content/publish-content.ts`,
  'worker',
  `${TESTS}/content/publish-content`,
)
const form = mutant(`${LAYERS}/pointer.ts`, 'worker', `${TESTS}/content/publish-content`)
const snapshot = mutant(
  'src/worker/caches/trust/trust-snapshot.ts',
  'worker',
  `${TESTS}/layered-store`,
)
const route = mutant('src/worker/routes/admin/trust.ts', 'worker', 'test/worker/routes/layers')
const bounds = mutant('src/worker/trust-layers/limits.ts', 'worker', `${TESTS}/bounds`)

export const LAYER_MUTANTS: readonly Mutant[] = [
  follow(
    'layers: a form of another compiler',
    'form !== undefined && form.compiler === known.compiler',
    'false',
  ),
  sealed('layers: a seal is checked', 'return isOurs ? text : undefined', 'return text'),
  sealed('layers: a seal names its entry', '[name, text].join', '[text].join'),
  derived(
    'layers: a seal is of one issuer',
    'info: encoder.encode(issuer)',
    "info: encoder.encode('')",
  ),
  derived('layers: a seal is of the signing keys', '[...signingKeys].sort()', '[]'),
  kept(
    'layers: a forged entry is counted',
    "if (text === undefined) throw new LayerError('forged')",
    'if (text === undefined) return undefined',
  ),
  shares('layer/data-centre.ts')(
    'layers: a data centre uses its pointer for a second',
    'pointer, TRUST_DATA_CENTRE_SECONDS',
    'pointer, 3600',
  ),
  shares('layer/data-centre.ts')(
    'layers: a data centre uses an answer about keys for a second',
    'answer, TRUST_DATA_CENTRE_SECONDS',
    'answer, 3600',
  ),
  shares('layer/data-centre.ts')(
    'WRK-11 layers: the size of an entry',
    'await readBounded(entry.body, most)',
    'await readBounded(entry.body, 1e9)',
  ),
  shares('layer/data-centre.ts')(
    'layers: one isolate loads for the others',
    'if ((await read(entry, 1)) !== undefined) return false',
    '',
  ),
  shares('layered-store.ts')(
    'layers: an outage that another isolate found',
    'pointer.unconfirmed ? await useOld(pointer, known) : undefined',
    'undefined',
  ),
  mutant(`${LAYERS}/layered-store.ts`, 'worker', 'test/worker/trust-layers/clocks')(
    'NET-14 layers: the time of a reader',
    'pointer.now ?? pointer.confirmedAt',
    'pointer.confirmedAt',
  ),
  answers('ask-keys.ts')(
    'layers: an answer about a set that did not verify is not shared',
    ' && rejected === undefined',
    '',
  ),
  answers('ask-keys.ts')(
    'layers: a shared answer without the key',
    'keys.keys.some(({ kid }) => kid === keyId)',
    'true',
  ),
  loaded(
    'layers: content has its digest',
    "if (found && !(await hasDigest(found, digest))) throw new LayerError('corrupt')",
    '',
  ),
  clocks(
    'NET-14 layers: a pointer in the future',
    'if (age < -TRUST_CLOCK_DIFFERENCE_SECONDS) return true',
    '',
  ),
  clocks('NET-14 layers: a clock that was set back', 'if (at < latest) isLost = true', ''),
  clocks('NET-14 layers: a clock that is behind', 'if (age < 0) ahead -= age', ''),
  clocks('NET-14 layers: the time of the store', 'ahead = at - askedAt', 'ahead = 0'),
  mutant(`${LAYERS}/store-time.ts`, 'worker', `${TESTS}/layers.attacks`)(
    'layers: an old pointer',
    '>= TRUST_POINTER_MOST_SECONDS',
    '>= 3600',
  ),
  judged(
    'layers: an older pointer than one that was seen',
    'isBehind(pointer, seen) || isBehind(pointer, { revision, keyEpoch })',
    'false',
  ),
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
  chain(
    'layers: the copy of the region',
    'if (old === undefined || copy === undefined) throw error',
    'throw error',
  ),
  slow(
    'layers: the deadline of a layer',
    'TRUST_LAYER_TIMEOUT_MILLISECONDS, layer',
    '60_000, layer',
  ),
  slowContent(
    'layers: the deadline of content',
    'milliseconds = TRUST_CONTENT_TIMEOUT_MILLISECONDS',
    'milliseconds = 60_000',
  ),
  faults(
    'layers: a dead layer is left out',
    "if (name !== 'region' || !hasOther()) failedAt.set(name, at)",
    '',
  ),
  faults('NET-14 layers: a failure in the future', 'at >= from && at <', 'at <'),
  restored(`${LAYERS}/apply-keys.ts`)(
    'WRK-12 layers: keys of another instance',
    'if (known.instance !== instance) {',
    'if (known.keyEpoch === NO_KEYS.keyEpoch) {',
  ),
  restored(`${LAYERS}/content/follow-pointer.ts`)(
    'WRK-12 layers: an epoch of another instance',
    'known.instance === instance ? (known.keyEpoch ?? -1) : -1',
    '(known.keyEpoch ?? -1)',
  ),
  restored(`${LAYERS}/content/follow-pointer.ts`)(
    'WRK-12 layers: a document with the same number',
    ' && document === known.document',
    '',
  ),
  restored('src/worker/objects/trust-store/compiled-forms.ts')(
    'WRK-12 the store: a document with the same number',
    ' && (known.document ?? digest) === digest',
    '',
  ),
  restored('src/worker/objects/trust-store/trust-store.ts')(
    'WRK-12 the store: an epoch of another instance (layers)',
    'instance === this.instance ? keyEpoch : NO_EPOCH',
    'keyEpoch',
  ),
  checked(
    'layers: keys of another instance from a layer',
    'parsed.data.instance !== instance || ',
    '',
  ),
  checked('layers: keys of an older epoch', ' || parsed.data.keyEpoch < known', ''),
  asking(
    'NET-13 layers: a late answer about keys',
    'present !== undefined && isNewer(present, keys)',
    'false',
  ),
  asking('layers: an answer without the store is counted', 'questions.countRefused(subject)', ''),
  region('layers: a reader of another region', 'locationHint = isOwn ? other : own', ''),
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
    'TRUST_READER_MOST_SECONDS = 2',
    'TRUST_READER_MOST_SECONDS = 3',
  ),
]
