/**
 * Makes the stored state of release 0.1.0 with the gateway of that release: two revisions, a replay
 * mark, a revocation, and the keys of an issuer. `test/vectors/stored-0.1.0/README.md` describes its
 * use. Writes no token and no private key.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { decodeJwt } from 'jose'
import { deriveKey } from '../../../test/support/derived-keys.ts'
import { startProcess } from '../../processes.ts'
import { exchange, GATEWAY, signSubject } from './attempts.ts'
import { copyObjects } from './copy-objects.ts'
import { API } from './documents.ts'

/** Below the ephemeral ports of systems, so no server listens there in a test. */
const ISSUER_PORT = 20_100

const [checkout = '', output] = process.argv.slice(2)
if (output === undefined) throw new Error('Usage: first-release.ts CHECKOUT OUTPUT')
const release = (path: string) => join(resolve(checkout), 'dist', path)
const scratch = mkdtempSync(join(tmpdir(), 'edgemint-stored-'))
/** The release is used with the types of this version, as far as they are the same. */
const dev = (await import(release('dev/index.js'))) as typeof import('../../../src/dev/index.ts')
const issuer = await dev.startDevIssuer({ port: ISSUER_PORT })
const cluster = await deriveKey('cluster')

const HEAD = { owner: 'platform@example.com', expires: '2099-12-31' }
const POD = {
  iss: 'https://kubernetes.default.svc.cluster.local',
  sub: 'system:serviceaccount:payments:worker',
  'kubernetes.io': {
    namespace: 'payments',
    serviceaccount: { name: 'worker', uid: '0c1f' },
  },
}

function makeDocument(scopes: readonly string[]): object {
  return {
    version: 1,
    issuers: {
      github: { provider: 'github-actions', issuer: `${issuer.issuer}/github` },
      cluster: {
        provider: 'kubernetes',
        issuer: POD.iss,
        keys: { jwks: { keys: [cluster.publicJwk] } },
      },
    },
    resources: { [API]: { scopes } },
    rules: [
      {
        ...HEAD,
        name: 'deploy',
        from: 'github',
        when: { repository_owner_id: '1234567', repository_id: '456789012' },
        grant: { resource: API, scopes: ['deploy:read'] },
      },
      {
        ...HEAD,
        name: 'payments-worker',
        from: 'cluster',
        when: {
          'kubernetes.io.namespace': 'payments',
          'kubernetes.io.serviceaccount.name': 'worker',
        },
        grant: { resource: API, scopes: ['deploy:read'], replay: 'once' },
      },
    ],
  }
}

/** Each start with another document stores a revision. */
function start(document: object) {
  const trust = join(scratch, 'trust.json')
  writeFileSync(trust, JSON.stringify(document))
  const state = ['--state', join(scratch, 'state'), '--trust', trust]
  const flags = ['--port', '0', '--issuer', GATEWAY, '--local-issuers', ...state]
  return startProcess(process.execPath, [release('cli/main.js'), 'serve', ...flags])
}

async function mustExchange(url: string, subjectToken: string): Promise<string> {
  const { token, answer } = await exchange(url, subjectToken, { resource: API })
  if (token === '') throw new Error(JSON.stringify(answer))
  return token
}

async function makeState(url: string) {
  const request = { provider: 'github-actions', audience: GATEWAY }
  await mustExchange(url, await issuer.mint(request, 'github'))
  const pod = async (jti: string) => mustExchange(url, await signSubject(cluster, { ...POD, jti }))
  const revoked = await pod('pod-1')
  const live = await pod('pod-2')
  const body = new URLSearchParams({ token: revoked })
  const response = await fetch(`${url}/revoke`, { method: 'POST', body })
  if (response.status !== 200) throw new Error(await response.text())
  return { revoked: decodeJwt(revoked), live: decodeJwt(live) }
}

try {
  await (await start(makeDocument(['deploy:read']))).stop()
  const gateway = await start(makeDocument(['deploy:read', 'deploy:write']))
  let tokens: Awaited<ReturnType<typeof makeState>>
  try {
    tokens = await makeState(String(gateway.ready.url))
  } finally {
    await gateway.stop()
  }
  const made = { stopped_at: Math.floor(Date.now() / 1000), pod: POD, ...tokens }
  copyObjects(join(scratch, 'state/objects'), resolve(output), ['do'])
  writeFileSync(join(output, 'made.json'), `${JSON.stringify(made, null, 2)}\n`)
} finally {
  await issuer.close()
  rmSync(scratch, { recursive: true, force: true })
}
