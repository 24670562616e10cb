/** The requests of an isolate: exchanges, which need the trust snapshot, and checks of tokens. */
import type { IssuerKeys } from '../../src/core/keys/issuer-keys.ts'
import { Unavailable } from '../../src/core/ports.ts'
import type { TrustView } from '../../src/core/trust-view.ts'
import type { RevocableToken } from '../../src/protocol/revocations.ts'
import type { Isolate } from './isolate.ts'
import type { Judge, RevokedToken } from './judge.ts'
import type { Issuers } from './model/issuers.ts'
import type { Random } from './random.ts'
import type { Share } from './statistics.ts'
import type { Timeline } from './timeline.ts'

export type Requests = {
  /** One request of any kind. */
  readonly any: (isolate: Isolate) => void
  readonly exchange: (isolate: Isolate) => void
}

export type RequestsOptions = {
  readonly timeline: Timeline
  readonly random: Random
  readonly issuers: Issuers
  readonly judge: Judge
  readonly revoked: readonly RevokedToken[]
  /** Answered requests. Those whose key is unknown are apart. */
  readonly exchanges: Share
  readonly knownKeys: Share
  readonly checks: Share
}

const EXCHANGES = 0.7
/** Tokens with an invented key id. */
const FORGED = 0.001
/** Checks of tokens that are revoked, out of the last revocations. */
const REVOKED = 0.02
const LAST_REVOCATIONS = 200

export function createRequests(options: RequestsOptions): Requests {
  const { timeline, random, issuers, judge, exchanges, knownKeys, checks } = options

  /** Work of the cache behind the answer. It never fails. */
  function waitUntil(task: Promise<unknown>): void {
    timeline.touch()
    task.catch(timeline.stop)
  }

  /** A request is counted when it ends, so that the end of the warm-up divides none. */
  function count(share: Share, { weight }: Isolate, isAnswered: boolean): void {
    share.asked += weight
    if (isAnswered) share.answered += weight
  }

  function fail(error: unknown, isolate: Isolate, share: Share): void {
    if (error instanceof Unavailable) count(share, isolate, false)
    else timeline.stop(error)
  }

  /** Most tokens have a known key, and the exchange then waits for nothing. */
  function findKey(isolate: Isolate, view: TrustView): void {
    const source = issuers.sources[random.below(issuers.sources.length)] ?? ''
    const isForged = random.chance(FORGED)
    const kid = isForged ? `forged-${random.next()}` : issuers.signingKeyOf(source)
    const note = (keys: IssuerKeys | undefined) => {
      const isKnown = keys?.keys.some((key) => key.kid === kid) ?? false
      if (isKnown) count(knownKeys, isolate, true)
      return isKnown
    }
    if (note(view.keys.get(source))) return
    timeline.touch()
    const ask = async () => {
      const isKnown = note(await isolate.trust.refreshKeys(source, kid))
      if (!isKnown && !isForged) count(knownKeys, isolate, false)
    }
    ask().catch((error) => fail(error, isolate, knownKeys))
  }

  function decide(isolate: Isolate, view: TrustView): void {
    judge.decision(isolate, view)
    count(exchanges, isolate, view.document !== undefined)
    if (view.document === undefined) return
    findKey(isolate, view)
  }

  function exchange(isolate: Isolate): void {
    const loaded = isolate.trust.load(isolate.clock.read(), waitUntil)
    if (!(loaded instanceof Promise)) {
      decide(isolate, loaded)
      return
    }
    timeline.touch()
    loaded.then((view) => decide(isolate, view)).catch((error) => fail(error, isolate, exchanges))
  }

  function pickToken(): RevokedToken | undefined {
    if (!random.chance(REVOKED)) return undefined
    const last = Math.min(options.revoked.length, LAST_REVOCATIONS)
    return options.revoked[options.revoked.length - 1 - random.below(last)]
  }

  async function check(isolate: Isolate): Promise<void> {
    const token = pickToken()
    const jti = token?.jti ?? `live-${random.below(1_000_000)}`
    const { isRevoked } = await isolate.revocations.load(isolate.clock.read(), waitUntil)
    const isRefused = await isRevoked(tokenOf(jti))
    if (token !== undefined) judge.revoked(isolate, token, isRefused)
    count(checks, isolate, true)
  }

  return {
    exchange,
    any(isolate) {
      if (random.chance(EXCHANGES)) return exchange(isolate)
      timeline.touch()
      check(isolate).catch((error) => fail(error, isolate, checks))
    },
  }
}

export function tokenOf(jti: string): RevocableToken {
  const origin = { iss: 'https://ci-0.example', sub: 'job' }
  return { jti, sub: 'job', client_id: 'rule', iat: 0, origin, kid: 'key' }
}
