/**
 * A gateway with a load that changes every store: exchanges that use up subject tokens, revocations,
 * and new revisions. It remembers what the gateway has acknowledged.
 */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { startDevIssuer } from '../../../dist/dev/index.js'
import { startProcess } from '../../processes.ts'

const API = 'https://api.example.com'
const WORKERS = 12
/** Beside the load, a new revision every second. */
const APPLY_MILLISECONDS = 1000
/** Enough to find a lost database, in a time that a person waits for. */
const COMPARED = 400
const JOB = { repository_owner_id: '1234567', repository_id: '456789012' }

type Acknowledged = {
  /** Subject tokens of a rule that takes each once. */
  readonly used: readonly string[]
  readonly revoked: readonly string[]
  readonly revision: number
}

export type Workload = {
  readonly stateDir: string
  readonly acknowledged: () => Acknowledged
  /** Starts a gateway on a restored state. Returns what it has lost. */
  readonly compare: (stateDir: string, expected: Acknowledged) => Promise<readonly string[]>
  readonly close: () => Promise<void>
}

export async function startWorkload(cli: string, scratch: string): Promise<Workload> {
  const issuer = await startDevIssuer()
  const stateDir = join(scratch, 'state')
  const github = { provider: 'github-actions', issuer: `${issuer.issuer}/github` }
  const rule = { owner: 'platform@example.com', expires: '2099-12-31', when: JOB }
  const policy = {
    issuers: { admin: { ...github, issuer: `${issuer.issuer}/admin` } },
    rules: [{ ...rule, name: 'administer', from: 'admin', grant: { scopes: ['owner'] } }],
  }
  const document = (number: number) => ({
    version: 1,
    issuers: { github: { ...github, audience: 'https://sts.example.com' } },
    resources: { [API]: { scopes: ['deploy', `scope-${number}`] } },
    rules: [
      {
        ...rule,
        name: 'deploy',
        from: 'github',
        grant: { resource: API, scopes: ['deploy'], replay: 'once' },
      },
    ],
  })
  const trustFile = join(scratch, 'trust.json')
  writeFileSync(trustFile, JSON.stringify(document(0)))
  const start = (state: string, port: string, more: readonly string[] = []) => {
    const flags = ['--port', port, '--state', state, '--local-issuers', ...more]
    const environment = { BOOTSTRAP_TRUST: JSON.stringify(policy) }
    return startProcess(process.execPath, [cli, 'serve', ...flags], environment)
  }
  const gateway = await start(stateDir, '0', ['--trust', trustFile])
  const url = String(gateway.ready.url)

  async function exchange(at: string, subjectToken: string, resource = API) {
    const body = new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
      subject_token: subjectToken,
      resource,
    })
    const response = await fetch(`${at}/token`, { method: 'POST', body })
    return (await response.json()) as { readonly access_token?: string }
  }
  const mint = (audience: string, realm: string) =>
    issuer.mint({ provider: 'github-actions', audience }, realm)

  const used: string[] = []
  const revoked: string[] = []
  let revision = 1
  let isRunning = true

  async function use(): Promise<void> {
    while (isRunning) {
      const subjectToken = await mint('https://sts.example.com', 'github')
      const { access_token: token } = await exchange(url, subjectToken)
      if (token === undefined) continue
      used.push(subjectToken)
      const body = new URLSearchParams({ token })
      const response = await fetch(`${url}/revoke`, { method: 'POST', body })
      if (response.status === 200) revoked.push(token)
    }
  }

  async function apply(): Promise<void> {
    const { access_token: admin } = await exchange(url, await mint(url, 'admin'), url)
    while (isRunning) {
      const response = await fetch(`${url}/admin/v1/trust`, {
        method: 'PUT',
        headers: {
          authorization: `Bearer ${admin}`,
          'content-type': 'application/json',
          'if-match': `"${revision}"`,
        },
        body: JSON.stringify(document(revision)),
      })
      if (response.status === 200) {
        revision = ((await response.json()) as { readonly revision: number }).revision
      } else await response.body?.cancel()
      await pause(APPLY_MILLISECONDS)
    }
  }

  const working = Promise.allSettled([...Array.from({ length: WORKERS }, use), apply()])
  return {
    stateDir,
    acknowledged: () => ({ used: [...used], revoked: [...revoked], revision }),
    async compare(state, expected) {
      // Without the time of the restore, only the marks decide. It would refuse every token here.
      rmSync(join(state, 'restored.json'))
      const restored = await start(state, '0', ['--issuer', url])
      const at = String(restored.ready.url)
      const lost: string[] = []
      try {
        const has = Number(restored.ready.revision)
        if (has < expected.revision) lost.push(`revision ${expected.revision}, it has ${has}`)
        for (const subjectToken of expected.used.slice(-COMPARED)) {
          const { access_token: token } = await exchange(at, subjectToken)
          if (token !== undefined) lost.push('a used subject token was accepted')
        }
        for (const token of expected.revoked.slice(-COMPARED)) {
          const headers = { authorization: `Bearer ${token}` }
          const body = new URLSearchParams({ token })
          const response = await fetch(`${at}/introspect`, { method: 'POST', headers, body })
          const { active } = (await response.json()) as { readonly active?: boolean }
          if (active !== false) lost.push(`a revoked token: ${response.status}`)
        }
        // Both checks must be able to fail.
        const fresh = await exchange(at, await mint('https://sts.example.com', 'github'))
        const token = fresh.access_token ?? ''
        const headers = { authorization: `Bearer ${token}` }
        const body = new URLSearchParams({ token })
        const response = await fetch(`${at}/introspect`, { method: 'POST', headers, body })
        const { active } = (await response.json()) as { readonly active?: boolean }
        if (active !== true) lost.push('the restored gateway refuses a new token')
      } finally {
        await restored.stop()
      }
      return lost
    },
    async close() {
      isRunning = false
      await working
      await gateway.stop()
      await issuer.close()
    },
  }
}
