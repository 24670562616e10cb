/**
 * Runs the example of an MCP server and an agent without a credential. Dev issuer, gateway, proxy,
 * server and agent are separate processes.
 */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Started, startProcess } from '../../scripts/processes.ts'
import { type DevIssuer, startDevIssuer } from '../../src/dev/index.ts'
import { freePort } from './support/docs/free-port.ts'
import { root } from './support/world.ts'

const CLI = join(root, 'dist/cli/shell/main.js')
const example = (file: string) => join(root, 'examples/mcp', file)

const scratch = mkdtempSync(join(tmpdir(), 'edgemint-mcp-'))
const started: Started[] = []
let issuer: DevIssuer
let gateway: string
/** URL of the MCP server: directly, and through the proxy. */
let server: string
let proxied: string

async function start(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const process_ = await startProcess(process.execPath, args, environment)
  started.push(process_)
  return String(process_.ready.url)
}

beforeAll(async () => {
  issuer = await startDevIssuer()
  const port = await freePort()
  const resource = `http://127.0.0.1:${port}/mcp`
  const trustFile = join(scratch, 'trust.yaml')
  const trust = readFileSync(example('trust.yaml'), 'utf8')
    .replaceAll('http://127.0.0.1:8789/mcp', resource)
    .replaceAll('http://127.0.0.1:7600', issuer.issuer)
  writeFileSync(trustFile, trust)
  const state = ['--port', '0', '--state', join(scratch, 'state')]
  gateway = await start([CLI, 'serve', ...state, '--trust', trustFile, '--local-issuers'])
  const url = await start([example('server.ts')], {
    ISSUER: gateway,
    RESOURCE: resource,
    PORT: port,
  })
  server = `${url}/mcp`
  const podToken = join(scratch, 'pod.jwt')
  writeFileSync(
    podToken,
    await issuer.mint({ provider: 'kubernetes', audience: gateway }, 'cluster'),
  )
  const target = ['--url', gateway, '--resource', resource, '--token-file', podToken]
  const places = ['--upstream', url, '--listen', '127.0.0.1:0']
  proxied = `${await start([CLI, 'proxy', ...target, ...places])}/mcp`
})
afterAll(async () => {
  for (const process_ of started.reverse()) await process_.stop()
  await issuer?.close()
  rmSync(scratch, { recursive: true, force: true })
})

type Ran = { readonly stdout: string; readonly stderr: string; readonly exitCode: number }

/** Runs the agent in an environment that contains only one address. */
function runAgent(tool: string, url: string): Promise<Ran> {
  const env = { MCP_URL: url }
  return new Promise((resolve) => {
    execFile(process.execPath, [example('agent.ts'), tool], { env }, (error, stdout, stderr) =>
      resolve({ stdout, stderr, exitCode: error === null ? 0 : Number(error.code ?? 1) }),
    )
  })
}

function callTool(name: string, url: string, contentType = 'application/json'): Promise<Response> {
  const body = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: {} } }
  const headers = { 'content-type': contentType, accept: 'application/json, text/event-stream' }
  return fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
}

describe('the MCP example', () => {
  it('lets an agent without a credential list and call tools', async () => {
    const { stdout, stderr, exitCode } = await runAgent('list_deployments', proxied)
    expect([exitCode, stderr]).toEqual([0, ''])
    const { tools, content } = JSON.parse(stdout) as {
      tools: readonly string[]
      content: readonly { readonly text: string }[]
    }
    expect(tools).toEqual(['list_deployments', 'deploy'])
    expect(JSON.parse(content[0]?.text ?? '')).toEqual({
      deployments: ['api'],
      caller: 'agent:payments:worker',
    })
  })

  it('PR-15, PR-16 sends the metadata URL to a client without a token', async () => {
    const refused = await callTool('list_deployments', server)
    expect(refused.status).toBe(401)
    const challenge = refused.headers.get('www-authenticate') ?? ''
    const [, metadataUrl = ''] = /^Bearer resource_metadata="([^"]+)"$/.exec(challenge) ?? []
    expect(metadataUrl).toBe(new URL('/.well-known/oauth-protected-resource/mcp', server).href)
    const metadata: unknown = await (await fetch(metadataUrl)).json()
    expect(metadata).toMatchObject({
      resource: server,
      authorization_servers: [gateway],
      scopes_supported: ['deploy:read'],
    })
    const { exitCode, stderr } = await runAgent('list_deployments', server)
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/^agent: .+\n$/)])
  })

  it('returns 404 for any other path, without a stack trace', async () => {
    const answer = await fetch(`${new URL(server).origin}//`)
    expect([answer.status, await answer.text()]).toEqual([
      404,
      expect.not.stringContaining('    at '),
    ])
  })

  it('names a gateway whose metadata has a token endpoint (RFC 8414)', async () => {
    const found = await fetch(`${gateway}/.well-known/oauth-authorization-server`)
    expect(await found.json()).toMatchObject({
      issuer: gateway,
      token_endpoint: `${gateway}/token`,
    })
  })

  it('returns 403 with the required scopes when the rule does not grant the tool', async () => {
    const refused = await callTool('deploy', proxied)
    expect(refused.status).toBe(403)
    const challenge = refused.headers.get('www-authenticate')
    expect(challenge).toContain('error="insufficient_scope"')
    expect(challenge).toContain('scope="deploy:read deploy:write"')
    expect((await runAgent('deploy', proxied)).exitCode).toBe(1)
  })

  it.each(['text/plain; x=application/json', 'application/json-patch+json'])(
    'refuses a call in a media type that it does not read (%s)',
    async (contentType) => {
      expect((await callTool('deploy', proxied, contentType)).status).toBe(400)
    },
  )

  it('refuses a batch of messages, which could hide a call', async () => {
    const call = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'deploy' } }
    const body = JSON.stringify([call])
    const headers = { 'content-type': 'application/json', accept: 'application/json' }
    expect((await fetch(proxied, { method: 'POST', headers, body })).status).toBe(400)
  })

  it('does not forward a credential that the agent sends', async () => {
    const headers = { authorization: 'Bearer of-the-agent', 'content-type': 'application/json' }
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' })
    const accept = 'application/json, text/event-stream'
    const answer = await fetch(proxied, { method: 'POST', headers: { ...headers, accept }, body })
    expect(answer.status).toBe(200)
  })

  it('has a trust document without unresolved findings', async () => {
    const env = { PATH: process.env.PATH ?? '' }
    const args = [CLI, 'lint', example('trust.yaml'), '--local-issuers']
    const said = await new Promise<string>((resolve) => {
      execFile(process.execPath, args, { env }, (_, __, stderr) => resolve(stderr))
    })
    expect(said).toContain('0 unresolved findings')
  })
})
