/**
 * Runs the commands of docs/providers.md that request the token of a platform. Each runs against
 * the endpoint, the socket or the program of its platform and prints a token.
 */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type DevIssuer, startDevIssuer } from '../../src/dev/index.ts'
import { takeSightings } from '../support/canary/watch.ts'
import { readPage } from './support/docs/pages.ts'
import { startJob } from './support/docs/platform-job.ts'
import { writeShims } from './support/docs/shims.ts'
import { REQUEST_SECRET } from './support/platform-server.ts'

/** Sections that contain a block with the command. */
const SECTION = /^## ([a-z0-9-]+)\n(?:(?!^## )[\s\S])*?^```text\n(.+)\n```$/gm
const commands = [...readPage('docs/providers.md').matchAll(SECTION)].map(
  ([, provider = '', command = '']) => [provider, command] as const,
)

/** The audience of the token if the command does not name it. */
const AUDIENCES: Readonly<Record<string, string>> = {
  'azure-devops': 'api://AzureADTokenExchange',
  'entra-id': 'api://example-api',
  vercel: 'https://vercel.com/acme',
  'vault-identity': 'of-the-role',
}

const scratch = mkdtempSync(join(tmpdir(), 'edgemint-providers-'))
const bin = writeShims(scratch)
let issuer: DevIssuer
beforeAll(async () => {
  issuer = await startDevIssuer()
})
afterAll(async () => {
  await issuer.close()
  rmSync(scratch, { recursive: true, force: true })
})

it('every platform with a command is tested', () => {
  expect(commands.length).toBe(readPage('docs/providers.md').match(/^```text$/gm)?.length)
  expect(commands.length).toBeGreaterThan(20)
})

it.each(commands)('%s returns a token to its command', async (provider, command) => {
  const job = await startJob(scratch, (audience) => issuer.mint({ provider, audience }, provider))
  try {
    // `[…]` is optional and `<…>` is a placeholder. The socket path is fixed on a machine, so it is
    // replaced.
    const line = command
      .replaceAll(/ \[--[^\]]+\]/g, '')
      .replaceAll(/<\w+>/g, 'web')
      .replaceAll('/.fly/api', job.socket)
    const hosts = {
      'http://metadata.google.internal': job.url,
      'http://169.254.169.254': job.url,
    }
    const env = {
      PATH: `${bin}${delimiter}${process.env.PATH}`,
      DOCS_HOSTS: JSON.stringify(hosts),
      DOCS_PLATFORM: job.commands,
      ACTIONS_ID_TOKEN_REQUEST_URL: `${job.url}/github?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: REQUEST_SECRET,
      SYSTEM_OIDCREQUESTURI: `${job.url}/azure-devops`,
      SYSTEM_ACCESSTOKEN: REQUEST_SECRET,
      CF_OIDC_REQUEST_URL: `${job.url}/codefresh`,
      CF_OIDC_REQUEST_TOKEN: REQUEST_SECRET,
      CURSOR_AGENT_SOCKET: job.socket,
    }
    const said = await new Promise<string>((resolve, reject) => {
      execFile('bash', ['--norc', '-euo', 'pipefail', '-c', line], { env }, (error, stdout) =>
        error === null ? resolve(stdout) : reject(error),
      )
    })
    const [token = ''] = /[\w-]+\.[\w-]+\.[\w-]+$/m.exec(said) ?? []
    const { aud } = decodeJwt(token)
    // The canary is in every subject token of the dev issuer, so it must appear here.
    expect(takeSightings()).toEqual([expect.stringContaining('the token canary')])
    expect([aud].flat()).toEqual([AUDIENCES[provider] ?? 'https://sts.example.com'])
  } finally {
    await job.close()
  }
})
