/** A real Grafana that loads the dashboard by its provisioning, with Prometheus as data source. */
import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '../../../test/conformance/support/docs/free-port.ts'

/** Where packages of Grafana put its files. */
const HOME = process.env.GRAFANA_HOME ?? '/usr/share/grafana'
const START_MILLISECONDS = 90_000

type Options = {
  readonly scratch: string
  readonly examples: string
  readonly prometheusUrl: string
}

/** Returns what is wrong, or undefined. */
export async function checkGrafana({
  scratch,
  examples,
  prometheusUrl,
}: Options): Promise<string | undefined> {
  const folder = join(scratch, 'grafana')
  const provisioning = join(folder, 'provisioning')
  for (const name of ['datasources', 'dashboards']) {
    mkdirSync(join(provisioning, name), { recursive: true })
  }
  // JSON is YAML.
  const write = (name: string, content: object) =>
    writeFileSync(join(provisioning, name), JSON.stringify({ apiVersion: 1, ...content }))
  write('datasources/prometheus.yaml', {
    datasources: [
      {
        name: 'Prometheus',
        type: 'prometheus',
        url: prometheusUrl,
        access: 'proxy',
        isDefault: true,
      },
    ],
  })
  write('dashboards/edgemint.yaml', {
    providers: [{ name: 'edgemint', type: 'file', options: { path: join(examples, 'grafana') } }],
  })
  const port = await freePort()
  const child = spawn('grafana', ['server', '--homepath', HOME], {
    stdio: 'ignore',
    env: {
      ...process.env,
      GF_SERVER_HTTP_ADDR: '127.0.0.1',
      GF_SERVER_HTTP_PORT: String(port),
      GF_PATHS_DATA: join(folder, 'data'),
      GF_PATHS_LOGS: join(folder, 'logs'),
      GF_PATHS_PROVISIONING: provisioning,
      GF_AUTH_ANONYMOUS_ENABLED: 'true',
      GF_AUTH_ANONYMOUS_ORG_ROLE: 'Admin',
      GF_ANALYTICS_REPORTING_ENABLED: 'false',
    },
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  try {
    return await findDashboardFault(`http://127.0.0.1:${port}/api/dashboards/uid/edgemint`)
  } finally {
    child.kill('SIGTERM')
    await ended
  }
}

async function findDashboardFault(url: string): Promise<string | undefined> {
  const end = Date.now() + START_MILLISECONDS
  let fault = 'does not start'
  while (Date.now() < end) {
    const response = await fetch(url).catch(() => undefined)
    if (response?.ok === true) {
      const { dashboard } = (await response.json()) as { dashboard: { panels?: unknown[] } }
      return (dashboard.panels ?? []).length > 0 ? undefined : 'the dashboard has no panels'
    }
    if (response !== undefined) fault = `answers ${response.status}`
    await response?.body?.cancel()
    await pause(500)
  }
  return fault
}
