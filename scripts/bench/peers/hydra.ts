/** Ory Hydra: client credentials with a signed assertion, answered with a JWT. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../servers.ts'
import { formStep } from '../world.ts'
import { CLIENT_ID, findProgram, mintAssertions, type Peer, renderAssertionForm } from './peer.ts'
import { sendJson, startProgram } from './program.ts'

const MOST_PER_SECOND = 1000

export const hydra: Peer = {
  name: 'Ory Hydra',
  algorithm: 'ES256',
  work: 'client credentials with an RS256 assertion, used once; signs ES256; storage in memory',
  install: 'go build -tags sqlite in its repository; `hydra` on PATH or BENCH_HYDRA=PATH',
  find: findProgram('BENCH_HYDRA', ['hydra']),
  async start(program, world) {
    const port = await freePort()
    const adminPort = await freePort()
    const issuer = `http://127.0.0.1:${port}`
    const folder = join(world.scratch, 'hydra')
    mkdirSync(folder, { recursive: true })
    const file = join(folder, 'config.yaml')
    writeFileSync(file, JSON.stringify(configure(issuer, port, adminPort)))
    const server = await startProgram({
      command: program,
      args: ['serve', 'all', '--dev', '--config', file],
      port,
      readyUrl: `${issuer}/health/ready`,
    })
    const admin = `http://127.0.0.1:${adminPort}/admin`
    try {
      // Its own choice would be RSA with 4096 bits.
      const key = { alg: 'ES256', kid: 'bench', use: 'sig' }
      await sendJson(`${admin}/keys/hydra.jwt.access-token`, { body: key })
      await sendJson(`${admin}/clients`, {
        body: {
          client_id: CLIENT_ID,
          grant_types: ['client_credentials'],
          scope: 'deploy:read',
          token_endpoint_auth_method: 'private_key_jwt',
          token_endpoint_auth_signing_alg: 'RS256',
          jwks: { keys: [JSON.parse(world.verifyKey)] },
        },
      })
    } catch (error) {
      await server.close()
      throw error
    }
    return {
      server,
      async prepare(seconds) {
        const audience = `${issuer}/oauth2/token`
        const assertions = await mintAssertions(world, audience, MOST_PER_SECOND * seconds)
        return [formStep('/oauth2/token', assertions.map(renderAssertionForm), 200)]
      },
      once: true,
      // Its memory database locks whole tables: two requests at once fail.
      connections: 1,
    }
  },
}

function configure(issuer: string, port: number, adminPort: number): object {
  return {
    dsn: 'memory',
    log: { level: 'error' },
    secrets: { system: ['only for the benchmark, in memory'] },
    strategies: { access_token: 'jwt' },
    urls: { self: { issuer } },
    serve: {
      public: { host: '127.0.0.1', port },
      admin: { host: '127.0.0.1', port: adminPort },
    },
  }
}
