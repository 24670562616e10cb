/**
 * `npm run check:monitoring`: loads the files of examples/monitoring into real programs. promtool
 * checks the configuration, the alert rules and their tests, and the metrics of a gateway. Prometheus
 * scrapes that gateway in both documented ways, and answers every query of the rules and the
 * dashboard. Grafana loads the dashboard. Prints one line for each and exits with 1 when one failed. A
 * missing program counts as a failure. With `--installed` it is reported and skipped.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { checkGrafana } from './monitoring/grafana.ts'
import { type Prometheus, startPrometheus } from './monitoring/prometheus.ts'
import { type MonitoredWorld, startMonitoredWorld } from './monitoring/world.ts'

const root = join(import.meta.dirname, '../..')
const EXAMPLES = join(root, 'examples/monitoring')

/** Programs of .tools/ come first, as scripts/extra/install-tools.sh installs them. */
process.env.PATH = [join(root, '.tools/bin'), process.env.PATH].join(delimiter)

let failures = 0

function report(name: string, fault: string | undefined): void {
  if (fault !== undefined) failures += 1
  console.log(fault === undefined ? `works  ${name}` : `FAILS  ${name}: ${fault.trim()}`)
}

function isInstalled(program: string): boolean {
  if (spawnSync(program, ['--version']).error === undefined) return true
  if (!process.argv.includes('--installed')) failures += 1
  console.log(`not checked  ${program} is not installed on this machine`)
  return false
}

function runPromtool(args: readonly string[], input = ''): string | undefined {
  const ran = spawnSync('promtool', args, { cwd: EXAMPLES, encoding: 'utf8', input })
  return ran.status === 0 && ran.stderr === '' ? undefined : `${ran.stdout}${ran.stderr}`
}

async function checkPromtool(world: MonitoredWorld): Promise<void> {
  report('promtool check config', runPromtool(['check', 'config', 'prometheus.yml']))
  report('promtool check rules', runPromtool(['check', 'rules', 'edgemint.rules.yml']))
  report('promtool test rules', runPromtool(['test', 'rules', 'edgemint.rules.test.yml']))
  const text = await world.readMetrics('text/plain')
  report('promtool check metrics', runPromtool(['check', 'metrics'], text))
}

async function checkPrometheus(world: MonitoredWorld, prometheus: Prometheus): Promise<void> {
  const down = await prometheus.findTargetsDown()
  report('Prometheus scrapes a gateway with --metrics-port, and a deployment', down)
  await world.exchange()
  let answered = 0
  for (const { name, query, hasData } of prometheus.queries) {
    const fault = await prometheus.ask(query, hasData)
    if (fault === undefined) answered += 1
    else report(`${name}: ${query}`, fault)
  }
  report(`Prometheus answers ${answered} queries of the rules and the dashboard`, undefined)
  report('Prometheus loads the rules', await prometheus.findRuleFault())
}

const scratch = mkdtempSync(join(tmpdir(), 'edgemint-monitoring-'))
const world = await startMonitoredWorld(scratch)
try {
  if (isInstalled('promtool')) await checkPromtool(world)
  if (isInstalled('prometheus')) {
    const prometheus = await startPrometheus(world, { scratch, examples: EXAMPLES })
    try {
      await checkPrometheus(world, prometheus)
      if (isInstalled('grafana')) {
        const options = { scratch, examples: EXAMPLES, prometheusUrl: prometheus.url }
        report('Grafana loads the dashboard', await checkGrafana(options))
      }
    } finally {
      await prometheus.stop()
    }
  }
} finally {
  await world.close()
  rmSync(scratch, { recursive: true, force: true })
}
process.exit(failures === 0 ? 0 : 1)
