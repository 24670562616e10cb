/** The name of a shard of the decision log, and where the platform creates it. */
const LOCATIONS: readonly DurableObjectLocationHint[] = [
  'enam',
  'weur',
  'apac',
  'wnam',
  'eeur',
  'oc',
  'sam',
  'me',
  'afr',
]

export function locationOf(shard: number): DurableObjectLocationHint | undefined {
  return LOCATIONS[shard % LOCATIONS.length]
}

export function decisionShardOf<T extends Rpc.DurableObjectBranded>(
  namespace: DurableObjectNamespace<T>,
  shard: number,
): DurableObjectStub<T> {
  const locationHint = locationOf(shard)
  return namespace.getByName(
    `decisions-${shard}`,
    locationHint === undefined ? {} : { locationHint },
  )
}
