/** The next moment at which the signing keys of the gateway change, and what changes then. */
import type { KeyReport } from '../../../contract/admin.ts'

export type KeyChange = {
  readonly kind: 'activates' | 'retires' | 'published'
  readonly kid: string
  /** Epoch seconds. */
  readonly at: number
}

/** `now`: epoch seconds. Undefined if nothing is scheduled. */
export function findNextChange(keys: readonly KeyReport[], now: number): KeyChange | undefined {
  const changes = keys.flatMap(({ kid, activates_at, retires_at, published_until }) => {
    const moments = { activates: activates_at, retires: retires_at, published: published_until }
    return (['activates', 'retires', 'published'] as const).flatMap((kind) => {
      const at = moments[kind]
      return at === null || at <= now ? [] : [{ kind, kid, at }]
    })
  })
  return changes.toSorted((left, right) => left.at - right.at)[0]
}

/** Algorithms with a key that signs now, the default one first. */
export function listSigning(keys: readonly KeyReport[]): readonly string[] {
  const signing = keys.filter(({ state }) => state === 'signing')
  const sorted = signing.toSorted((left, right) => Number(right.default) - Number(left.default))
  return [...new Set(sorted.map(({ alg }) => alg))]
}
