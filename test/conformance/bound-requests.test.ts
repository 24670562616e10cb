/**
 * Requests with bound tokens between real processes: the gateway, the example API and its clients,
 * which are oauth4webapi without changes, the SDK and the command line.
 */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import * as oauth from 'oauth4webapi'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Started, startProcess } from '../../scripts/processes.ts'
import { closedPort } from '../support/closed-port.ts'
import { type ForwardAuthProxy, startForwardAuthProxy } from './support/forward-auth-proxy.ts'
import {
  API,
  ID_TOKEN,
  root,
  startWorld,
  TOKEN_EXCHANGE,
  trustDocument,
  type World,
} from './support/world.ts'

const CLI = join(root, 'dist/cli/shell/main.js')
const INSECURE = { [oauth.allowInsecureRequests]: true }
const run = promisify(execFile)

let world: World
let api: Started
let apiUrl: string
let proxy: ForwardAuthProxy

beforeAll(async () => {
  world = await startWorld(
    () => ({ DPOP_NONCE: 'required' }),
    (issuerUrl) => {
      const document = trustDocument(issuerUrl)
      const resource = { ...document.resources[API], proof_of_possession: 'required' }
      return { ...document, resources: { [API]: resource } }
    },
  )
  const port = await closedPort()
  apiUrl = `http://127.0.0.1:${port}`
  const places = { ISSUER: world.url(), AUDIENCE: API, PUBLIC_URL: apiUrl, PORT: String(port) }
  api = await startProcess(process.execPath, [join(root, 'examples/verify-dpop/server.ts')], {
    ...places,
    NONCE_SECRET: 'a secret of thirty-two characters',
  })
  proxy = await startForwardAuthProxy(world.url(), (origin) => ({
    ...{ resource: API, scope: 'deploy:read' },
    ...{ proof: 'forwarded', origin },
  }))
})
afterAll(async () => {
  proxy?.close()
  await api?.stop()
  await world?.close()
})

/** Tries again with the nonce that the client was told (RFC 9449 §8, §9). */
async function withNonce<T>(use: () => Promise<T>): Promise<T> {
  try {
    return await use()
  } catch (error) {
    if (!oauth.isDPoPNonceError(error)) throw error
    return use()
  }
}

/** Exchanges a token of the platform for one that is bound to a new key, with oauth4webapi. */
async function openClient() {
  const issuer = new URL(world.url())
  const discovery = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...INSECURE })
  const server = await oauth.processDiscoveryResponse(issuer, discovery)
  const client = { client_id: 'any' }
  const DPoP = oauth.DPoP({}, await oauth.generateKeyPair('ES256'))
  const subjectToken = await world.mint()
  const parameters = {
    ...{ resource: API, subject_token: subjectToken, subject_token_type: ID_TOKEN },
  }
  const answer = await withNonce(async () =>
    oauth.processGenericTokenEndpointResponse(
      server,
      client,
      await oauth.genericTokenEndpointRequest(
        server,
        client,
        oauth.None(),
        TOKEN_EXCHANGE,
        parameters,
        { DPoP, ...INSECURE },
      ),
    ),
  )
  const ask = (url: string, method = 'GET', handle = DPoP) =>
    oauth.protectedResourceRequest(
      answer.access_token,
      method,
      new URL(url),
      undefined,
      undefined,
      { DPoP: handle, ...INSECURE },
    )
  return { token: answer.access_token, ask, jkt: await DPoP.calculateThumbprint() }
}

