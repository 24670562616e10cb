/**
 * Sorts the samples of a CPU profile by the stations of an exchange. A sample belongs to the file of
 * its innermost function that has a station, so what a station calls in a shared file is its own.
 */

/** The members of a profile that are read here (Chrome DevTools Protocol, Profiler domain). */
export type CpuProfile = {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: {
      readonly functionName: string
      /** Of the module. */
      readonly url: string
      readonly lineNumber: number
      readonly columnNumber: number
    }
    readonly children?: readonly number[]
  }[]
  readonly samples?: readonly number[]
  readonly timeDeltas?: readonly number[]
}

/** A function, as a profile names it. */
export type Frame = CpuProfile['nodes'][number]['callFrame']
/** The source file of a function; undefined for a function of the platform. */
export type FindSource = (frame: Frame) => string | undefined

export type StationShare = {
  readonly station: string
  /** Of all samples in which the isolate worked. */
  readonly share: number
  /** The part of it in which the platform verified, signed or hashed. */
  readonly cryptoShare: number
}

/** The first match counts. Files without a station, such as src/web, belong to their caller. */
const STATIONS: readonly (readonly [pattern: RegExp, station: string])[] = [
  [/src\/core\/(endpoint\/(parse|form|client)|grants\/)/, '1 parse'],
  [/src\/(?:core\/evidence\/(?:peek|strict-json)|web\/json)/, '2 peek'],
  [/src\/core\/(evidence\/(find-issuer|find-key|select-key)|keys\/)/, '3, 4 issuer and key'],
  [/src\/worker\/caches\/(trust-|question-|key-|apply-|form-|stored-)/, '3, 4 issuer and key'],
  [/src\/core\/(evidence\/(verify|identity)|providers\/)/, '5 verify'],
  [/src\/core\/(policy\/|denial)/, '7 decide'],
  [/src\/(core\/evidence\/replay-key|worker\/objects\/)/, '8 replay'],
  [/src\/core\/tokens\//, '9 issue'],
  [/src\/core\/endpoint\/(render|facts)|src\/worker\/http\/respond/, '10 render'],
  [/src\/worker\/(log|caches\/decisions)|src\/core\/(audit|loggable)/, '11 record'],
  [/src\/core\/endpoint\/(token-endpoint|steps\/)/, 'the order of the stations'],
  [/src\/worker\/|node_modules\/hono\//, 'shell: host, route, body, answer'],
]
export const OUTSIDE = 'outside of functions: promises, requests, answers'
export const COLLECTOR = 'garbage collection'
/** This file only calls the platform, which has no frames of its own there. */
const CRYPTO = /src\/web\/signature/
/** Samples in which the isolate does nothing. */
const IDLE = '(idle)'

type Place = { readonly station: string; readonly isCrypto: boolean }

export function findStation(source: string): string | undefined {
  return STATIONS.find(([pattern]) => pattern.test(source))?.[1]
}

export function sortSamples(profile: CpuProfile, findSource: FindSource): readonly StationShare[] {
  const { nodes, samples = [], timeDeltas = [] } = profile
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const parents = new Map(
    nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])),
  )
  const places = new Map<number, Place>()
  const placeOf = (id: number): Place => {
    if (byId.get(id)?.callFrame.functionName === '(garbage collector)') {
      return { station: COLLECTOR, isCrypto: false }
    }
    let isCrypto = false
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const frame = byId.get(at)?.callFrame
      const source = frame && findSource(frame)
      if (source === undefined) continue
      isCrypto ||= CRYPTO.test(source)
      const station = findStation(source)
      if (station !== undefined) return { station, isCrypto }
    }
    return { station: OUTSIDE, isCrypto }
  }
  const sums = new Map<string, { time: number; crypto: number }>()
  let total = 0
  for (const [index, id] of samples.entries()) {
    if (byId.get(id)?.callFrame.functionName === IDLE) continue
    const place = places.get(id) ?? placeOf(id)
    places.set(id, place)
    const time = timeDeltas[index] ?? 0
    const sum = sums.get(place.station) ?? { time: 0, crypto: 0 }
    sums.set(place.station, sum)
    sum.time += time
    if (place.isCrypto) sum.crypto += time
    total += time
  }
  return [...sums]
    .map(([station, { time, crypto }]) => ({
      station,
      share: time / total,
      cryptoShare: crypto / total,
    }))
    .toSorted((a, b) => a.station.localeCompare(b.station, 'en', { numeric: true }))
}
