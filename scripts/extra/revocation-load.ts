/**
 * Revokes a rule while a built gateway is under load, and prints by the tenth of a second how many
 * tokens it issued and accepted. Then revokes 10,000 tokens, kills the gateway, and compares what it
 * has afterwards with what it had acknowledged. Run it after `npm run build`.
 */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { startDevIssuer } from '../../dist/dev/index.js'
import { startProcess } from '../processes.ts'

const API = 'https://api.example.com'
const CLI = join(import.meta.dirname, '../../dist/cli/shell/main.js')
const EXCHANGERS = 48
const CHECKERS = 8
const REVOKERS = 64
const BEFORE_MILLISECONDS = 5000
const AFTER_MILLISECONDS = 12_000
const MANY = 10_000
/** The design: no token of the rule is issued or accepted later than this. */
const BOUND_MILLISECONDS = 10_000

const scratch = mkdtempSync(join(tmpdir(), 'edgemint-revocation-'))
const issuer = await startDevIssuer()
const job = { repository_owner_id: '1234567', repository_id: '456789012' }
const rule = { owner: 'platform@example.com', expires: '2099-12-31', when: job }
const github = { provider: 'github-actions', issuer: `${issuer.issuer}/github` }
const trustFile = join(scratch, 'trust.json')
writeFileSync(
  trustFile,
  JSON.stringify({
    version: 1,
    issuers: { github },
    resources: { [API]: { scopes: ['deploy'] } },
    rules: [
      {
        ...rule,
        name: 'deploy',
        from: 'github',
        grant: { resource: API, scopes: ['deploy'], replay: 'reuse' },
      },
    ],
  }),
)
const policy = {
  issuers: { admin: { ...github, issuer: `${issuer.issuer}/admin` } },
  rules: [{ ...rule, name: 'administer', from: 'admin', grant: { scopes: ['owner'] } }],
}

async function start(port: string) {
  const flags = ['--port', port, '--state', join(scratch, 'state'), '--local-issuers']
  const environment = { BOOTSTRAP_TRUST: JSON.stringify(policy) }
  const args = [CLI, 'serve', ...flags, '--trust', trustFile]
  return startProcess(process.execPath, args, environment)
}

let gateway = await start('0')
const url = String(gateway.ready.url)
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

async function exchange(subjectToken: string, resource: string): Promise<string | undefined> {
  const body = new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
    subject_token: subjectToken,
    resource,
  })
  const answer = (await (await fetch(`${url}/token`, { method: 'POST', body })).json()) as {
    readonly access_token?: string
  }
  return answer.access_token
}

async function newAdmin(): Promise<string> {
  const audience = url
  const token = await issuer.mint({ provider: 'github-actions', audience }, 'admin')
  const admin = await exchange(token, url)
  if (admin === undefined) throw new Error('there is no admin token')
  return admin
}

