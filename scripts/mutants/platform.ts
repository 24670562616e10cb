/**
 * Mutants of the state that an isolate shares between requests, of unreachable parts and of the
 * log. Most remove a check. Where something must be absent, the mutant adds it.
 */
import { type Mutant, mutant } from './mutant.ts'

const attacks = (name: string) => `test/worker/attacks/${name}`
const storeOf = (what: string) => `test/worker/objects/trust-store/trust-store.${what}`

const exchange = mutant(
  'src/core/endpoint/token-endpoint.ts',
  'core',
  'test/core/endpoint/token-endpoint test/core/endpoint/attacks',
)
const exchangeLog = mutant('src/core/endpoint/steps/choose-issuer.ts', 'worker', attacks('log'))
const verify = mutant('src/core/evidence/verify.ts', 'core', 'test/core/evidence/verify.times')
const ports = mutant(
  'src/worker/objects/durable-ports.ts',
  'worker',
  `${attacks('platform')} ${attacks('replay')}`,
)
const limits = mutant('src/worker/http/rate-limits.ts', 'worker', 'test/worker/http/rate-limits')
const migrations = mutant('src/worker/objects/migrations.ts', 'worker', attacks('platform'))
const ledger = mutant(
  'src/worker/objects/replay-ledger/replay-ledger.ts',
  'worker',
  'test/worker/objects/replay-ledger/replay',
)
const documents = mutant(
  'src/worker/objects/trust-store/check-document.ts',
  'worker',
  storeOf('revisions'),
)
const trustStore = mutant(
  'src/worker/objects/trust-store/trust-store.ts',
  'worker',
  storeOf('revisions'),
)
const failures = mutant('src/worker/http/failures.ts', 'worker', attacks('platform'))
const log = mutant('src/worker/log.ts', 'worker', `${attacks('log')} ${attacks('platform')}`)
const lines = mutant('src/worker/log.ts', 'worker', attacks('log'))
const manifest = mutant('package.json', 'core', 'test/core/endpoint/attacks')
const snapshot = mutant(
  'src/worker/caches/trust/trust-snapshot.ts',
  'worker',
  'test/worker/caches/trust/trust-snapshot.forms',
)
const settings = mutant('src/contract/settings.ts', 'worker', attacks('log'))
const answers = mutant('src/core/endpoint/render.ts', 'worker', attacks('log'))
const deployment = mutant('wrangler.toml', 'core', 'test/core/endpoint/attacks')

const accepted = mutant('src/worker/http/accepted-keys.ts', 'worker', attacks('keys'))
const times = mutant(
  'src/worker/caches/trust/refresh-times.ts',
  'worker',
  'test/worker/caches/trust/trust-snapshot',
)
const copies = mutant(
  'src/worker/caches/trust/trust-snapshot.ts',
  'worker',
  'test/worker/caches/trust/trust-snapshot',
)
const age = mutant(
  'src/worker/caches/trust/apply-delta.ts',
  'worker',
  'test/worker/caches/trust/trust-snapshot',
)
const aged = mutant('src/worker/objects/trust-store/issuer-keys.ts', 'worker', attacks('clock'))
const believed = mutant('src/core/evidence/find-key.ts', 'worker', attacks('clock'))

export const PLATFORM_MUTANTS: readonly Mutant[] = [
  exchange(
    'WRK-01 nothing between requests',
    'export async function exchange(',
    'export let lastInput: unknown\nexport async function exchange(',
  ),
  limits(
    'WRK-03 limiter that fails',
    "throw new Unavailable('rate_limits', { cause })",
    'return cause !== undefined',
  ),
  documents(
    'WRK-03 size of a stored document',
    'bytes.byteLength > MAX_DOCUMENT_BYTES) return',
    'false) return',
  ),
  limits(
    'WRK-03 limiter that never answers',
    'await withDeadline(STORE_TIMEOUT_MILLISECONDS, limiter.limit({ key }))',
    'await limiter.limit({ key })',
  ),
  failures(
    'WRK-05 bugs in responses',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source
    'internal error, logged with the request id ${requestId}',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source
    'this is a fault of the gateway: ${error} ${requestId}',
  ),
  log('WRK-05 LOG-01 messages of errors', 'error: error.name', 'error: error.message'),
  ports(
    'WRK-06 written before acknowledged',
    'await revocationLogOf(env).revokeToken(token)',
    'revocationLogOf(env).revokeToken(token).catch(() => undefined)',
  ),
  accepted(
    'KEY-11 retired keys at the endpoints of the gateway',
    'return publishedRing(keyRing, readClock(), settings.ceilings.maxTokenLifetimeSeconds)',
    'return settings.issuer === undefined ? publishedRing(keyRing, readClock(), 0) : keyRing',
  ),
  copies(
    'NET-14 responses ordered by the clock',
    'question > held.question',
    'askedAt > held.askedAt || question === 1',
  ),
  age('NET-14 copies with a future timestamp', 'ageSeconds >= -CLOCK_LEEWAY_SECONDS && ', ''),
  times('NET-14 failures with a future timestamp', 'at >= from && at < until', 'at < until'),
  aged('NET-14 fetches too far in the future', ' || next > at + KEY_REFRESH_SECONDS', ''),
  aged(
    'NET-14 alarms too far in the future',
    ' OR next_fetch_at > ?\n',
    ' OR next_fetch_at > ? + 1e12\n',
  ),
  aged('NET-08 NET-14 requests with a future timestamp', ' || asked > at', ''),
  believed(
    'NET-14 keys with a future timestamp',
    'fetchedAt <= receivedAt + CLOCK_LEEWAY_SECONDS',
    'fetchedAt > 0',
  ),
  snapshot(
    'WRK-02 no shared promise',
    "return await refresh(typeof other === 'number' ? other : turns.begin())",
    'return await (askFirst.shared ??= refresh(turns.begin()).finally(() => delete askFirst.shared))',
  ),
  deployment(
    'WRK-04 no route',
    'workers_dev = false',
    'routes = ["example.com/*"]\nworkers_dev = false',
  ),
  verify('WRK-07 one clock', 'exp <= receivedAt - CLOCK', 'exp <= Date.now() / 1000 - CLOCK'),
  manifest('WRK-08 vulnerable versions', '"hono": "4.13.19"', '"hono": "4.12.20"'),
  migrations('WRK-09 newer tables', 'latest > migrations.length', 'false'),
  trustStore('ADM-12 every revision in the log', "if (result.kind === 'stored') {", 'if (false) {'),
  ledger('WRK-10 rest of an empty ledger', 'if (marks === 1) await', 'if (marks >= 0) await'),
  exchangeLog('LOG-01 no token', 'facts.issuer = issuer.name', 'facts.issuer = token.raw'),
  exchangeLog(
    'LOG-03 no value of callers',
    'facts.issuer = issuer.name',
    'facts.issuer = token.kid ?? issuer.name',
  ),
  answers(
    'LOG-04 one shape',
    'headers: more === undefined ? ANSWER_HEADERS : { ...ANSWER_HEADERS, ...more },',
    "headers: { ...ANSWER_HEADERS, ...more, ...(denial.reason === 'issuer_not_trusted' ? {} : { 'x-known': '1' }) },",
  ),
  settings(
    'LOG-04 no secret to compare',
    "  BOOTSTRAP_TRUST: { type: 'policy' },\n",
    "  BOOTSTRAP_TRUST: { type: 'policy' },\n  ADMIN_PASSWORD: { type: 'policy' },\n",
  ),
  lines(
    'LOG-02 one object a line',
    'console.log(JSON.stringify(event))',
    'console.log(event.event, JSON.stringify(event))',
  ),
]
