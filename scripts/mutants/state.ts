/** Mutants of stored state: documents that are read again, revocations, health and caches. */
import { type Mutant, mutant } from './mutant.ts'

const stored = mutant(
  'src/core/policy/compile/stored.ts',
  'core',
  'test/core/policy/compile/stored.test.ts',
)
const exchange = mutant(
  'src/core/endpoint/token-endpoint.ts',
  'worker',
  'test/worker/routes/stored-document',
)
const store = mutant(
  'src/worker/objects/trust-store/trust-store.ts',
  'worker',
  'test/worker/routes/damaged-document',
)
const snapshot = mutant(
  'src/worker/caches/trust/trust-snapshot.ts',
  'worker',
  'test/worker/caches/trust/trust-snapshot.faulty',
)
const forms = 'test/worker/caches/trust/trust-snapshot.forms'
const firstRequests = mutant('src/worker/caches/trust/trust-snapshot.ts', 'worker', forms)
const loader = mutant('src/worker/caches/trust/form-loader.ts', 'worker', forms)
const damaged = 'test/worker/routes/damaged-document'
const form = mutant('src/core/policy/form/read-form.ts', 'core', 'test/core/policy/form/form.test')
const compiler = mutant(
  'src/core/policy/form/compiled-form.ts',
  'core',
  'test/core/policy/form/form.test',
)
const revoke = mutant('src/core/endpoint/revoke.ts', 'core', 'test/core/endpoint/revoke.test.ts')
const reader = mutant(
  'src/worker/caches/revocations/revocation-snapshot.ts',
  'worker',
  'test/worker/caches/revocations/revocation-snapshot',
)
const health = mutant(
  'src/worker/caches/store-health.ts',
  'worker',
  'test/worker/routes/health.test',
)
const answers = mutant('src/verify/introspection.ts', 'node', 'test/verify/memories.test.ts')
const asked = mutant('src/verify/introspection.ts', 'node', 'test/verify/introspection.test')
const pause = mutant('src/verify/introspection.ts', 'node', 'test/verify/introspection.pause')
const gate = mutant('src/verify/keys/load-gate.ts', 'node', 'test/verify/introspection.pause')
const questions = mutant('src/verify/introspection.ts', 'node', 'test/verify/introspection.load')
const keySet = mutant('src/verify/keys/key-set.ts', 'node', 'test/verify/keys/key-set')
export const STATE_MUTANTS: readonly Mutant[] = [
  keySet('KEY-05 a short RSA key', '< MIN_RSA_BITS', '< 0'),
  mutant('src/worker/caches/trust/ask-store.ts', 'worker', damaged)(
    'the digest of a document of the store',
    '!bytes || !document || (await hasDigest(bytes, document))',
    'true',
  ),
  mutant('src/worker/objects/trust-store/adopt-document.ts', 'worker', damaged)(
    'a damaged document gets no form',
    ' || (await readWhole(storage.sql, latest)) === undefined',
    '',
  ),
  loader(
    'the digest of a compiled form',
    "if (!(await hasDigest(bytes, digest))) return 'other_digest'",
    '',
  ),
  loader('refused compiled forms are counted', 'refused[loaded] = (refused[loaded] ?? 0) + 1', ''),
  firstRequests(
    'first requests wait for one load',
    'turns.isRunning() ? await turns.waitForOther(hasAnswer) : undefined',
    'undefined as Awaited<ReturnType<typeof turns.waitForOther>> | undefined',
  ),
  mutant('src/worker/caches/trust/ask-store.ts', 'worker', forms)(
    'a refused compiled form is replaced by the document',
    'if (delta.form && !loaded) delta = await ask(known)',
    '',
  ),
  form('the document of a compiled form', 'head.document !== document', 'false'),
  form('the compiler of a compiled form', 'head.compiler !== compilerOf(ceilings)', 'false'),
  form('the version of a compiled form', 'version !== FORM_VERSION', 'false'),
  form('closed issuers of a compiled form', 'isClosed: head.closed.includes(name),', ''),
  form('the memory of loaded rules', 'if (rules.size >= maxRules) forget()', ''),
  compiler('the limits that a compiled form depends on', '...limits]', ']'),
  stored('a stored deny rule closes its issuer', 'nowClosed.add(from)', ''),
  stored('a stored deny rule without an issuer', 'if (!isNamed) return undefined', ''),
  stored(
    'an unknown effect',
    "rule.effect === 'allow') return true",
    "rule.effect !== 'deny') return true",
  ),
  stored('a missing effect', ' && rule.grant !== undefined', ''),
  stored(
    'a deny rule of one of two identical issuers',
    'isNamed && parts.twins.has(from)',
    'false',
  ),
  stored('a problem of the whole document', '} else return undefined', '}'),
  exchange(
    'a closed issuer issues nothing',
    'if (chosen.issuer.isClosed) throw',
    'if (false) throw',
  ),
  store('a damaged row is written again', 'if (isWhole && ', 'if ('),
  snapshot(
    'the age limit of an earlier revision',
    'if (isCurrent || isYoung(at - currentAt, options.maxStaleSeconds)) return view',
    'return view',
  ),
  revoke(
    'the response to an administrator',
    'if (admin === undefined) return ok',
    'if (true) return ok',
  ),
  revoke('the form of a jti', 'if (isTokenId(named)) {', 'if (true) {'),
  reader('the age of a snapshot', 'age <= REVOCATION_SNAPSHOT_MAX_AGE_SECONDS', 'true'),
  reader('a snapshot with a future timestamp', 'age >= -CLOCK_LEEWAY_SECONDS && ', ''),
  reader('one request parses', 'if (meanwhile !== undefined) return meanwhile', ''),
  health('health writes at intervals', 'if (isYoung && answer !== undefined) return answer', ''),
  answers(
    'introspection responses are bounded',
    'digests.size > MAX_REMEMBERED_ANSWERS && ',
    'false && ',
  ),
  answers('questions in progress are bounded', 'forgetOldest(asking)', ''),
  questions('questions in progress are counted', 'known.count <= 1', 'known.count > 0'),
  questions('requests at once ask once', 'count: countAsking(digest) + 1', 'count: 0'),
  questions(
    'one more question in each half second',
    'countAsking(digest) * LOAD_OVERTAKE_POLLS <= poll',
    'countAsking(digest) === 0 || poll >= LOAD_OVERTAKE_POLLS',
  ),
  questions('a question that ended with its request', '? count : 0', '? count : count'),
  asked('REV-02 a late answer', 'known?.isActive === false && known.validUntil > now()', 'false'),
  asked('the life of a 401', "verdict.word === 'inactive' ?", "verdict.word !== 'active' ?"),
  pause(
    'the pause after failures',
    'createLoadGate(now, MAX_INTROSPECTION_FAILURES)',
    'createLoadGate(now, 1e9)',
  ),
  pause(
    'failures that are tolerated',
    'createLoadGate(now, MAX_INTROSPECTION_FAILURES)',
    'createLoadGate(now)',
  ),
  pause('refusals of one token', 'isAboutToken(verdict) ? undefined : {', '{'),
  pause('a failed probe', 'ok: verdict.ok, cooldownSeconds', 'ok: true, cooldownSeconds'),
  gate('the first pause', 'pauseAfter(failures - tolerated)', 'pauseAfter(failures)'),
  revoke(
    'RV-03 the holder of a token that has expired',
    'if (isHolder && claims === undefined) return ok(undefined)\n',
    '',
  ),
  revoke('RV-03 the holder of a token that is revoked', '(isHolder || !(await', '(!(await'),
]
