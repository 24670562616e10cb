/**
 * 300 data centres in nine regions. The regions are the location hints of Durable Objects. Weights
 * and delays are estimates: a data centre of a region has a share like 1/rank of its traffic.
 */

export type Region = (typeof REGIONS)[number]['name']

export type Place = { readonly region: Region; readonly weight: number }

/** `roundTripMilliseconds` is that to western Europe, where the objects are. */
const REGIONS = [
  { name: 'weur', places: 55, weight: 24, roundTripMilliseconds: 12 },
  { name: 'eeur', places: 35, weight: 8, roundTripMilliseconds: 35 },
  { name: 'enam', places: 45, weight: 25, roundTripMilliseconds: 85 },
  { name: 'wnam', places: 30, weight: 15, roundTripMilliseconds: 145 },
  { name: 'sam', places: 40, weight: 6, roundTripMilliseconds: 200 },
  { name: 'apac', places: 50, weight: 15, roundTripMilliseconds: 220 },
  { name: 'oc', places: 12, weight: 3, roundTripMilliseconds: 270 },
  { name: 'me', places: 18, weight: 2, roundTripMilliseconds: 100 },
  { name: 'afr', places: 15, weight: 2, roundTripMilliseconds: 150 },
] as const

export const PLACES: readonly Place[] = REGIONS.flatMap(({ name, places, weight }) => {
  const ranks = Array.from({ length: places }, (_, index) => 1 / (index + 1))
  const sum = ranks.reduce((total, rank) => total + rank, 0)
  return ranks.map((rank) => ({ region: name, weight: (weight * rank) / sum }))
})

const TO_OBJECTS = new Map<Region, number>(
  REGIONS.map(({ name, roundTripMilliseconds }) => [name, roundTripMilliseconds]),
)

/** Returns the delay of one message between a region and the objects, without the load of a line. */
export function oneWayMilliseconds(region: Region): number {
  return (TO_OBJECTS.get(region) ?? 0) / 2
}

/** Spreads isolates over the data centres by weight. Returns the place of each. */
export function spread(isolates: number): readonly number[] {
  const total = PLACES.reduce((sum, { weight }) => sum + weight, 0)
  const places: number[] = []
  let until = 0
  for (const [place, { weight }] of PLACES.entries()) {
    until += (weight / total) * isolates
    while (places.length < Math.round(until)) places.push(place)
  }
  while (places.length < isolates) places.push(0)
  return places
}
