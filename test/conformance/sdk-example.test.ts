/**
 * Runs the example of docs/sdk.md as a job would: with a platform, a gateway, and an API that
 * verifies tokens.
 */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createVerifier } from '../../src/verify/index.ts'
import { type SourcesWorld, startSourcesWorld } from './support/sources-world.ts'
import { API, root } from './support/world.ts'

const EXAMPLE = join(root, 'examples/sdk/call-api.ts')
const run = promisify(execFile)

let world: SourcesWorld
let api: { readonly url: string; readonly tokens: string[]; readonly close: () => void }
beforeAll(async () => {
  world = await startSourcesWorld(['github-actions'])
  api = await startApi(world.url())
})
afterAll(async () => {
  api?.close()
  await world?.close()
})

/** Starts an API that accepts tokens of the gateway. */
async function startApi(issuer: string) {
  const verifier = createVerifier({ issuer, audience: API, scopes: ['deploy:read'] })
  const tokens: string[] = []
  const server = createServer(async (request, response) => {
    const { authorization = '' } = request.headers
    const token = authorization.replace('Bearer ', '')
    tokens.push(token)
    const outcome = await verifier.verify(token).catch(() => undefined)
    response.writeHead(outcome === undefined ? 401 : 200).end(outcome?.clientId)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, tokens, close: () => void server.close() }
}

function runExample(environment: Readonly<Record<string, string>>) {
  const env = { EDGEMINT_URL: world.url(), API_URL: api.url, ...environment }
  return run(process.execPath, [EXAMPLE], { cwd: root, env }).catch(
    (error: { stdout: string; stderr: string }) => error,
  )
}

test('docs/sdk.md shows the exact text of the example', () => {
  const [, code] = readFileSync(EXAMPLE, 'utf8').split('*/\n')
  expect(readFileSync(join(root, 'docs/sdk.md'), 'utf8')).toContain(`\`\`\`ts\n${code}\`\`\``)
})

test('the example calls the API and revokes its token at the end', async () => {
  const { stdout, stderr } = await runExample({
    EDGEMINT_SUBJECT_TOKEN: await world.mintFor('github-actions'),
  })
  expect(stdout).toBe('200 github-actions-workload\n')
  expect(stderr).toBe('subject token from variable: EDGEMINT_SUBJECT_TOKEN set\n')
  const other = await world.runToken({
    EDGEMINT_SUBJECT_TOKEN: await world.mintFor('github-actions'),
  })
  const introspected = await fetch(`${world.url()}/introspect`, {
    method: 'POST',
    headers: { authorization: `Bearer ${other.stdout.trim()}` },
    body: new URLSearchParams({ token: api.tokens.at(-1) ?? '' }),
  })
  expect(await introspected.json()).toEqual({ active: false })
})

test('the example prints the reason of a refusal', async () => {
  const { stdout, stderr } = await runExample({
    EDGEMINT_SUBJECT_TOKEN: await world.mint('github-actions', 'https://other.example.com'),
  })
  expect(stdout).toBe('')
  expect(stderr).toMatch(/\ninvalid_request .* dec_[\w-]+\n$/)
})
