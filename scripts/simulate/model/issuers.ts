/**
 * The issuers of subject tokens: which keys they publish, and with which they sign. An issuer
 * rotates without warning: it signs with a new key at once, and withdraws the old one later.
 */
import type { Random } from '../random.ts'
import type { Timeline } from '../timeline.ts'
import type { Network } from './network.ts'

export type Issuers = {
  readonly sources: readonly string[]
  /** Returns the key ids of an issuer after the delay of a fetch. */
  readonly fetch: (source: string) => Promise<readonly string[]>
  readonly signingKeyOf: (source: string) => string
  /** Rotates keys until a time. `note` is called with each rotation. */
  readonly start: (until: number, note: (text: string) => void) => void
}

const ISSUERS = 20
const FETCH_MILLISECONDS = 150
const OLD_KEY_MILLISECONDS = 300_000

export function createIssuers(
  timeline: Timeline,
  random: Random,
  network: Network,
  rotateEverySeconds: number,
): Issuers {
  const sources = Array.from({ length: ISSUERS }, (_, index) => `https://ci-${index}.example`)
  const published = new Map(sources.map((source) => [source, ['key-1']]))
  const rotations = new Map(sources.map((source) => [source, 1]))
  const signingKeyOf = (source: string) => `key-${rotations.get(source) ?? 1}`

  function rotate(source: string, note: (text: string) => void): void {
    const old = signingKeyOf(source)
    rotations.set(source, (rotations.get(source) ?? 1) + 1)
    const fresh = signingKeyOf(source)
    published.set(source, [...(published.get(source) ?? []), fresh])
    note(`${source} signs with ${fresh}`)
    timeline.quietly(OLD_KEY_MILLISECONDS, () => {
      const left = (published.get(source) ?? []).filter((kid) => kid !== old)
      published.set(source, left)
      note(`${source} withdraws ${old}`)
    })
  }

  return {
    sources,
    signingKeyOf,
    async fetch(source) {
      await network.delay(network.vary(FETCH_MILLISECONDS))
      return published.get(source) ?? []
    },
    start(until, note) {
      const next = () =>
        timeline.quietly(random.exponential(rotateEverySeconds) * 1000, () => {
          if (timeline.now() >= until) return
          const source = sources[random.below(sources.length)]
          if (source !== undefined) rotate(source, note)
          next()
        })
      next()
    },
  }
}
