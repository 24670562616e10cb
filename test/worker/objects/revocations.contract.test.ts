import { env } from 'cloudflare:workers'
import { describe } from 'vitest'
import { createRevocationPorts } from '../../../src/worker/objects/durable-ports.ts'
import { describeRevocations } from '../../contracts/revocations.ts'

describe('revocations in the log', () =>
  describeRevocations(() => {
    // Every test has its own log. A deployment has one.
    const log = env.REVOCATION_LOG.getByName(crypto.randomUUID())
    const namespace = new Proxy(env.REVOCATION_LOG, {
      get: (_, name) => (name === 'getByName' ? () => log : undefined),
    })
    return createRevocationPorts({ ...env, REVOCATION_LOG: namespace })
  }))
