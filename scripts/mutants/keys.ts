/** Mutants of the signing keys: their ends, their rotation, and callers with a client assertion. */
import { type Mutant, mutant } from './mutant.ts'

const TOKENS = 'src/core/tokens'
const CLI = 'src/cli/keys'
const LIFECYCLE = 'src/core/endpoint/lifecycle'
const LIFECYCLE_TESTS = 'test/core/endpoint/lifecycle'

const ring = mutant(`${TOKENS}/keyring.ts`, 'core', 'test/core/tokens/key-retirements.test.ts')
const health = mutant(`${TOKENS}/key-health.ts`, 'core', 'test/core/tokens/key-retirements.test.ts')
const facts = mutant(`${TOKENS}/key-facts.ts`, 'core', 'test/core/tokens/key-retirements.test.ts')
const setting = mutant(
  'src/contract/settings.ts',
  'core',
  'test/core/tokens/key-retirements.test.ts',
)
const plan = mutant(`${CLI}/plan-rotation.ts`, 'conformance', 'test/cli/keys/rotate.test.ts')
const walk = mutant(`${TOKENS}/keyring.ts`, 'conformance', 'test/cli/keys/rotation.walk.test.ts')
const rotate = mutant(`${CLI}/commands/rotate.ts`, 'conformance', 'test/cli/keys/rotate.test.ts')
const put = mutant(`${CLI}/put-secret.ts`, 'conformance', 'test/cli/keys/rotate.test.ts')
const retire = mutant(`${CLI}/commands/retire.ts`, 'conformance', 'test/cli/keys/retire.test.ts')
const judge = mutant(`${CLI}/judge-keys.ts`, 'conformance', 'test/cli/keys/check.test.ts')
const local = mutant('src/dev/serve/local-keys.ts', 'conformance', 'test/cli/keys/state.test.ts')
const client = mutant(
  `${LIFECYCLE}/client-assertion.ts`,
  'core',
  `${LIFECYCLE_TESTS}/client-assertion.test.ts`,
)
const signed = mutant(
  `${LIFECYCLE}/signed-introspection.ts`,
  'core',
  `${LIFECYCLE_TESTS}/signed-introspection.test.ts`,
)
const accept = mutant('src/core/accept.ts', 'core', 'test/core/accept.test.ts')
const introspect = mutant(
  'src/core/endpoint/introspect.ts',
  'core',
  `${LIFECYCLE_TESTS}/signed-introspection.test.ts`,
)
const caller = mutant(
  'src/core/endpoint/introspect.ts',
  'core',
  `${LIFECYCLE_TESTS}/client-assertion.test.ts`,
)
const revoke = mutant(
  'src/core/endpoint/revoke.ts',
  'core',
  `${LIFECYCLE_TESTS}/client-assertion.test.ts`,
)

