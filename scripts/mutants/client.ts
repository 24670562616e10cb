/**
 * Mutants of the SDK: what its token sources send and report, and how long a held token is used.
 */
import { type Mutant, mutant } from './mutant.ts'

const SOURCES = 'test/client/sources test/client/detect'
const platform = mutant('src/client/sources/ask-platform.ts', 'node', SOURCES)
const row = mutant('src/client/sources/open-row.ts', 'node', SOURCES)
const machine = mutant('src/client/platform.ts', 'node', SOURCES)
const gitlab = mutant('src/client/sources/gitlab.ts', 'node', SOURCES)
const google = mutant('src/client/sources/clouds.ts', 'node', SOURCES)
const explicit = mutant('src/client/sources/explicit.ts', 'node', SOURCES)
const HELD = 'test/client/token-source'
const source = mutant('src/client/token-source.ts', 'node', HELD)
const held = mutant('src/client/hold/token-holder.ts', 'node', 'test/client/hold/token-holder')
const clock = mutant('src/client/hold/steady-clock.ts', 'node', 'test/client/hold')
const gate = mutant('src/client/hold/exchange-gate.ts', 'node', HELD)
const final = mutant('src/client/http/retry.ts', 'node', 'test/client/token-source.retries')
const tries = mutant('src/client/http/retry.ts', 'node', 'test/client/http/retry.test.ts')

export const CLIENT_MUTANTS: readonly Mutant[] = [
  platform('sources: secrets over https', 'if (fault !== undefined) throw', 'if (false) throw'),
  platform('sources: size of an answer', 'maxBytes: MAX_SOURCE_BYTES', 'maxBytes: 1e9'),
  platform('sources: status of an answer', 'if (status === 200) return', 'return'),
  row('sources: one token', '!/^[\\w.~+/=-]+$/.test(token)', 'false'),
  row(
    'sources: no words of the platform',
    "code === undefined ? 'failed'",
    'code === undefined ? String(error)',
  ),
  machine('sources: size of a file', 'size < bytes.byteLength', 'size < 1e9'),
  machine(
    'sources: size of a socket',
    'readBounded(response, MAX_SOURCE_BYTES)',
    'readBounded(response, 1e9)',
  ),
  machine('sources: stdout of a command', 'maxBuffer: MAX_SOURCE_BYTES', 'maxBuffer: 1e9'),
  gitlab('sources: one of several tokens', 'if (names.length !== 1) throw', 'if (false) throw'),
  gitlab('sources: the shape of a token', "JWT.test(platform.environment[name] ?? '')", 'true'),
  google('sources: the server of Google metadata', "!== 'Google'", '=== undefined'),
  explicit('sources: no shell', '!isJson && ', 'false && '),
  held('tokens: one exchange at a time', 'underWay ??= receive', 'underWay = receive'),
  held('tokens: a refusal behind the answer', 'renew().catch(() => {})', 'await renew()'),
  held(
    'tokens: last seconds',
    'readClock().elapsed < one.usableUntil',
    'readClock().elapsed < one.endsAt',
  ),
  held('tokens: a clock that was set back', 'held?.setBacks === setBacks', 'held !== undefined'),
  held('tokens: pause after a failure', 'Math.max(refreshAt, pausedUntil)', 'refreshAt'),
  held('tokens: every issued token is remembered', '[...issued.filter(isLive), next]', '[next]'),
  held('tokens: refreshes are spread', '- Math.random() * REFRESH_SPREAD_SHARE', ''),
  clock(
    'tokens: sleep of a machine',
    'if (jump > 0) skipped += jump',
    'if (jump > 0) skipped += 0',
  ),
  clock('tokens: lifetime by the wall clock', 'elapsed: ticks + skipped', 'elapsed: at'),
  source(
    'tokens: all live tokens are revoked',
    'of holder.issued()',
    'of holder.issued().slice(-1)',
  ),
  gate('tokens: a crowd on Workers', 'hasToken ? 1 : MAX_COLD_EXCHANGES', 'hasToken ? 1 : 1e9'),
  gate('tokens: one refresh on Workers', 'hasToken ? 1 : MAX_COLD_EXCHANGES', 'MAX_COLD_EXCHANGES'),
  gate('tokens: abandoned exchanges', '>= EXCHANGE_ABANDONED_SECONDS', '>= 1e9'),
  final('tokens: a refusal is final', 'if (!error.isTemporary) throw', 'if (false) throw'),
  tries('tokens: Retry-After', 'return named + Math', 'return Math'),
  tries('tokens: end of the retries', 'own > seconds * 1000', 'false'),
  tries('tokens: longest total wait', '|| named > longest', ''),
]
