/**
 * Shows the main use, from an empty state to a refused token. An OIDC issuer, a gateway on workerd
 * and a protected API run as processes on free ports. Exits with 0 only if every step has the
 * expected result.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Started, startProcess } from './processes.ts'

const root = join(import.meta.dirname, '..')
const cli = join(root, 'dist/cli/shell/main.js')
const API = 'https://api.example.com'
const GATEWAY_AUDIENCE = 'https://sts.example.com'

const started: Started[] = []
const scratch = mkdtempSync(join(tmpdir(), 'edgemint-demo-'))

try {
  await main()
  say('\nEvery step had the expected result.')
} catch (error) {
  say(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
} finally {
  for (const { stop } of started.reverse()) await stop()
  rmSync(scratch, { recursive: true, force: true })
}

async function main(): Promise<void> {
  say('Starting an OIDC issuer, a gateway on workerd and an API that accepts only its tokens.')
  const issuer = await run(['dev-issuer', '--port', '0'])
  const trust = writeTrust(text(issuer.ready.issuer))
  const gateway = await run([
    'serve',
    '--port',
    '0',
    '--state',
    join(scratch, 'state'),
    '--trust',
    trust,
    '--local-issuers',
  ])
  const gatewayUrl = text(gateway.ready.url)
  const api = await startProcess(process.execPath, [join(root, 'scripts/demo-api.ts')], {
    ISSUER: text(gateway.ready.issuer),
    AUDIENCE: API,
  })
  started.push(api)
  const apiUrl = text(api.ready.url)
  say(`  issuer ${text(issuer.ready.issuer)}  gateway ${gatewayUrl}  API ${apiUrl}`)
  say(`  trust: examples/trust.yaml, revision ${String(gateway.ready.revision)}`)

  const steps = createSteps(text(issuer.ready.issuer), gatewayUrl, apiUrl)
  const github = await steps.exchange('GitHub Actions job', 'github', 'github-actions')
  await steps.call('reads deployments', github, 'GET', 200)
  await steps.call('starts a deployment', github, 'POST', 201)
  const gitlab = await steps.exchange('GitLab job', 'gitlab', 'gitlab-com')
  await steps.call('reads deployments', gitlab, 'GET', 200)
  const pod = await steps.exchange('Kubernetes pod', 'cluster', 'kubernetes')
  await steps.call('reads deployments', pod, 'GET', 200)
  await steps.call('is refused: its rule grants only deploy:read', pod, 'POST', 403)
  await steps.refuse()
  await steps.revoke(github)
  await steps.call('is refused: the token was revoked', github, 'GET', 401)
}

async function run(args: readonly string[]): Promise<Started> {
  const process_ = await startProcess(process.execPath, [cli, ...args])
  started.push(process_)
  return process_
}

/** Writes the example trust document with the port of the started issuer. */
function writeTrust(issuerUrl: string): string {
  const example = readFileSync(join(root, 'examples/trust.yaml'), 'utf8')
  const path = join(scratch, 'trust.yaml')
  writeFileSync(path, example.replaceAll('http://127.0.0.1:7600', issuerUrl))
  return path
}

function createSteps(issuerUrl: string, gatewayUrl: string, apiUrl: string) {
  async function mint(path: string, provider: string, claims: object = {}): Promise<string> {
    const response = await fetch(`${issuerUrl}/${path}/mint`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ provider, audience: GATEWAY_AUDIENCE, claims }),
    })
    const { token } = (await response.json()) as { token: string }
    return token
  }

  function send(subjectToken: string): Promise<Response> {
    return fetch(`${gatewayUrl}/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token: subjectToken,
        subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
        resource: API,
      }),
    })
  }

  return {
    async exchange(who: string, path: string, provider: string): Promise<string> {
      const response = await send(await mint(path, provider))
      const body = (await response.json()) as Record<string, string>
      expect(`exchange for the ${who}`, response.status, 200, body)
      say(`\n${who}: exchanged its token for a token of ${API}`)
      say(`  scope "${body.scope}", for ${body.expires_in} seconds, decision ${body.decision_id}`)
      return String(body.access_token)
    },
    async call(what: string, token: string, method: string, status: number): Promise<void> {
      const response = await fetch(`${apiUrl}/deployments`, {
        method,
        headers: { authorization: `Bearer ${token}` },
      })
      expect(what, response.status, status, await response.text())
      say(`  ${method} /deployments ${response.status}: ${what}`)
    },
    async refuse(): Promise<void> {
      const pullRequest = {
        event_name: 'pull_request',
        ref: 'refs/pull/7/merge',
        environment: null,
        sub: 'repo:acme/api:pull_request',
      }
      const response = await send(await mint('github', 'github-actions', pullRequest))
      const body = (await response.json()) as Refusal
      expect('refusal of a pull request', response.status, 400, body)
      say('\nThe same repository, but a pull request: refused, with an explanation')
      const [rule] = body.explanation ?? []
      if (rule === undefined) throw new Error('the refusal has no explanation')
      for (const { claim, holds, expected, presented } of rule.conditions) {
        if (!holds)
          say(`  ${rule.rule}: ${claim} must be ${expected}, was ${presented ?? 'absent'}`)
      }
    },
    async revoke(token: string): Promise<void> {
      const body = new URLSearchParams({ token })
      const response = await fetch(`${gatewayUrl}/revoke`, { method: 'POST', body })
      expect('revocation', response.status, 200, await response.text())
      say('\nThe GitHub job is done and revokes its token')
      // The API caches an introspection response for at most one second.
      await new Promise((resolve) => setTimeout(resolve, 1100))
    },
  }
}

type Refusal = {
  readonly explanation?: readonly {
    readonly rule: string
    readonly conditions: readonly {
      readonly claim: string
      readonly holds: boolean
      readonly expected: string
      readonly presented: string | null
    }[]
  }[]
}

function expect(what: string, actual: number, wanted: number, body: unknown): void {
  if (actual === wanted) return
  throw new Error(`${what}: ${actual} instead of ${wanted}: ${JSON.stringify(body)}`)
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new Error('a process did not print its address')
  return value
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