export const KEY_MUTANTS: readonly Mutant[] = [
  client(
    'REV-03 a client assertion of a revoked subject or issuer',
    'return allowed.ok ? ok(caller) : allowed',
    'return ok(caller)',
  ),
  client(
    'REV-03 a stopped rule lets nobody introspect',
    '(await checkRevocations(caller, decision.rule.name)).ok',
    'true',
  ),
  ring('KEY-11 an end in KEY_RETIREMENTS', 'Math.min(key.retiresAt,', 'Math.max(key.retiresAt,'),
  setting('KEY_RETIREMENTS names a key once', ' || ends.has(keyId)', ''),
  facts('a key that never signs is not scheduled', ' && key.activatesAt < key.retiresAt', ''),
  health('a successor that ends first', 'other.retiresAt > key.retiresAt', 'true'),
  health(
    'a successor that signs too late',
    'followers.some((other) => other.activatesAt <= retiresAt)',
    'followers.length > 0',
  ),
  health('an old key', 'age > KEY_AGE_WARNING_SECONDS && !isSucceeded', 'false'),
  plan(
    'KEY-11 a rotation lets verifiers load the key',
    'start < at + MIN_KEY_LEAD_SECONDS',
    'false',
  ),
  plan('KEY-11 a rotation leaves no gap', 'start > lastEnd', 'false'),
  plan('a second successor', 'waiting !== undefined', 'false'),
  plan('a secret is not replaced', 'taken.includes(given)', 'false'),
  plan(
    'KEY-11 an ended key keeps its end',
    'if (end !== null) all.set(kid, end)',
    'if (end !== null && end > Date.now() / 1000) all.set(kid, end)',
  ),
  plan(
    'JK-07 the time of a successor',
    'at + KEY_LEAD_SECONDS, lastEnd',
    'at + MIN_KEY_LEAD_SECONDS, lastEnd',
  ),
  walk(
    'JK-07 a key is published before it signs',
    '(key) => at < key.retiresAt + maxTokenLifetimeSeconds',
    '(key) => at >= key.activatesAt && at < key.retiresAt + maxTokenLifetimeSeconds',
  ),
  walk(
    'JK-07 a retired key is published until its last token has expired',
    'at < key.retiresAt + maxTokenLifetimeSeconds',
    'at < key.retiresAt',
  ),
  rotate(
    'KEY-12 a key is not printed',
    '  saySuccessor(plan, kid)\n  // The',
    '  saySuccessor(plan, jwk)\n  // The',
  ),
  put(
    'KEY-12 a key is in no command line',
    "listArguments('put', name, target)",
    "[...listArguments('put', name, target), value]",
  ),
  put('a secret that is not stored', 'exitCode !== 0', 'false'),
  retire('keys retire: a key without a successor', 'soonest > chosen ||', ''),
  retire('an end in the past', 'asked !== undefined && asked < at', 'false'),
  retire('REV-03 the tokens of a key', 'key: kid, reason:', 'key: alg, reason:'),
  retire('REV-03 a dry run revokes nothing', '...(isDry ? { dry_run: true } : {})', '...{}'),
  judge('keys check: a key without a successor', 'if (isFollowed) return []', 'return []'),
  judge('keys check: a key without an end', "state !== 'standby' || end !== null", 'true'),
  judge('keys check: a withdrawn key', "state !== 'withdrawn') return []", 'state) return []'),
  judge('JK-08 a key set that is cached too long', 'maxAge < MIN_KEY_LEAD_SECONDS', 'true'),
  judge('a key that is not published', '!ids.includes(kid)', 'false'),
  judge('JK-02 a published private key', 'secretMembers.map(', '[].map('),
  local('KEY-12 a killed write leaves no private key', 'UNFINISHED.test(entry.name)', 'false'),
  local('a key of a rotation is kept', '[0-9]{1,6}', '[0-9]{0}x'),
  client('CA-03 the client id of an assertion', 'clientId !== identity.value.subject', 'false'),
  client('CA-06 how a token is presented', 'if (refused !== undefined) return refused', ''),
  client('IN-06 the scope of an API', 'scopes: [SCOPE]', 'scopes: undefined'),
  client('IN-06 the audience of a token', 'if (own !== audience) continue', ''),
  client('RV-04 the issuer of a holder', 'origin.iss === identity.issuer &&', ''),
  client('RV-04 the subject of a holder', ' && origin.sub === identity.subject', ''),
  caller('IN-03 one way to authenticate', 'if (hasToken) {', 'if (false) {'),
  signed('IN-12 the type of a signed answer', 'typ: INTROSPECTION_TYP', "typ: 'at+jwt'"),
  signed('IN-12 RS256 comes first', "selectSigningKey(ring, 'RS256', issuedAt) ??", ''),
  accept('IN-12 a refused type', 'weight > 0 && ', ''),
  accept('IN-12 a type that is preferred', ' && weight >= weightOf(', ' || weight >= weightOf('),
  accept(
    'SL-10 a narrower range counts',
    "[type, type.replace(/\\/.*/, '/*'), '*/*']",
    "['*/*', type]",
  ),
  introspect('IN-13 a signed answer names its caller', 'if (audience === undefined)', 'if (false)'),
  revoke('RV-04 a token of another workload', '!isHolder(client.value, claims)', 'false'),
]
