/** The parts of one run: models, links, meters and the judge, without the isolates. */

import { STORE_TIMEOUT_MILLISECONDS } from '../../src/core/limits.ts'
import { Unavailable } from '../../src/core/ports.ts'
import { withDeadline } from '../../src/web/deadline.ts'
import type { RevocationSnapshotOptions } from '../../src/worker/caches/revocations/revocation-snapshot.ts'
import { contentKeyOf } from '../../src/worker/trust-layers/content/content.ts'
import { TRUST_CONTENT_RETRY_SECONDS } from '../../src/worker/trust-layers/limits.ts'
import { type Ages, createJudge, type RevokedToken } from './judge.ts'
import { createIssuers } from './model/issuers.ts'
import { createKv } from './model/kv.ts'
import { createNetwork, type Span } from './model/network.ts'
import { PLACES, type Place } from './model/places.ts'
import { createRevocationLog } from './model/revocation-log.ts'
import { createTrustStoreModel } from './model/trust-store.ts'
import { createRandom } from './random.ts'
import { type Scenario, WARM_UP_SECONDS } from './scenarios.ts'
import { createHistogram, createMeter, type Load, type Meter } from './statistics.ts'
import { createTimeline } from './timeline.ts'
import type { Topology } from './topology.ts'
import { createTrace } from './trace.ts'

export const START = 1_800_000_000_000
export const MAX_SKEW_MILLISECONDS = 2000
/** The time between two changes of the trust document, rotations and revocations. */
const CHANGE_SECONDS = 60
const ROTATION_SECONDS = 120
const REVOCATION_SECONDS = 10
const KEY_REFRESH_SECONDS = 600
const DOCUMENT = '{"version":1,"issuers":{},"resources":{},"rules":[]}'
/** Between two attempts to write a document to KV. */
const CONTENT_RETRY_MILLISECONDS = TRUST_CONTENT_RETRY_SECONDS * 1000
/** Of a call to the revocation log. */
const CALL_BYTES = 300
/** A change that was acknowledged this long before an outage may not be published before it. */
const PUBLICATION_MILLISECONDS = 80_000

export type WorldOptions = {
  readonly scenario: Scenario
  readonly topology: Topology
  readonly seed: number
  readonly maxStaleSeconds: number
  readonly documentBytes: number
}

/** `factor`: the isolates that one simulated isolate stands for. */
export type CreateWorldOptions = WorldOptions & { readonly factor: number }

export type World = ReturnType<typeof createWorld>

