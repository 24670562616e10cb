/**
 * A gateway on this machine with some decisions. Prometheus reaches it in the two documented ways: by
 * the port of `--metrics-port`, and by its admin API through `edgemint proxy`.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { startDevIssuer } from '../../../dist/dev/index.js'
import {
  API,
  ID_TOKEN,
  TOKEN_EXCHANGE,
  trustDocument,
} from '../../../test/conformance/support/world.ts'
import { ADMIN_ISSUER_PATH, adminPolicy } from '../../../test/support/admin-policy.ts'
import { startProcess } from '../../processes.ts'

const CLI = join(import.meta.dirname, '../../../dist/cli/shell/main.js')

export type MonitoredWorld = {
  /** HOST:PORT of `/metrics`, and of the proxy in front of the admin API. */
  readonly targets: { readonly local: string; readonly deployment: string }
  /** One granted and one denied exchange. */
  readonly exchange: () => Promise<void>
  readonly readMetrics: (accept: string) => Promise<string>
  readonly close: () => Promise<void>
}

export async function startMonitoredWorld(scratch: string): Promise<MonitoredWorld> {
  const issuer = await startDevIssuer()
  const trust = join(scratch, 'trust.json')
  writeFileSync(trust, JSON.stringify(trustDocument(issuer.issuer)))
  const flags = ['--port', '0', '--metrics-port', '0', '--state', join(scratch, 'state')]
  const gateway = await startProcess(
    process.execPath,
    [CLI, 'serve', ...flags, '--local-issuers', '--trust', trust],
    { BOOTSTRAP_TRUST: adminPolicy(issuer.issuer) },
  )
  const url = String(gateway.ready.url)
  const metrics = String(gateway.ready.metrics)

  const token = join(scratch, 'subject.jwt')
  const request = {
    provider: 'github-actions',
    audience: url,
    claims: { environment: 'production' },
  }
  writeFileSync(token, await issuer.mint(request, ADMIN_ISSUER_PATH))
  const proxy = await startProcess(process.execPath, [
    ...[CLI, 'proxy', '--url', url, '--resource', url, '--scope', 'metrics:read'],
    ...['--upstream', url, '--listen', '127.0.0.1:0', '--token-file', token],
  ])

  async function send(resource: string): Promise<void> {
    const subject = { provider: 'github-actions', audience: 'https://sts.example.com' }
    const body = new URLSearchParams({
      grant_type: TOKEN_EXCHANGE,
      subject_token_type: ID_TOKEN,
      subject_token: await issuer.mint(subject, 'github'),
      resource,
    })
    const response = await fetch(`${url}/token`, { method: 'POST', body })
    await response.body?.cancel()
  }

  const world: MonitoredWorld = {
    targets: { local: new URL(metrics).host, deployment: new URL(String(proxy.ready.url)).host },
    exchange: async () => {
      await send(API)
      await send('https://nobody.example.com')
    },
    readMetrics: async (accept) => (await fetch(metrics, { headers: { accept } })).text(),
    close: async () => {
      await proxy.stop()
      await gateway.stop()
      await issuer.close()
    },
  }
  await world.exchange()
  // An isolate sends its decisions half a second after their answers.
  await pause(1500)
  return world
}
