/** Keycloak: client credentials with a signed assertion, answered with a JWT. */
import { freePort } from '../servers.ts'
import { formStep } from '../world.ts'
import { CLIENT_ID, findProgram, mintAssertions, type Peer, renderAssertionForm } from './peer.ts'
import { sendJson, startProgram } from './program.ts'

const MOST_PER_SECOND = 500
const REALM = 'bench'
const ADMIN = 'bench-admin'
/** The JVM compiles a whole server, which is slow at first. */
const WARM_UP_CPU_SECONDS = 30

export const keycloak: Peer = {
  name: 'Keycloak',
  algorithm: 'ES256',
  work: 'client credentials with an RS256 assertion, used once; signs ES256; H2 in memory',
  install:
    'a release of Keycloak (org.keycloak:keycloak-quarkus-dist from Maven) and Java; `kc.sh` on PATH or BENCH_KEYCLOAK=PATH',
  find: findProgram('BENCH_KEYCLOAK', ['kc.sh']),
  async start(program, world) {
    const port = await freePort()
    const managementPort = await freePort()
    const root = `http://127.0.0.1:${port}`
    const server = await startProgram({
      command: program,
      args: [
        ...['start-dev', '--db=dev-mem', '--http-host=127.0.0.1', `--http-port=${port}`],
        ...[`--http-management-port=${managementPort}`, '--health-enabled=true'],
      ],
      environment: {
        KC_BOOTSTRAP_ADMIN_USERNAME: ADMIN,
        KC_BOOTSTRAP_ADMIN_PASSWORD: ADMIN,
        KC_LOG_LEVEL: 'warn',
      },
      port,
      readyUrl: `${root}/realms/master`,
    })
    try {
      const authorization = `Bearer ${await logIn(root)}`
      const body = describeRealm(world.verifyKey)
      await sendJson(`${root}/admin/realms`, { headers: { authorization }, body })
    } catch (error) {
      await server.close()
      throw error
    }
    const issuer = `${root}/realms/${REALM}`
    return {
      server,
      async prepare(seconds) {
        const assertions = await mintAssertions(world, issuer, MOST_PER_SECOND * seconds)
        const bodies = assertions.map(renderAssertionForm)
        return [formStep(`/realms/${REALM}/protocol/openid-connect/token`, bodies, 200)]
      },
      once: true,
      warmUpCpuSeconds: WARM_UP_CPU_SECONDS,
    }
  },
}

async function logIn(root: string): Promise<string> {
  const response = await fetch(`${root}/realms/master/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'password',
      client_id: 'admin-cli',
      username: ADMIN,
      password: ADMIN,
    }),
  })
  const { access_token } = (await response.json()) as { access_token?: string }
  if (access_token === undefined) throw new Error(`Keycloak refuses its administrator`)
  return access_token
}

function describeRealm(verifyKey: string): object {
  return {
    realm: REALM,
    enabled: true,
    sslRequired: 'none',
    clientScopes: [
      {
        name: 'deploy:read',
        protocol: 'openid-connect',
        attributes: { 'include.in.token.scope': 'true' },
      },
    ],
    clients: [
      {
        clientId: CLIENT_ID,
        publicClient: false,
        serviceAccountsEnabled: true,
        standardFlowEnabled: false,
        clientAuthenticatorType: 'client-jwt',
        defaultClientScopes: ['deploy:read'],
        attributes: {
          'use.jwks.string': 'true',
          'jwks.string': JSON.stringify({ keys: [JSON.parse(verifyKey)] }),
          'token.endpoint.auth.signing.alg': 'RS256',
          'token.endpoint.auth.signing.max.exp': '3600',
          'access.token.signed.response.alg': 'ES256',
        },
      },
    ],
  }
}
