/**
 * The keys whose signature makes a token ours at this moment: those that are published, so that no
 * endpoint believes a key that a verifier elsewhere has stopped believing (KEY-11).
 */
import { type KeyRing, publishedRing } from '../core/tokens/keyring.ts'
import { type Gateway, readClock } from './compose.ts'

export function acceptedKeys({ keyRing, settings }: Gateway): KeyRing {
  return publishedRing(keyRing, readClock(), settings.ceilings.maxTokenLifetimeSeconds)
}
