/**
 * Starts a gateway that trusts one path of the dev issuer for each platform, with the rules that
 * `suggest` writes from their claims. Offers files, servers and sockets to imitate each platform.
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suggest } from '../../../src/analysis/index.ts'
import { type Claims, findClaimSet } from '../../../src/core/providers/examples.ts'
import { findProvider } from '../../../src/core/providers/index.ts'
import type { JsonObject } from '../../../src/web/json.ts'
import { spawnCli, type Transcript } from '../../cli/support/run.ts'
import { writeCommands } from './platform-commands.ts'
import { type PlatformServer, startPlatform } from './platform-server.ts'
import { API, startWorld } from './world.ts'

export type SourcesWorld = {
  readonly url: () => string
  /**
   * Runs `edgemint token` with only this environment, and only the gateway and the resource as
   * flags.
   */
  readonly runToken: (
    environment: Readonly<Record<string, string>>,
    flags?: readonly string[],
    stdin?: string,
  ) => Promise<Transcript>
  readonly mint: (provider: string, audience: string, claims?: Claims) => Promise<string>
  /** Mints a token with the audience that the gateway expects of this provider. */
  readonly mintFor: (provider: string) => Promise<string>
  /** The folder with the commands of the platforms. */
  readonly bin: string
  readonly writeFile: (name: string, text: string) => string
  readonly startServer: (provider: string) => Promise<PlatformServer>
  readonly startSocket: (provider: string) => Promise<PlatformServer>
  readonly close: () => Promise<void>
}

/** Audiences that the platform fixes. The trust document contains them. */
const FIXED_AUDIENCES: Readonly<Record<string, string>> = Object.fromEntries(
  ['bitbucket-pipelines', 'azure-devops', 'semaphore', 'spacelift', 'env0', 'modal'].map((id) => [
    id,
    String(findClaimSet(id)?.claims.aud),
  ]),
)

function writeDocument(issuerUrl: string, providers: readonly string[]) {
  const parts = providers.map((id) => {
    const provider = findProvider(id)
    const claims = findClaimSet(id)?.claims
    if (provider === undefined || claims === undefined) throw new Error(`no provider ${id}`)
    const suggestion = suggest({
      issuerName: id,
      provider,
      claims: claims as JsonObject,
      resource: API,
      scopes: ['deploy:read'],
      owner: 'platform@example.com',
      expires: '2099-12-31',
    })
    if ('fault' in suggestion) throw new Error(`${id}: ${suggestion.fault}`)
    const audience = FIXED_AUDIENCES[id]
    const issuer = { provider: id, issuer: `${issuerUrl}/${id}` }
    return {
      issuer: [id, audience === undefined ? issuer : { ...issuer, audience }] as const,
      rule: suggestion.rule,
    }
  })
  return {
    version: 1,
    issuers: Object.fromEntries(parts.map(({ issuer }) => issuer)),
    resources: { [API]: { scopes: ['deploy:read'] } },
    rules: parts.map(({ rule }) => rule),
  }
}

export async function startSourcesWorld(providers: readonly string[]): Promise<SourcesWorld> {
  const world = await startWorld()
  const { issuer } = world.issuer
  writeFileSync(world.trustFile, JSON.stringify(writeDocument(issuer, providers)))
  await world.restart('SIGTERM', ['--trust', world.trustFile])
  const scratch = mkdtempSync(join(tmpdir(), 'edgemint-sources-'))
  const bin = writeCommands(scratch, issuer, world.url())
  const servers: PlatformServer[] = []
  const mint: SourcesWorld['mint'] = (provider, audience, claims = {}) =>
    world.issuer.mint({ provider, audience, claims }, provider)
  const start = async (provider: string, socketPath?: string) => {
    const server = await startPlatform(provider, mint, socketPath)
    servers.push(server)
    return server
  }
  return {
    url: world.url,
    runToken: (environment, flags = [], stdin = '') =>
      spawnCli(['token', '--url', world.url(), '--resource', API, ...flags], {
        environment,
        stdin,
      }),
    mint,
    mintFor: (provider) => mint(provider, FIXED_AUDIENCES[provider] ?? world.url()),
    bin,
    writeFile: (name, text) => {
      const path = join(scratch, name)
      writeFileSync(path, text)
      return path
    },
    startServer: (provider) => start(provider),
    startSocket: (provider) => start(provider, join(scratch, `${provider}.sock`)),
    async close() {
      await Promise.all(servers.map((server) => server.close()))
      await world.close()
      rmSync(scratch, { recursive: true, force: true })
    },
  }
}
