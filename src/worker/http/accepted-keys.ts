/**
 * The keys with which the gateway's own endpoints verify its tokens: exactly the published keys.
 * With more, an endpoint would accept a key that verifiers elsewhere already refuse (KEY-11).
 */
import { type KeyRing, publishedRing } from '../../core/tokens/keyring.ts'
import { readClock } from '../compose.ts'
import type { Gateway } from '../context.ts'

export function acceptedKeys({ keyRing, settings }: Gateway): KeyRing {
  return publishedRing(keyRing, readClock(), settings.ceilings.maxTokenLifetimeSeconds)
}
