/** Starts the dev issuer and a gateway that trusts one GitHub job, for code in other runtimes. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startDevIssuer, startGateway } from '../../../dist/dev/index.js'
import { trustDocument } from '../../conformance/support/world.ts'

export type RealGateway = {
  readonly url: string
  /** Returns a token of the job. It can be used more than once. */
  readonly mint: () => Promise<string>
  readonly close: () => Promise<void>
}

export async function startRealGateway(): Promise<RealGateway> {
  const stateDir = mkdtempSync(join(tmpdir(), 'edgemint-gateway-'))
  const issuer = await startDevIssuer()
  const gateway = await startGateway({ stateDir, localIssuers: true, onLog: () => {} })
  const applied = await gateway.applyTrust(JSON.stringify(trustDocument(issuer.issuer)), 'test')
  if (applied.kind === 'refused') throw new Error(JSON.stringify(applied.problems))
  const request = { provider: 'github-actions', audience: 'https://sts.example.com' }
  return {
    url: gateway.url,
    mint: () => issuer.mint(request, 'github'),
    async close() {
      await gateway.close()
      await issuer.close()
      rmSync(stateDir, { recursive: true, force: true })
    },
  }
}
