/** Mutants of what the gateway keeps: snapshots of an isolate, stored documents, bundles, uploaded keys. */
import { type Mutant, mutant } from './mutant.ts'

const CACHES = 'src/worker/caches/trust'
const TESTS = 'test/worker/caches/trust'
const POLICY = 'src/core/policy/compile'
const POLICY_TESTS = 'test/core/policy/compile'

const delta = (tests: string) => mutant(`${CACHES}/apply-delta.ts`, 'worker', `${TESTS}/${tests}`)
const unusable = delta('trust-snapshot.faulty')
const restored = delta('trust-snapshot.overlap')
const older = delta('apply-delta')
const refresh = mutant(`${CACHES}/refresh-keys.ts`, 'worker', `${TESTS}/refresh-keys`)
const questions = mutant(`${CACHES}/key-questions.ts`, 'worker', `${TESTS}/key-questions`)
const published = mutant(
  'src/worker/caches/revocations/published-revocations.ts',
  'worker',
  'test/worker/caches/revocations/revocation-pointer',
)
const bundles = mutant(
  'src/worker/objects/trust-store/issuer-keys.ts',
  'worker',
  'test/worker/objects/trust-store/trust-store.bundles',
)
const stored = mutant(`${POLICY}/stored.ts`, 'core', `${POLICY_TESTS}/stored.test.ts`)
const uploaded = mutant(
  `${POLICY}/issuers/issuer.ts`,
  'core',
  `${POLICY_TESTS}/compile.uploaded-keys`,
)
const end = mutant(
  'src/core/evidence/find-key.ts',
  'core',
  'test/core/endpoint/token-endpoint.uploaded-keys',
)

const proof = mutant('src/core/evidence/prove.ts', 'core', 'test/core/evidence/find-key.test.ts')

export const KEPT_MUTANTS: readonly Mutant[] = [
  unusable(
    'kept: the age of the last usable document in an answer',
    ' && isYoung(at - before.currentAt, maxStaleSeconds)',
    '',
  ),
  unusable(
    'kept: an answer confirms the document',
    'problems } = before.view\n    return { revision, document, problems, currentAt: at }',
    'problems } = before.view\n    return { revision, document, problems, currentAt: before.currentAt }',
  ),
  restored(
    'kept: another document under the same number',
    ' && (before.stored ?? digest) === (digest ?? before.stored)',
    '',
  ),
  restored(
    'kept: the store is told which document an isolate has',
    '...(stored === undefined ? {} : { document: stored }),',
    '',
  ),
  older('kept: an earlier revision', 'if (delta.revision < held.storedRevision) return true', ''),
  older('kept: earlier keys', '(delta.keyEpoch ?? NO_KEYS.keyEpoch) < held.keyEpoch', 'false'),
  older('kept: only copies are compared by time', 'delta.isStale === true && ', ''),
  older('kept: a copy of the same time', 'from <= held.askedAt', 'from < held.askedAt'),
  refresh(
    'kept: NET-09 a store that hangs',
    'withDeadline(STORE_TIMEOUT_MILLISECONDS, ask(source, keyId, rejected))',
    'ask(source, keyId, rejected)',
  ),
  refresh(
    'kept: an issuer that the store does not have',
    'if (answer === null) return undefined',
    'if (answer === null) return current(source)',
  ),
  refresh(
    'kept: the keys of an isolate while the store is not asked',
    'questions.countRefused(subject)\n      return current(source)',
    'questions.countRefused(subject)\n      return undefined',
  ),
  questions(
    'kept: NET-08 a cool-down that began during a wait',
    'if (isQuiet(memory)) return refuse(memory)\n      }',
    '}',
  ),
  published('kept: REV-02 another version', 'v: z.literal(1)', 'v: z.number()'),
  published('kept: REV-02 a stop', 'stops: z.optional(z.literal(true))', 'stops: z.any()'),
  published('kept: REV-02 a moment', '      before: z.number()', '      before: z.any()'),
  published('kept: no JSON', 'catch {\n    return undefined', 'catch (error) {\n    throw error'),
  bundles('kept: SP-09 the same sequence', 'sequence < highest', 'sequence <= highest'),
  bundles('kept: SP-09 the highest sequence', 'sequence ?? row.sequence,', 'sequence,'),
  stored('kept: places after a pass', 'positions[index] ?? index', 'index'),
  stored('kept: places of problems', 'positions[key] ?? key', 'key'),
  stored('kept: as many parts as allowed', 'names.length <= most', 'names.length < most'),
  stored(
    'kept: harmless problems are reported',
    'problems.push(...placed.map(({ original }) => original))',
    '',
  ),
  stored('kept: harmless problems leave nothing out', 'partsOf(deciding.', 'partsOf(placed.'),
  stored(
    'kept: a scope twice',
    "'lifetime_above_ceiling', 'scope_",
    "'lifetime_above_ceiling', '_",
  ),
  stored('kept: closed in an earlier pass', 'new Set(closed)\n', 'new Set<string>()\n'),
  uploaded('kept: a key for another use', "kind === 'jwks' || code", 'code'),
  uploaded('kept: SP-04 other keys of a bundle', "kind === 'jwks' || code !== 'other_use'", 'true'),
  uploaded(
    'kept: SP-04 a bundle without a key',
    "kind === 'spiffe_bundle' && keys",
    'false && keys',
  ),
  end('kept: the end of uploaded keys', '>= issuer.uploadedKeysEnd', '> issuer.uploadedKeysEnd'),
  proof(
    'kept: NET-08 a question about a replaced key',
    "identity.ok || identity.error.reason !== 'signature_invalid'",
    'identity.ok',
  ),
]
