/**
 * `npm run check:budget`: races 100 exchanges of one job under a budget of one token, 10,000 times in
 * the core and 100 times against the built Worker on workerd. `-- CORE WORKER` sets other numbers.
 */
import { spawnSync } from 'node:child_process'
import { API, root, startWorld } from '../../test/conformance/support/world.ts'

const [core = '10000', worker = '100'] = process.argv.slice(2)
const CORE_TEST = 'test/core/endpoint/token-endpoint.budget-race.property.test.ts'

/** How many races had how many winners. */
type Winners = Map<number, number>

const count = (winners: Winners, outcomes: readonly boolean[]) => {
  const won = outcomes.filter(Boolean).length
  winners.set(won, (winners.get(won) ?? 0) + 1)
}

function report(name: string, winners: Winners, startedAt: number): void {
  const seconds = Math.round((Date.now() - startedAt) / 1000)
  for (const [won, races] of winners) {
    console.log(`${name}: ${races} races with ${won} granted of 100 (${seconds} s)`)
  }
  if ([...winners.keys()].some((won) => won !== 1)) process.exitCode = 1
}

/** The property test of the core runs 20 races, and this many times as many with `PROPERTY_RUNS`. */
function raceCore(races: number): void {
  if (races === 0) return
  const args = ['vitest', 'run', '--project', 'property', CORE_TEST]
  const env = { ...process.env, PROPERTY_RUNS: String(races / 20) }
  const startedAt = Date.now()
  const { status } = spawnSync('npx', args, {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (status !== 0) throw new Error('a race in the core had no or several winners')
  report('core', new Map([[1, races]]), startedAt)
}

function trust(issuerUrl: string) {
  return {
    version: 1,
    issuers: {
      github: {
        provider: 'github-actions',
        issuer: `${issuerUrl}/github`,
        audience: 'https://sts.example.com',
      },
    },
    resources: { [API]: { scopes: ['deploy:read'] } },
    rules: [
      {
        name: 'deploy',
        owner: 'platform@example.com',
        expires: '2099-12-31',
        from: 'github',
        when: { repository_owner_id: '1234567', repository_id: '456789012' },
        accept: ['LINT-07', 'LINT-28', 'LINT-29', 'LINT-35', 'PROBE'].map((lint) => ({
          lint,
          reason: 'A rule for a check.',
        })),
        grant: { resource: API, scopes: ['deploy:read'], budget: { grants: 1 } },
      },
    ],
  }
}

/** Each exchange has a token of its own, so the replay mark of none refuses it. */
async function raceWorker(races: number): Promise<void> {
  const startedAt = Date.now()
  const world = await startWorld(undefined, trust)
  const winners: Winners = new Map()
  try {
    for (let done = 0; done < races; done += 1) {
      const claims = { check_run_id: `${done + 1}` }
      const tokens = await Promise.all(Array.from({ length: 100 }, () => world.mint({ claims })))
      const answers = await Promise.all(tokens.map((token) => world.exchange(token)))
      const statuses = answers.map(({ status }) => status)
      if (statuses.some((status) => status !== 200 && status !== 400)) {
        throw new Error(`an exchange was answered with ${statuses.join(', ')}`)
      }
      count(
        winners,
        statuses.map((status) => status === 200),
      )
    }
  } finally {
    await world.close()
  }
  report('worker', winners, startedAt)
}

raceCore(Number(core))
await raceWorker(Number(worker))