describe('oauth4webapi, unmodified', () => {
  it('DP-15 DP-19 calls an API behind edgemint/verify, which asks it for a nonce once', async () => {
    const { ask, jkt } = await openClient()
    const first: unknown = await ask(`${apiUrl}/deployments`).catch((error: unknown) => error)
    expect(oauth.isDPoPNonceError(first)).toBe(true)
    for (const path of ['/deployments', '/deployments?page=2']) {
      const response = await ask(`${apiUrl}${path}`)
      expect(response.status).toBe(200)
      expect(await response.json()).toMatchObject({ bound_to: { jkt } })
    }
  })

  it('DP-19 calls an API behind a proxy that uses /verify', async () => {
    const { ask } = await openClient()
    const response = await ask(`${proxy.url}/deployments?page=2`, 'PUT')
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ caller: expect.stringContaining('github:') })
  })

  it('DP-22 reads the challenge of both for a proof of another key', async () => {
    const { ask } = await openClient()
    const other = oauth.DPoP({}, await oauth.generateKeyPair('ES256'))
    for (const url of [apiUrl, proxy.url]) {
      const refused: unknown = await ask(`${url}/deployments`, 'GET', other).catch(
        (error: unknown) => error,
      )
      expect(refused).toBeInstanceOf(oauth.WWWAuthenticateChallengeError)
      const [challenge] = (refused as oauth.WWWAuthenticateChallengeError).cause
      expect(challenge).toMatchObject({
        scheme: 'dpop',
        parameters: { error: 'invalid_dpop_proof', algs: expect.stringContaining('ES256') },
      })
    }
  })

  it('DP-21 is refused by both with the same token as a bearer token', async () => {
    const { token } = await openClient()
    for (const url of [apiUrl, proxy.url]) {
      const headers = { authorization: `Bearer ${token}` }
      const response = await fetch(`${url}/deployments`, { headers })
      expect(response.status).toBe(401)
      expect(response.headers.get('www-authenticate')).toMatch(/^DPoP error="invalid_token"/)
    }
  })
})

describe('the SDK', () => {
  it('calls the example API with the example client', async () => {
    const environment = {
      ...{ PATH: process.env.PATH ?? '', EDGEMINT_SUBJECT_TOKEN: await world.mint() },
      ...{ EDGEMINT_URL: world.url(), API_URL: apiUrl },
    }
    const example = join(root, 'examples/verify-dpop/client.ts')
    const { stdout } = await run(process.execPath, [example], { cwd: root, env: environment })
    expect(stdout).toMatch(/^200 \{"caller":"github:.*"bound_to":\{"jkt":"[\w-]{43}"\}\}\n$/)
  })
})

describe('the command line', () => {
  const flags = () => ['--url', world.url(), '--resource', API, '--bind', '--upstream', apiUrl]
  const environmentOf = async () => ({
    PATH: process.env.PATH ?? '',
    EDGEMINT_SUBJECT_TOKEN: await world.mint(),
  })

  it('lets a program without DPoP call the API through edgemint proxy --bind', async () => {
    const listen = ['--listen', '127.0.0.1:0']
    const started = await startProcess(
      process.execPath,
      [CLI, 'proxy', ...flags(), ...listen],
      await environmentOf(),
    )
    try {
      const answers = [1, 2].map(() => fetch(`${started.ready.url}/deployments`))
      for (const response of await Promise.all(answers)) {
        expect([response.status, await response.json()]).toEqual([
          200,
          { caller: expect.any(String), bound_to: { jkt: expect.any(String) } },
        ])
      }
    } finally {
      await started.stop()
    }
  })

  it('gives the program of exec --bind a proxy, and no token', async () => {
    const code = `fetch(process.env.EDGEMINT_PROXY_URL + '/deployments').then(async (answer) => {
      const names = Object.keys(process.env).filter((name) => name.startsWith('EDGEMINT_'))
      console.log(JSON.stringify({ status: answer.status, names, body: await answer.json() }))
    })`
    const { stdout, stderr } = await run(
      process.execPath,
      [CLI, 'exec', ...flags(), '--', process.execPath, '-e', code],
      { env: await environmentOf() },
    )
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual({
      status: 200,
      names: ['EDGEMINT_PROXY_URL'],
      body: { caller: expect.any(String), bound_to: { jkt: expect.any(String) } },
    })
  })
})
