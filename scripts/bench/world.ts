/** What every benchmark starts first: an issuer, a scratch folder, the client and its core. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DevIssuer, startDevIssuer } from '../../dist/dev/index.js'
import type { Step } from './client/job.ts'
import { type LoadClient, startLoadClient } from './client/load-client.ts'
import { type Cores, chooseCores, pin } from './pinning.ts'
import type { Server } from './servers.ts'

export type World = {
  readonly issuer: DevIssuer
  /** The public RS256 key of the issuer, as a JWK. */
  readonly verifyKey: string
  readonly scratch: string
  readonly client: LoadClient
  readonly cores: Cores | undefined
  /** Moves a server to the core that all servers share in turns. */
  readonly place: (server: Server) => Server
  readonly close: () => Promise<void>
}

export async function startWorld(): Promise<World> {
  const cores = chooseCores()
  // This process reads the log of workerd, which must cost the server's core nothing.
  if (cores !== undefined) pin(process.pid, cores.others)
  const scratch = mkdtempSync(join(tmpdir(), 'edgemint-bench-'))
  const issuer = await startDevIssuer()
  const client = startLoadClient(cores?.others)
  return {
    issuer,
    verifyKey: await fetchVerifyKey(issuer.issuer),
    scratch,
    client,
    cores,
    place(server) {
      if (cores !== undefined) pin(server.pid, [cores.server])
      return server
    },
    async close() {
      client.close()
      await issuer.close()
      rmSync(scratch, { recursive: true, force: true })
    },
  }
}

/** The public RS256 key of an issuer, as a JWK. */
export async function fetchVerifyKey(issuerUrl: string): Promise<string> {
  const discovery = await fetch(`${issuerUrl}/.well-known/openid-configuration`)
  const { jwks_uri } = (await discovery.json()) as { jwks_uri: string }
  const { keys } = (await (await fetch(jwks_uri)).json()) as { keys: { alg: string }[] }
  return JSON.stringify(keys.find(({ alg }) => alg === 'RS256'))
}

/** An exchange as one form, with a proof for each body if there are proofs. */
export function formStep(
  path: string,
  bodies: readonly string[],
  status: number,
  dpop?: readonly string[],
): Step {
  const type = { 'content-type': 'application/x-www-form-urlencoded' }
  const headers = dpop === undefined ? type : { ...type, dpop }
  return { method: 'POST', path, headers, bodies, status }
}