export function createWorld({ scenario, topology, ...options }: CreateWorldOptions) {
  const { seed, maxStaleSeconds, documentBytes, factor } = options
  const timeline = createTimeline(START)
  const { now } = timeline
  const random = createRandom(seed)
  const measuredFrom = START + WARM_UP_SECONDS * 1000
  const spanOf = ({ from, until }: Span) => ({
    from: measuredFrom + from * 1000,
    until: measuredFrom + until * 1000,
  })
  const { objectsDown: down, cut } = scenario
  const objectsDown = down === undefined ? [] : [spanOf(down)]
  const cuts = cut === undefined ? [] : [{ ...spanOf(cut), region: cut.region }]
  const network = createNetwork(timeline, random, {
    objectsDown,
    cut: cuts,
    slowMessages: scenario.slowMessages,
  })
  const kv = createKv(timeline, random, network, PLACES)
  const log = createRevocationLog(timeline, network, kv)
  const issuers = createIssuers(timeline, random, network, ROTATION_SECONDS)
  const { sources } = issuers
  const store = createTrustStoreModel({ nowMilliseconds: now, sources, fetch: issuers.fetch })
  const trace = createTrace(now)
  const ages: Ages = {
    reachable: createHistogram(),
    cutOff: createHistogram(),
    setBack: createHistogram(),
    missed: createHistogram(),
    revocations: createHistogram(),
  }
  const couldPublish = (since: number) =>
    objectsDown.every(({ from, until }) => since + PUBLICATION_MILLISECONDS < from || since > until)
  const judge = createJudge({
    now,
    store,
    sources,
    trace,
    ages,
    maxStaleSeconds,
    setBackMilliseconds: topology.setBackMilliseconds,
    skewMilliseconds: MAX_SKEW_MILLISECONDS,
    couldPublish,
  })
  const meters = new Map<string, Meter>()

  function meter(object: string): Meter {
    const made = meters.get(object) ?? createMeter(measuredFrom, scenario.seconds)
    meters.set(object, made)
    return made
  }

  const connect = topology.create({
    ...{ now, network, random, kv, store, log, documentBytes, meter, factor },
  })
  const logCalls = meter('revocation log')
  const kvReads = meter('KV reads')
  const revoked: RevokedToken[] = []

  function askLog<T>(place: Place, bytes: number, answer: () => T): Promise<T> {
    const asked = network.call(place.region, () => {
      logCalls.count(now(), bytes, factor)
      return answer()
    })
    return withDeadline(STORE_TIMEOUT_MILLISECONDS, asked).catch((cause) => {
      throw new Unavailable('revocation_log', { cause })
    })
  }

  /** The ports of the revocation reader of an isolate. */
  function revocationPorts(index: number, place: Place): RevocationSnapshotOptions {
    const get = async (key: string) => {
      const content = await kv.get(index, key)
      const bytes = typeof content === 'string' ? content.length : (content?.byteLength ?? 0)
      kvReads.count(now(), bytes, factor)
      return content
    }
    return {
      // The reader asks for text under one key and for bytes under the others.
      kv: { get } as unknown as KVNamespace,
      pointer: () => askLog(place, CALL_BYTES, log.pointer),
      segment: (digest) => askLog(place, CALL_BYTES, () => log.segment(digest)),
      findCoarse: () => askLog(place, CALL_BYTES, () => []),
      isRevoked: ({ jti }) => askLog(place, CALL_BYTES, () => log.isRevoked(jti)),
      report: () => {},
    }
  }

  /** Repeats work until a time, unless the objects are down. */
  function repeat(until: number, waitMilliseconds: () => number, work: () => void): void {
    timeline.after(waitMilliseconds(), () => {
      if (now() >= until) return
      if (!network.areObjectsDown()) work()
      repeat(until, waitMilliseconds, work)
    })
  }

  /** Stores the next revision and publishes it to KV, as the alarm of the store does. */
  function putDocument(): number {
    // Each revision has other content, and so another digest.
    const text = `${DOCUMENT}${' '.repeat(store.revision() % 1000)}`
    const bytes = Uint8Array.from(new TextEncoder().encode(text))
    const revision = store.putDocument(bytes)
    const { document } = store.pointer()
    const publish = async () => {
      if (store.pointer().document !== document || document === null) return
      try {
        if (network.areObjectsDown()) throw new Error('the store is down')
        await kv.put(contentKeyOf(document), bytes.buffer)
      } catch {
        timeline.after(CONTENT_RETRY_MILLISECONDS, () => void publish())
      }
    }
    void publish()
    return revision
  }

  function fetchAllKeys(): void {
    for (const source of sources) store.fetchKeys(source).catch(timeline.stop)
  }

  /** Starts everything that happens without isolates. */
  function start(until: number): void {
    const note = (text: string) => trace.note(undefined, text)
    for (const { from, until: end } of [...objectsDown, ...cuts]) {
      timeline.quietly(from - now(), () => note('an outage begins'))
      timeline.quietly(end - now(), () => note('the outage ends'))
    }
    log.start()
    putDocument()
    fetchAllKeys()
    issuers.start(until, note)
    repeat(until, () => KEY_REFRESH_SECONDS * 1000, fetchAllKeys)
    repeat(
      until,
      () => random.exponential(scenario.changeSeconds ?? CHANGE_SECONDS) * 1000,
      () => note(`revision ${putDocument()} is acknowledged`),
    )
    repeat(
      until,
      () => random.exponential(REVOCATION_SECONDS) * 1000,
      () => {
        const jti = `revoked-${revoked.length}`
        log.revoke(jti)
        revoked.push({ jti, acknowledgedAt: now() })
        note(`the revocation of ${jti} is acknowledged`)
      },
    )
  }

  function loads(): readonly (Load & { readonly object: string })[] {
    return [...meters].map(([object, counted]) => ({ object, ...counted.load() }))
  }

  return {
    ...{ timeline, random, measuredFrom, network, issuers, store, log, trace, ages, judge },
    ...{ connect, revocationPorts, revoked, start, loads },
  }
}
