/**
 * The layer of the region: one of its trust readers. The first request of an isolate chooses the
 * region. Another region only makes the answer slower. If a reader fails, the isolate asks one of
 * another region, and goes back when that one fails.
 */
import type { Env } from '../../env.ts'
import { TRUST_READERS_PER_REGION } from '../limits.ts'
import type { RegionLayer } from './layer.ts'

/** It has the pointer of the revocation log too. */
export type Region = RegionLayer & { readonly revocations: () => Promise<unknown> }

/** Undefined if the binding is missing. The layer is then off. */
export function createRegion(
  { TRUST_READER: namespace }: Pick<Env, 'TRUST_READER'>,
  cf: unknown,
): Region | undefined {
  if (namespace === undefined) return undefined
  const own = chooseRegion(cf)
  let locationHint = own
  const [random = 0] = crypto.getRandomValues(new Uint32Array(1))
  const reader = () =>
    namespace.getByName(`${locationHint}-${random % TRUST_READERS_PER_REGION}`, { locationHint })
  return {
    name: 'region',
    pointer: async () => await reader().pointer(),
    revocations: async () => await reader().revocations(),
    keysAfter: async ({ known, latest, instance }) =>
      await reader().keysAfter(known, latest, instance),
    content: async (digest) => await reader().content(digest),
    refreshKeys: async (...question) => await reader().refreshKeys(...question),
    useOther() {
      const isOwn = locationHint === own
      const other = own === DEFAULT ? OTHER : DEFAULT
      locationHint = isOwn ? other : own
      return isOwn
    },
  }
}

const BY_CONTINENT: Readonly<Record<string, DurableObjectLocationHint>> = {
  AF: 'afr',
  AN: 'oc',
  AS: 'apac',
  EU: 'weur',
  NA: 'enam',
  OC: 'oc',
  SA: 'sam',
}
const DEFAULT: DurableObjectLocationHint = 'enam'
/** For isolates whose own region is the default. */
const OTHER: DurableObjectLocationHint = 'weur'
/** Degrees of longitude that divide three continents. */
const WEST_OF_AMERICA = -100
const EAST_OF_EUROPE = 15
const MIDDLE_EAST = 60

/** Chooses by the continent and the longitude that the platform gives. */
export function chooseRegion(cf: unknown): DurableObjectLocationHint {
  const { continent, longitude } = (cf ?? {}) as Partial<IncomingRequestCfProperties>
  const degrees = Number(longitude)
  if (continent === 'NA' && degrees < WEST_OF_AMERICA) return 'wnam'
  if (continent === 'EU' && degrees > EAST_OF_EUROPE) return 'eeur'
  if (continent === 'AS' && degrees < MIDDLE_EAST) return 'me'
  const known = typeof continent === 'string' && Object.hasOwn(BY_CONTINENT, continent)
  return (known ? BY_CONTINENT[continent] : undefined) ?? DEFAULT
}
