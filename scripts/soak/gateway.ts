/**
 * Starts a gateway with `edgemint serve`, with a state directory that survives restarts, and the
 * dev issuer that it trusts.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DevIssuer, startDevIssuer } from '../../dist/dev/index.js'
import { type Started, startProcess } from '../processes.ts'

const CLI = join(import.meta.dirname, '../../dist/cli/shell/main.js')
export const API = 'https://api.example.com'
export const AUDIENCE = 'https://sts.example.com'

export type SoakGateway = {
  readonly issuer: DevIssuer
  readonly url: string
  /** The revision that it reported when it started. */
  readonly revision: () => number
  readonly restart: () => Promise<void>
  /** Resident memory of its workerd, in MiB. */
  readonly mebibytes: () => number
  readonly behave: (how: 'normal' | 'down') => Promise<void>
  readonly close: () => Promise<void>
}

/** Two rules for one job, by branch: one accepts a token once, the other any number of times. */
export function trustDocument(issuerUrl: string, revision: number): object {
  const rule = (name: string, ref: string, replay: string) => ({
    name,
    description: `Revision ${revision}.`,
    owner: 'platform@example.com',
    expires: '2099-12-31',
    from: 'github',
    when: { repository_owner_id: '1234567', repository_id: '456789012', ref },
    grant: { resource: API, scopes: ['read'], lifetime: '1h', replay },
  })
  return {
    version: 1,
    issuers: {
      github: { provider: 'github-actions', issuer: `${issuerUrl}/github`, audience: AUDIENCE },
    },
    resources: { [API]: { scopes: ['read', 'write'] } },
    rules: [rule('once', 'refs/heads/once', 'once'), rule('reuse', 'refs/heads/main', 'reuse')],
  }
}

export async function startSoakGateway(): Promise<SoakGateway> {
  const scratch = mkdtempSync(join(tmpdir(), 'edgemint-soak-'))
  const issuer = await startDevIssuer()
  const trustFile = join(scratch, 'trust.json')
  writeFileSync(trustFile, JSON.stringify(trustDocument(issuer.issuer, 1)))
  const environment = { BOOTSTRAP_TRUST: policy(issuer.issuer) }
  const start = (port: string, args: readonly string[]) => {
    const flags = ['--port', port, '--state', join(scratch, 'state'), '--local-issuers', ...args]
    return startProcess(process.execPath, [CLI, 'serve', ...flags], environment)
  }
  let gateway: Started = await start('0', ['--trust', trustFile])
  const url = String(gateway.ready.url)
  return {
    issuer,
    url,
    revision: () => Number(gateway.ready.revision),
    async restart() {
      await gateway.stop('SIGKILL')
      gateway = await start(new URL(url).port, [])
    },
    mebibytes: workerdMebibytes,
    async behave(how) {
      const body = JSON.stringify({ discovery: how, jwks: how })
      await fetch(`${issuer.issuer}/github/behave`, { method: 'POST', body })
    },
    async close() {
      await gateway.stop()
      await issuer.close()
      rmSync(scratch, { recursive: true, force: true })
    },
  }
}

function policy(issuerUrl: string): string {
  return JSON.stringify({
    issuers: { admin: { provider: 'github-actions', issuer: `${issuerUrl}/admin` } },
    rules: [
      {
        name: 'administer',
        owner: 'platform@example.com',
        expires: '2099-12-31',
        from: 'admin',
        when: { repository_id: '456789012', environment: 'production' },
        grant: { scopes: ['trust:read', 'trust:write', 'tokens:introspect'], lifetime: '1h' },
      },
    ],
  })
}

/** Returns the memory of the largest workerd process, or NaN where ps is missing. */
function workerdMebibytes(): number {
  try {
    const rows = execFileSync('ps', ['-A', '-o', 'rss=,args='], { encoding: 'utf8' }).split('\n')
    const sizes = rows
      .filter((row) => /workerd serve/.test(row))
      .map((row) => Number.parseInt(row, 10))
    return Math.max(...sizes) / 1024
  } catch {
    return Number.NaN
  }
}
