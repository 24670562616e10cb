/**
 * The keys that verify issued tokens at the gateway's own endpoints: exactly the published keys.
 * With more keys, an endpoint would accept a token that other verifiers already refuse (KEY-11).
 */
import { type KeyRing, publishedRing } from '../../core/tokens/keyring.ts'
import { readClock } from '../compose.ts'
import type { Gateway } from '../context.ts'

export function acceptedKeys({ keyRing, settings }: Gateway): KeyRing {
  return publishedRing(keyRing, readClock(), settings.ceilings.maxTokenLifetimeSeconds)
}
