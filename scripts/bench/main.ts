/**
 * `npm run bench`: how much of the floor's throughput a whole exchange keeps. Floor and gateway run
 * one after the other in the same run, on workerd, with no proxy in between, under the same client.
 * A benchmark, not a test: it prints, and judges nothing.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { startDevIssuer } from '../../dist/dev/index.js'
import { makeKeys, makeTrust, mintToken } from './fixtures.ts'
import { type Figures, measure } from './load.ts'
import { startFloor, startMeasuredGateway } from './servers.ts'

const seconds = Number(readOption('--seconds') ?? 5)
const scratch = mkdtempSync(join(tmpdir(), 'edgemint-bench-'))
const issuer = await startDevIssuer()
const rows: { name: string; figures: Figures; floor?: Figures }[] = []

try {
  await run()
} finally {
  await issuer.close()
  rmSync(scratch, { recursive: true, force: true })
}
report()

async function run(): Promise<void> {
  const keys = await makeKeys()
  const token = await mintToken(issuer)
  const asForm = (subjectToken: string) =>
    new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: subjectToken,
      subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
      resource: 'https://api.example.com',
    })
  const form = (subjectToken: string) => asForm(subjectToken).toString()

  for (const variant of [
    { name: 'ES256, 10 rules', key: keys.es256, rules: 10 },
    { name: 'ES256, 10,000 rules', key: keys.es256, rules: 10_000 },
    { name: 'Ed25519, 10 rules', key: keys.ed25519, rules: 10 },
    { name: 'denied token, 10,000 rules', key: keys.es256, rules: 10_000, denied: true },
    // Every request asks one shard of the replay ledger, which is as bad as it gets.
    { name: 'used token, 10 rules', key: keys.es256, rules: 10, used: true },
  ]) {
    const isDenied = variant.denied === true
    const isUsed = variant.used === true
    const subject = isDenied ? await mintToken(issuer, { ref: 'refs/heads/x' }) : token
    const before = await measureFloor(variant.key, form(token))
    const gateway = await startMeasuredGateway({
      stateDir: join(scratch, variant.name.replaceAll(/\W+/g, '-')),
      key: variant.key,
      trust: makeTrust(issuer.issuer, variant.rules, isUsed ? 'once' : 'reuse'),
    })
    if (isUsed) await fetch(`${gateway.url}/token`, { method: 'POST', body: asForm(subject) })
    const status = isDenied || isUsed ? 400 : 200
    const figures = await measure(gateway, form(subject), seconds, status)
    await gateway.close()
    // Once before and once after: a shared machine is not the same from one minute to the next.
    const after = await measureFloor(variant.key, form(token))
    rows.push({ name: variant.name, figures, floor: mean(before, after) })
  }
}

async function measureFloor(key: string, body: string): Promise<Figures> {
  const floor = await startFloor(issuer.issuer, key)
  const figures = await measure(floor, body, seconds, 200)
  await floor.close()
  return figures
}

function mean(a: Figures, b: Figures): Figures {
  return {
    perSecond: (a.perSecond + b.perSecond) / 2,
    p50: (a.p50 + b.p50) / 2,
    p99: (a.p99 + b.p99) / 2,
    mebibytes: (a.mebibytes + b.mebibytes) / 2,
  }
}

function report(): void {
  const [cpu] = cpus()
  const memory = Math.round(totalmem() / 1024 ** 3)
  const lines = [
    `machine: ${cpus().length} × ${cpu?.model ?? 'unknown'}, ${memory} GiB, Node ${process.version}`,
    `client: autocannon, 16 connections, ${seconds} s each after a warm-up, on the same machine`,
    '',
    `${'variant'.padEnd(30)}${'requests/s'.padStart(12)}${'p50 ms'.padStart(9)}${'p99 ms'.padStart(9)}${'MiB'.padStart(7)}${'of floor'.padStart(10)}`,
  ]
  for (const { name, figures, floor } of rows) {
    lines.push(line(`${name}`, figures, floor))
    if (floor !== undefined) lines.push(line('  its floor', floor))
  }
  process.stdout.write(`${lines.join('\n')}\n`)
}

function line(name: string, figures: Figures, floor?: Figures): string {
  const ratio = floor === undefined ? '' : (figures.perSecond / floor.perSecond).toFixed(2)
  return [
    name.padEnd(30),
    figures.perSecond.toFixed(0).padStart(12),
    figures.p50.toFixed(1).padStart(9),
    figures.p99.toFixed(1).padStart(9),
    figures.mebibytes.toFixed(0).padStart(7),
    ratio.padStart(10),
  ].join('')
}

function readOption(name: string): string | undefined {
  const index = process.argv.indexOf(name)
  return index === -1 ? undefined : process.argv[index + 1]
}
