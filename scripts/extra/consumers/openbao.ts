/** A real OpenBao server, configured as docs/federate-to/openbao.md says, and logins to it. */
import { spawn } from 'node:child_process'
import { setTimeout as wait } from 'node:timers/promises'
import type { ConsumerWorld } from './world.ts'
import { RESOURCES } from './world.ts'

const ROOT_TOKEN = 'consumers-root'
const READY_SECONDS = 60
const SUBJECT = 'github:456789012:production'

/** Returns the policies of an accepted login, and the error of a refused one. */
export type Login = (jwt: string) => Promise<string>

export async function startOpenBao(
  program: string,
  port: number,
  world: ConsumerWorld,
): Promise<{ readonly login: Login; readonly stop: () => void }> {
  const root = `http://127.0.0.1:${port}/v1`
  const flags = ['-dev', '-dev-no-store-token', `-dev-root-token-id=${ROOT_TOKEN}`]
  const address = `-dev-listen-address=127.0.0.1:${port}`
  const child = spawn(program, ['server', ...flags, address], { stdio: 'ignore' })
  const send = async (path: string, body: object) => {
    const response = await fetch(`${root}/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-vault-token': ROOT_TOKEN },
      body: JSON.stringify(body),
    })
    return { isOk: response.ok, text: await response.text() }
  }
  try {
    await untilReady(`${root}/sys/health`)
    await configure(send, world)
  } catch (error) {
    child.kill()
    throw error
  }
  return {
    async login(jwt) {
      const { isOk, text } = await send('auth/jwt/login', { role: 'deploy', jwt })
      const answer = JSON.parse(text) as {
        readonly auth?: { readonly policies: readonly string[] }
        readonly errors?: readonly string[]
      }
      return isOk
        ? `accepted: ${answer.auth?.policies.join(' ')}`
        : `refused: ${answer.errors?.join('; ')}`
    },
    stop: () => child.kill(),
  }
}

type Send = (
  path: string,
  body: object,
) => Promise<{ readonly isOk: boolean; readonly text: string }>

async function configure(send: Send, { issuer, certificate }: ConsumerWorld): Promise<void> {
  const steps: readonly (readonly [string, object])[] = [
    ['sys/auth/jwt', { type: 'jwt' }],
    [
      'auth/jwt/config',
      { oidc_discovery_url: issuer, bound_issuer: issuer, oidc_discovery_ca_pem: certificate },
    ],
    [
      'auth/jwt/role/deploy',
      {
        role_type: 'jwt',
        user_claim: 'sub',
        bound_audiences: [RESOURCES.openbao],
        bound_subject: SUBJECT,
        bound_claims: { client_id: 'openbao' },
        token_policies: ['deploy'],
        token_ttl: '10m',
      },
    ],
  ]
  for (const [path, body] of steps) {
    const { isOk, text } = await send(path, body)
    if (!isOk) throw new Error(`${path}: ${text}`)
  }
}

async function untilReady(url: string): Promise<void> {
  for (let second = 0; second < READY_SECONDS; second += 1) {
    const isReady = await fetch(url).then(
      (response) => response.ok,
      () => false,
    )
    if (isReady) return
    await wait(1000)
  }
  throw new Error('OpenBao did not start')
}
