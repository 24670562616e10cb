/**
 * `npm run bench:peers`: the CPU time of an exchange beside that of other programs that turn one
 * signed token into another. Each installed peer runs in turns with the gateway, on one core. It
 * installs nothing; it names what is missing. docs/performance.md says how to read it.
 */
import { join } from 'node:path'
import { readArgumentsOrExit } from '../arguments.ts'
import type { Step } from '../client/job.ts'
import { makeKey, makeTrust, renderForm } from '../fixtures.ts'
import { buildFloor } from '../floors/build.ts'
import { describeMachine, describeMethod, renderHead } from '../machine.ts'
import { chooseCores } from '../pinning.ts'
import { renderColumns, renderLine } from '../report.ts'
import { type Comparison, compare, type Figures, runRounds, summarise } from '../rounds.ts'
import { type Server, startFloor, startMeasuredGateway } from '../servers.ts'
import { formStep, startWorld, type World } from '../world.ts'
import { dex } from './dex.ts'
import { hydra } from './hydra.ts'
import { keycloak } from './keycloak.ts'
import { oidcProvider } from './oidc-provider.ts'
import { openbao } from './openbao.ts'
import { mintSubjectTokens, type Peer } from './peer.ts'

const PEERS: readonly Peer[] = [oidcProvider, dex, openbao, hydra, keycloak]
const TOKENS = 256

type PeerRow = {
  readonly name: string
  readonly work: string
  readonly gateway: Figures
  readonly peer: Figures
  /** 2 means that the peer takes twice as much as the gateway. */
  readonly costOfGateway: Comparison
  /** The least that a Worker can do: it verifies and signs, and decides nothing. */
  readonly floor: Figures
  readonly costOfFloor: Comparison
}

const args = readArgumentsOrExit(process.argv.slice(2))
const chosen = PEERS.filter(({ name }) => args.only?.test(name) ?? true)
/** With `--json`, stdout has nothing but JSON. */
const print = (text: string) => (args.json ? process.stderr : process.stdout).write(text)
const installed = chosen.flatMap((peer) => {
  const found = peer.find()
  return found === undefined ? [] : [{ peer, found }]
})
const missing = chosen.filter((peer) => !installed.some((entry) => entry.peer === peer))
for (const { name, install } of missing) print(`not installed: ${name}. To install: ${install}\n`)

const rows: PeerRow[] = []
const failed: { name: string; message: string }[] = []
const method = describeMethod(args, chooseCores())
if (installed.length > 0) await runAll()
if (args.json) {
  const result = {
    version: 1,
    at: new Date().toISOString(),
    machine: describeMachine(),
    method,
    rows,
    failed,
    missing: missing.map(({ name, install }) => ({ name, install })),
  }
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`)
}

async function runAll(): Promise<void> {
  const world = await startWorld()
  try {
    const step = formStep(
      '/token',
      (await mintSubjectTokens(world, TOKENS)).map((token) => renderForm(token)),
      200,
    )
    print(renderHead(describeMachine(), method))
    print('the gateway exchanges an RS256 token by one of ten rules, and signs as the peer does\n')
    print(renderColumns(['of ours, by CPU', 'of ours, by throughput']))
    for (const { peer, found } of installed) {
      const row = await runBeside(peer, found, { world, step }).catch((error: Error) => {
        process.exitCode = 1
        failed.push({ name: peer.name, message: error.message })
        print(`failed: ${peer.name}. ${error.message}\n`)
      })
      if (row === undefined) continue
      rows.push(row)
      print(renderLine(`gateway, ${peer.algorithm}`, row.gateway))
      print(renderLine(`  ${row.name}`, row.peer, row.costOfGateway))
      print(renderLine('  bare floor; the peer, of it', row.floor, row.costOfFloor))
      print(`    ${row.work}\n`)
    }
  } finally {
    await world.close()
  }
}

type Ours = { readonly world: World; readonly step: Step }

async function runBeside(peer: Peer, found: string, { world, step }: Ours): Promise<PeerRow> {
  const folder = join(world.scratch, peer.name.replaceAll(/\W+/g, '-'))
  const key = await makeKey(peer.algorithm)
  const gateway = await startMeasuredGateway({
    stateDir: join(folder, 'gateway'),
    key,
    trust: makeTrust(world.issuer.issuer, { rules: 10, shape: 'exact', replay: 'reuse' }),
  })
  try {
    const floor = await startFloor({
      stateDir: join(folder, 'floor'),
      script: buildFloor('bare', world.scratch),
      verifyKey: world.verifyKey,
      signKey: key,
    })
    try {
      const servers = { gateway: world.place(gateway), floor: world.place(floor) }
      return await runPeer(peer, found, { world, ...servers, step })
    } finally {
      await floor.close()
    }
  } finally {
    await gateway.close()
  }
}

async function runPeer(
  peer: Peer,
  found: string,
  { world, gateway, floor, step }: Ours & { readonly gateway: Server; readonly floor: Server },
): Promise<PeerRow> {
  const started = await peer.start(found, world)
  try {
    world.place(started.server)
    const ours = (name: string, server: Server) => {
      return { name, server, prepare: async () => [step], once: false }
    }
    const contestants = [
      ours('gateway', gateway),
      { name: 'peer', ...started },
      ours('floor', floor),
    ]
    const slices = await runRounds(contestants, { client: world.client, ...args })
    const of = (name: string) => slices.get(name) ?? []
    return {
      name: peer.name,
      work: peer.work,
      gateway: summarise(of('gateway')),
      peer: summarise(of('peer')),
      costOfGateway: compare(of('gateway'), of('peer')),
      floor: summarise(of('floor')),
      costOfFloor: compare(of('floor'), of('peer')),
    }
  } finally {
    await started.server.close()
  }
}
