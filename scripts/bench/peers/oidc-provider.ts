/** node-oidc-provider, the library, in a Node process of its own. */
import { join } from 'node:path'
import { makeKey } from '../fixtures.ts'
import { freePort } from '../servers.ts'
import { formStep } from '../world.ts'
import { findFolder, mintAssertions, type Peer, renderAssertionForm } from './peer.ts'
import { startProgram } from './program.ts'

const MODULE = 'node_modules/oidc-provider/lib/index.js'
const MOST_PER_SECOND = 2000

export const oidcProvider: Peer = {
  name: 'node-oidc-provider',
  algorithm: 'ES256',
  work: 'client credentials with an RS256 assertion, used once; signs ES256',
  install: 'npm install --prefix DIR oidc-provider, and set BENCH_OIDC_PROVIDER=DIR',
  find: findFolder('BENCH_OIDC_PROVIDER', MODULE),
  async start(folder, world) {
    const port = await freePort()
    const issuer = `http://127.0.0.1:${port}`
    const server = await startProgram({
      command: process.execPath,
      args: [join(import.meta.dirname, 'oidc-provider-server.ts'), join(folder, MODULE)],
      environment: {
        NODE_ENV: 'production',
        BENCH_PORT: String(port),
        BENCH_SIGN_KEY: await makeKey('ES256'),
        BENCH_VERIFY_KEY: world.verifyKey,
      },
      port,
      readyUrl: `${issuer}/.well-known/openid-configuration`,
    })
    return {
      server,
      async prepare(seconds) {
        const assertions = await mintAssertions(world, issuer, MOST_PER_SECOND * seconds)
        return [formStep('/token', assertions.map(renderAssertionForm), 200)]
      },
      once: true,
    }
  },
}