async function revoke(admin: string, body: object): Promise<void> {
  const response = await fetch(`${url}/admin/v1/revocations`, {
    method: 'POST',
    headers: { ...bearer(admin), 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (response.status !== 200) throw new Error(await response.text())
  await response.arrayBuffer()
}

async function isAccepted(token: string): Promise<boolean> {
  const question = `${url}/verify?resource=${encodeURIComponent(API)}`
  const response = await fetch(question, { headers: bearer(token) })
  await response.arrayBuffer()
  return response.status === 200
}

/** What happened, by when its request was sent. */
type Happened = { readonly at: number; readonly is: 'issued' | 'denied' | 'accepted' | 'refused' }

async function measureRule(): Promise<void> {
  const admin = await newAdmin()
  const subjectToken = await issuer.mint({ provider: 'github-actions', audience: url }, 'github')
  const happened: Happened[] = []
  const tokens: string[] = []
  const endsAt = Date.now() + BEFORE_MILLISECONDS + AFTER_MILLISECONDS
  const exchangers = Array.from({ length: EXCHANGERS }, async () => {
    while (Date.now() < endsAt) {
      const at = Date.now()
      const token = await exchange(subjectToken, API)
      happened.push({ at, is: token === undefined ? 'denied' : 'issued' })
      if (token !== undefined) tokens.push(token)
    }
  })
  const checkers = Array.from({ length: CHECKERS }, async () => {
    while (Date.now() < endsAt) {
      const token = tokens[Math.floor(Math.random() * tokens.length)]
      if (token === undefined) {
        await pause(50)
        continue
      }
      const at = Date.now()
      happened.push({ at, is: (await isAccepted(token)) ? 'accepted' : 'refused' })
    }
  })
  await pause(BEFORE_MILLISECONDS)
  await revoke(admin, { rule: 'deploy', reason: 'load' })
  const revokedAt = Date.now()
  await Promise.all([...exchangers, ...checkers])
  report(happened, revokedAt)
  // Also those that an isolate issued before it knew.
  for (const token of tokens.slice(-200)) {
    if (await isAccepted(token)) throw new Error('a token of the rule is accepted at the end')
  }
}

function report(happened: readonly Happened[], revokedAt: number): void {
  const countOf = (is: Happened['is'], from: number, to: number) =>
    happened.filter((one) => one.is === is && one.at >= from && one.at < to).length
  const perSecond = countOf('issued', revokedAt - 3000, revokedAt) / 3
  console.log(`${perSecond.toFixed(0)} exchanges a second before the revocation`)
  console.log('| seconds after | issued | denied | accepted | refused |\n|---|---|---|---|---|')
  for (const from of [-0.2, 0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.5, 2, 5]) {
    const width = from < 1 ? 100 : 500
    const start = revokedAt + from * 1000
    const kinds = ['issued', 'denied', 'accepted', 'refused'] as const
    const cells = kinds.map((is) => countOf(is, start, start + width))
    console.log(`| ${[from.toFixed(1), ...cells].join(' | ')} |`)
  }
  for (const is of ['issued', 'accepted'] as const) {
    const last = Math.max(...happened.filter((one) => one.is === is).map(({ at }) => at))
    const late = last - revokedAt
    console.log(`last ${is}: ${late} ms after the revocation was acknowledged`)
    if (late > BOUND_MILLISECONDS) throw new Error(`a token was ${is} after the bound`)
  }
}

async function measureMany(): Promise<void> {
  const admin = await newAdmin()
  const left = Array.from({ length: MANY }, () => randomBytes(16).toString('base64url'))
  const acknowledged: string[] = []
  const startedAt = Date.now()
  const work = async () => {
    for (let jti = left.pop(); jti !== undefined; jti = left.pop()) {
      await revoke(admin, { jti })
      acknowledged.push(jti)
    }
  }
  await Promise.all(Array.from({ length: REVOKERS }, work))
  const seconds = (Date.now() - startedAt) / 1000
  await gateway.stop('SIGKILL')
  gateway = await start(new URL(url).port)
  const stored = await exportIds(await newAdmin())
  const lost = acknowledged.filter((jti) => !stored.has(jti))
  console.log(
    `${MANY} tokens were revoked in ${seconds.toFixed(0)} s; ${lost.length} lost by SIGKILL`,
  )
  if (lost.length > 0) throw new Error('an acknowledged revocation is lost')
  const list = await fetch(`${url}/admin/v1/revocations`, { headers: bearer(await newAdmin()) })
  const { tokens } = (await list.json()) as { readonly tokens: number }
  if (tokens !== MANY) throw new Error(`${tokens} tokens are published`)
  const health = (await (await fetch(`${url}/health`)).json()) as {
    readonly checks: { readonly revocations: { readonly ready: boolean } }
  }
  if (!health.checks.revocations.ready) throw new Error(JSON.stringify(health.checks.revocations))
}

/** Returns every `jti` that the gateway has. */
async function exportIds(admin: string): Promise<ReadonlySet<string>> {
  const ids = new Set<string>()
  for (let after: number | undefined = 0; after !== undefined; ) {
    const path: string = `${url}/admin/v1/revocations/export?after=${after}`
    const part = (await (await fetch(path, { headers: bearer(admin) })).json()) as {
      readonly rows: readonly { readonly grain: string; readonly id: string }[]
      readonly next?: number
    }
    for (const { grain, id } of part.rows) if (grain === 'token') ids.add(id)
    after = part.next
  }
  return ids
}

try {
  await measureRule()
  await measureMany()
} finally {
  await gateway.stop()
  await issuer.close()
  rmSync(scratch, { recursive: true, force: true })
}
