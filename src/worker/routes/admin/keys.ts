/** `GET /admin/v1/keys` reports the states of the signing keys. Nothing of a private key is in it. */
import type { KeysReport } from '../../../contract/admin.ts'
import { describeKeys } from '../../../core/tokens/key-facts.ts'
import { findKeyWarnings } from '../../../core/tokens/key-health.ts'
import { readClock } from '../../compose.ts'
import type { AdminContext } from '../../context.ts'
import { respondJson } from '../../http/respond.ts'

export function getKeysRoute(c: AdminContext): Response {
  const { keyRing, keyProblems, settings } = c.var.gateway
  const at = readClock()
  const answer: KeysReport = {
    keys: describeKeys(keyRing, at, settings.ceilings.maxTokenLifetimeSeconds),
    problems: keyProblems,
    warnings: findKeyWarnings(keyRing, at),
  }
  return respondJson(answer)
}
