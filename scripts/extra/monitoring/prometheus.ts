/** A real Prometheus with the configuration of examples/monitoring. Only its addresses are replaced. */
import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parse } from 'yaml'
import { freePort } from '../../../test/conformance/support/docs/free-port.ts'
import type { MonitoredWorld } from './world.ts'

/** What is asked of it. `hasData`: the gateway of this check must have data for it. */
type Query = { readonly name: string; readonly query: string; readonly hasData: boolean }

export type Prometheus = {
  readonly url: string
  readonly queries: readonly Query[]
  /** Returns what is wrong, or undefined. */
  readonly findTargetsDown: () => Promise<string | undefined>
  readonly findRuleFault: () => Promise<string | undefined>
  readonly ask: (query: string, hasData: boolean) => Promise<string | undefined>
  readonly stop: () => Promise<void>
}

const START_MILLISECONDS = 30_000
/** Two scrapes and more: a rate needs them. */
const DATA_MILLISECONDS = 20_000

export async function startPrometheus(
  { targets }: MonitoredWorld,
  { scratch, examples }: { readonly scratch: string; readonly examples: string },
): Promise<Prometheus> {
  const folder = join(scratch, 'prometheus')
  mkdirSync(folder)
  cpSync(join(examples, 'edgemint.rules.yml'), join(folder, 'edgemint.rules.yml'))
  const config = readFileSync(join(examples, 'prometheus.yml'), 'utf8')
    .replace('127.0.0.1:9464', targets.local)
    .replace('127.0.0.1:9465', targets.deployment)
    .replaceAll(': 60s', ': 1s')
  writeFileSync(join(folder, 'prometheus.yml'), config)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const child = spawn(
    'prometheus',
    [
      '--config.file=prometheus.yml',
      '--storage.tsdb.path=data',
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { cwd: folder, stdio: 'ignore' },
  )
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const get = async (path: string) => (await fetch(`${url}${path}`)).json() as Promise<Answer>

  async function ask(query: string, hasData: boolean): Promise<string | undefined> {
    const parameters = new URLSearchParams({ query })
    const end = Date.now() + DATA_MILLISECONDS
    for (;;) {
      const answer = await get(`/api/v1/query?${parameters}`)
      if (answer.status !== 'success') return answer.error ?? 'no answer'
      if (!hasData || (answer.data?.result ?? []).length > 0) return undefined
      if (Date.now() > end) return 'has no data'
      await pause(500)
    }
  }

  const prometheus: Prometheus = {
    url,
    queries: readQueries(examples),
    ask,
    findTargetsDown: async () => {
      const end = Date.now() + START_MILLISECONDS
      for (;;) {
        const active = (await get('/api/v1/targets')).data?.activeTargets ?? []
        const down = active.filter(({ health }) => health !== 'up')
        if (active.length === 2 && down.length === 0) return undefined
        if (Date.now() > end) return JSON.stringify(down.map(({ lastError }) => lastError))
        await pause(500)
      }
    },
    findRuleFault: async () => {
      const groups = (await get('/api/v1/rules')).data?.groups ?? []
      const rules = groups.flatMap((group) => group.rules)
      const bad = rules.filter(({ health }) => health !== 'ok')
      if (rules.length > 0 && bad.length === 0) return undefined
      return JSON.stringify(bad.length === 0 ? 'no rules' : bad)
    },
    stop: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
  await untilReady(url, child.exitCode)
  return prometheus
}

async function untilReady(url: string, exitCode: number | null): Promise<void> {
  const end = Date.now() + START_MILLISECONDS
  while (exitCode === null && Date.now() < end) {
    const response = await fetch(`${url}/-/ready`).catch(() => undefined)
    await response?.body?.cancel()
    if (response?.ok === true) return
    await pause(200)
  }
  throw new Error('Prometheus does not start')
}

type Answer = {
  readonly status: string
  readonly error?: string
  readonly data?: {
    readonly result?: readonly unknown[]
    readonly activeTargets?: readonly { readonly health: string; readonly lastError: string }[]
    readonly groups?: readonly { readonly rules: readonly { readonly health: string }[] }[]
  }
}
type Rules = {
  readonly groups: readonly { readonly rules: readonly { alert: string; expr: string }[] }[]
}
type Dashboard = {
  readonly panels: readonly {
    readonly title: string
    readonly targets: readonly { readonly expr: string }[]
  }[]
}

/** Panels about what must not happen have no data here. */
const WITHOUT_DATA = ['Outages by part', 'Faults of the decision log']

function readQueries(examples: string): readonly Query[] {
  const read = (path: string) => readFileSync(join(examples, path), 'utf8')
  const { groups } = parse(read('edgemint.rules.yml')) as Rules
  const { panels } = JSON.parse(read('grafana/edgemint.json')) as Dashboard
  return [
    ...groups.flatMap(({ rules }) =>
      rules.map(({ alert, expr }) => ({ name: alert, query: expr, hasData: false })),
    ),
    ...panels.flatMap(({ title, targets }) =>
      targets.map(({ expr }) => ({
        name: title,
        query: fillVariables(expr),
        hasData: !WITHOUT_DATA.includes(title),
      })),
    ),
  ]
}

/** Grafana replaces these. */
function fillVariables(query: string): string {
  return query
    .replaceAll('$gateway', '.*')
    .replaceAll('$issuer', '.*')
    .replaceAll('$__rate_interval', '1m')
}
