/** What `/introspect` and `/revoke` need to verify a client assertion. */
import type { AssertionPorts } from '../../core/endpoint/lifecycle/client-assertion.ts'
import type { AppContext } from '../context.ts'
import { readContext } from '../http/connection/connection.ts'

export function createAssertionPorts(c: AppContext): AssertionPorts {
  const { settings, trust, revocations, verifySignature } = c.var.gateway
  const background = (task: Promise<unknown>) => c.executionCtx.waitUntil(task)
  return {
    loadTrust: (at) => trust.load(at, background),
    loadRevocations: (at) => revocations.load(at, background),
    refreshKeys: (source, keyId, rejected) => {
      const answer = trust.refreshKeys(source, keyId, rejected)
      // Other requests wait for this answer, even if this caller disconnects.
      background(answer.catch(() => undefined))
      return answer
    },
    verifySignature,
    issuerKeysMaxStaleSeconds: settings.issuerKeysMaxStaleSeconds,
    context: readContext(c.req.raw, c.env),
  }
}
