/**
 * `npm run check:api`: schemathesis sends generated requests, good ones and bad ones, to every
 * operation of the OpenAPI document of `edgemint serve`: with the token of an owner, and without a
 * token. Fails on a 5xx that is not described, on an answer that the document does not describe,
 * and on a bad request that is accepted. Needs Python. `-- --examples 200` sends more requests to
 * each operation.
 */
import { execFile, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startDevIssuer } from '../../../dist/dev/index.js'
import { adminPolicy } from '../../../test/support/admin-policy.ts'
import { startProcess } from '../../processes.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../../..')
/** The installed program is kept between runs. */
const VENV = join(root, 'node_modules/.cache/api/venv')
const INSTALL_MILLISECONDS = 600_000
const API = 'https://api.example.com'
const GITHUB_CLAIMS = { repository_owner_id: '1234567', repository_id: '456789012' }
const DOCUMENT = {
  version: 1,
  resources: { [API]: { scopes: ['deploy:read', 'deploy:write'] } },
  rules: [
    {
      name: 'deploy',
      owner: 'platform@example.com',
      expires: '2099-12-31',
      from: 'github',
      when: GITHUB_CLAIMS,
      grant: { resource: API, scopes: ['deploy:read', 'deploy:write'] },
    },
  ],
}

async function installSchemathesis(): Promise<string> {
  try {
    await run('python3', ['-m', 'venv', VENV])
  } catch {
    console.error('edgemint: python3 with the module venv is missing: install it for this check')
    process.exit(1)
  }
  const requirements = join(import.meta.dirname, 'requirements.txt')
  const args = ['install', '--quiet', '--disable-pip-version-check', '-r', requirements]
  await run(join(VENV, 'bin/pip'), args, { timeout: INSTALL_MILLISECONDS })
  return join(VENV, 'bin/schemathesis')
}

/** Returns whether schemathesis found nothing. */
function check(program: string, args: readonly string[]): Promise<boolean> {
  const child = spawn(program, args, {
    cwd: scratch,
    stdio: 'inherit',
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => resolve(code === 0))
  })
}

const place = process.argv.indexOf('--examples')
const examples = place === -1 ? '25' : (process.argv[place + 1] ?? '')
if (!/^[1-9]\d{0,4}$/.test(examples)) {
  console.error('edgemint: --examples must be a number such as 200')
  process.exit(2)
}
mkdirSync(join(root, 'node_modules/.cache/api'), { recursive: true })
const program = await installSchemathesis()
const scratch = mkdtempSync(join(tmpdir(), 'edgemint-api-'))
const issuer = await startDevIssuer()
const trust = join(scratch, 'trust.json')
const issuers = { github: { provider: 'github-actions', issuer: `${issuer.issuer}/github` } }
writeFileSync(trust, JSON.stringify({ ...DOCUMENT, issuers }))
const gateway = await startProcess(
  process.execPath,
  [
    ...[join(root, 'dist/cli/shell/main.js'), 'serve', '--port', '0', '--local-issuers'],
    ...['--state', join(scratch, 'state'), '--trust', trust],
  ],
  { BOOTSTRAP_TRUST: adminPolicy(issuer.issuer) },
)
const url = String(gateway.ready.url)

async function exchange(path: string, resource: string, environment: string): Promise<string> {
  const audience = String(gateway.ready.issuer)
  const claims = { environment, sub: `repo:acme/api:environment:${environment}` }
  const subjectToken = await issuer.mint({ provider: 'github-actions', audience, claims }, path)
  const response = await fetch(`${url}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: subjectToken,
      subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
      resource,
    }),
  })
  const body = (await response.json()) as { access_token?: string }
  if (body.access_token === undefined) throw new Error(JSON.stringify(body))
  return body.access_token
}

/** Writes the document of the gateway, and checks it with the schema of OpenAPI 3.1. */
async function writeDescription(): Promise<string> {
  const response = await fetch(`${url}/admin/v1/openapi.json`)
  const file = join(scratch, 'openapi.json')
  writeFileSync(file, await response.text())
  await run(join(VENV, 'bin/openapi-spec-validator'), [file])
  return file
}

try {
  await exchange('github', API, 'production')
  const token = await exchange('admin', String(gateway.ready.issuer), 'production')
  const common = [
    ...['--config-file', join(import.meta.dirname, 'schemathesis.toml'), 'run'],
    ...[await writeDescription(), '--url', url, '--max-examples', examples],
    // A refusal without a token does not wait for a large body, which ends the connection.
    ...['--request-retries', '3'],
    ...['--phases', 'examples,coverage,fuzzing', '--continue-on-failure', '--no-color'],
  ]
  console.log('With the token of an owner:')
  const isGood = await check(program, [...common, '--header', `Authorization: Bearer ${token}`])
  console.log('Without a token:')
  const isGoodWithout = await check(program, common)
  process.exitCode = isGood && isGoodWithout ? 0 : 1
} finally {
  await gateway.stop()
  await issuer.close()
  rmSync(scratch, { recursive: true, force: true })
}
