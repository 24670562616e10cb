/**
 * Starts the servers of black-box tests: the dev issuer, and `edgemint serve` as a process that can
 * be killed and restarted on its state. Tests see only the interfaces of the gateway.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Started, startProcess } from '../../../scripts/processes.ts'
import type { MintRequest } from '../../../src/dev/index.ts'
import { type DevIssuer, startDevIssuer } from '../../../src/dev/issuer/issuer.ts'
import { ADMIN_ISSUER_PATH } from '../../support/admin-policy.ts'
import { giveSigningKey } from '../../support/canary/keys.ts'
import { freePort } from './docs/free-port.ts'

export const root = join(import.meta.dirname, '../../..')
const CLI = join(root, 'dist/cli/shell/main.js')

export const API = 'https://api.example.com'
export const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'
export const ID_TOKEN = 'urn:ietf:params:oauth:token-type:id_token'

export type World = {
  readonly issuer: DevIssuer
  /** URL and issuer of the gateway. */
  readonly url: () => string
  readonly trustFile: string
  readonly stateDir: string
  readonly ready: () => Readonly<Record<string, unknown>>
  readonly said: () => string
  /** A GitHub Actions token for this gateway. */
  readonly mint: (change?: Partial<MintRequest>) => Promise<string>
  /** The parameters of a valid exchange. */
  readonly form: (
    subjectToken: string,
    change?: Readonly<Record<string, string>>,
  ) => URLSearchParams
  readonly exchange: (subjectToken: string) => Promise<Response>
  /** Stops the gateway with this signal and restarts it on the same state. */
  readonly restart: (signal: NodeJS.Signals, args?: readonly string[]) => Promise<void>
  readonly kill: (signal: NodeJS.Signals) => Promise<void>
  readonly close: () => Promise<void>
}

/** The trust document of the tests: one GitHub job can deploy. */
export function trustDocument(issuerUrl: string, ruleName = 'deploy') {
  return {
    version: 1,
    issuers: {
      github: {
        provider: 'github-actions',
        issuer: `${issuerUrl}/github`,
        audience: 'https://sts.example.com',
      },
    },
    resources: { [API]: { scopes: ['deploy:read', 'deploy:write'] } },
    rules: [
      {
        name: ruleName,
        owner: 'platform@example.com',
        expires: '2099-12-31',
        from: 'github',
        when: { repository_owner_id: '1234567', repository_id: '456789012' },
        // The tests vary events, runners and branches, and the rule is valid for long.
        accept: ['LINT-07', 'LINT-28', 'LINT-29', 'LINT-35', 'PROBE'].map((lint) => ({
          lint,
          reason: 'A rule for tests.',
        })),
        grant: { resource: API, scopes: ['deploy:read', 'deploy:write'], replay: 'reuse' },
      },
    ],
  }
}

export async function startWorld(
  variables: (issuerUrl: string) => Readonly<Record<string, string>> = () => ({}),
  document: (issuerUrl: string) => object = trustDocument,
  /** Files of an earlier release in the state directory. */
  earlier: Readonly<Record<string, string>> = {},
): Promise<World> {
  const scratch = mkdtempSync(join(tmpdir(), 'edgemint-world-'))
  const issuer = await startDevIssuer()
  const trustFile = join(scratch, 'trust.json')
  writeFileSync(trustFile, JSON.stringify(document(issuer.issuer), null, 2))
  const environment = variables(issuer.issuer)
  const stateDir = join(scratch, 'state')
  await giveSigningKey(stateDir)
  for (const [name, text] of Object.entries(earlier)) writeFileSync(join(stateDir, name), text)
  const start = (port: string, args: readonly string[]) => {
    const flags = ['--port', port, '--state', stateDir, '--local-issuers', ...args]
    return startProcess(process.execPath, [CLI, 'serve', ...flags], environment)
  }
  // Port 0 picks one that an outgoing connection may take while the gateway restarts.
  let gateway: Started = await start(await freePort(), ['--trust', trustFile])
  const url = () => String(gateway.ready.url)
  const form: World['form'] = (subjectToken, change = {}) =>
    new URLSearchParams({
      grant_type: TOKEN_EXCHANGE,
      subject_token: subjectToken,
      subject_token_type: ID_TOKEN,
      resource: API,
      ...change,
    })
  return {
    issuer,
    url,
    trustFile,
    stateDir,
    ready: () => gateway.ready,
    said: () => gateway.said(),
    form,
    mint: (change = {}) =>
      issuer.mint(
        { provider: 'github-actions', audience: 'https://sts.example.com', ...change },
        'github',
      ),
    exchange: (subjectToken) =>
      fetch(`${url()}/token`, { method: 'POST', body: form(subjectToken) }),
    kill: (signal) => gateway.stop(signal),
    async restart(signal, args = []) {
      const { port } = new URL(url())
      await gateway.stop(signal)
      gateway = await start(port, args)
    },
    async close() {
      await gateway.stop()
      await issuer.close()
      rmSync(scratch, { recursive: true, force: true })
    },
  }
}

export async function accessToken(world: World): Promise<string> {
  const response = await world.exchange(await world.mint())
  const body = (await response.json()) as { access_token?: string }
  if (body.access_token === undefined) throw new Error(JSON.stringify(body))
  return body.access_token
}

/** Returns a token for the admin API of the gateway, from the policy of the tests. */
export async function adminToken(world: World): Promise<string> {
  const claims = { environment: 'production' }
  const request = { provider: 'github-actions', audience: world.url(), claims }
  const subjectToken = await world.issuer.mint(request, ADMIN_ISSUER_PATH)
  const body = world.form(subjectToken, { resource: world.url() })
  const response = await fetch(`${world.url()}/token`, { method: 'POST', body })
  return ((await response.json()) as { access_token: string }).access_token
}
