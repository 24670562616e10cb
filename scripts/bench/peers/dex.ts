/** Dex: a token exchange (RFC 8693) with an OIDC connector. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { GATEWAY_URL } from '../fixtures.ts'
import { freePort } from '../servers.ts'
import { formStep } from '../world.ts'
import { CLIENT_ID, findProgram, mintSubjectTokens, type Peer } from './peer.ts'
import { startProgram } from './program.ts'

const TOKENS = 256
const SECRET = 'bench-secret'
const GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange'

export const dex: Peer = {
  name: 'Dex',
  algorithm: 'RS256',
  work: 'token exchange of an RS256 token; signs with its default, RS256; storage in memory',
  install: 'go build ./cmd/dex in its repository, 2.38 or later; `dex` on PATH or BENCH_DEX=PATH',
  find: findProgram('BENCH_DEX', ['dex']),
  async start(program, world) {
    const port = await freePort()
    const issuer = `http://127.0.0.1:${port}/dex`
    const folder = join(world.scratch, 'dex')
    mkdirSync(folder, { recursive: true })
    const file = join(folder, 'config.yaml')
    // YAML contains JSON.
    writeFileSync(file, JSON.stringify(configure(issuer, port, world.issuer.issuer)))
    const server = await startProgram({
      command: program,
      args: ['serve', file],
      port,
      readyUrl: `${issuer}/.well-known/openid-configuration`,
    })
    const tokens = await mintSubjectTokens(world, TOKENS)
    const step = formStep('/dex/token', tokens.map(renderExchange), 200)
    return { server, prepare: async () => [step], once: false }
  },
}

function configure(issuer: string, port: number, upstream: string): object {
  return {
    issuer,
    storage: { type: 'memory' },
    web: { http: `127.0.0.1:${port}` },
    logger: { level: 'error' },
    oauth2: { grantTypes: [GRANT, 'authorization_code'] },
    connectors: [
      {
        type: 'oidc',
        id: 'bench',
        name: 'bench',
        config: {
          issuer: upstream,
          clientID: GATEWAY_URL,
          clientSecret: SECRET,
          redirectURI: `${issuer}/callback`,
          scopes: ['openid'],
          userNameKey: 'sub',
        },
      },
    ],
    staticClients: [
      {
        id: CLIENT_ID,
        name: CLIENT_ID,
        secret: SECRET,
        redirectURIs: ['http://127.0.0.1/callback'],
      },
    ],
  }
}

function renderExchange(subjectToken: string): string {
  return new URLSearchParams({
    grant_type: GRANT,
    client_id: CLIENT_ID,
    client_secret: SECRET,
    connector_id: 'bench',
    scope: 'openid',
    requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    subject_token: subjectToken,
    subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
  }).toString()
}
