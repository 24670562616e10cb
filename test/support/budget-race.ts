/**
 * Races of many exchanges of one job under a budget of one token, in the core. Each subject token is
 * presented several times, in every other race under `replay: once`. The ledger answers in a random order.
 */
import { type CoreWorld, startCoreWorld } from './core-world.ts'
import { AUDIENCE, exchangeForm } from './vectors.ts'

const API = 'https://api.example.com'
const PRESENTATIONS = 100
const TOKENS = 10

function trust(issuerUrl: string) {
  return {
    version: 1,
    issuers: { ci: { provider: 'generic-oidc', issuer: issuerUrl, audience: AUDIENCE } },
    resources: { [API]: { scopes: ['read'] } },
    rules: ['reuse', 'once'].map((replay) => ({
      name: replay,
      owner: 'platform@example.com',
      expires: '2099-12-31',
      from: 'ci',
      when: { sub: 'job', mode: replay },
      grant: {
        resource: API,
        scopes: ['read'],
        replay,
        budget: { per: 'job', grants: 1 },
      },
    })),
  }
}

/** Returns a function that runs a race and returns the outcome, or the reason, of each exchange. */
export async function startRaces(): Promise<() => Promise<readonly string[]>> {
  const world = await startCoreWorld(trust, { sharesKeys: true })
  let races = 0
  return async function race() {
    races += 1
    const mode = races % 2 === 0 ? 'reuse' : 'once'
    const tokens = await Promise.all(
      Array.from({ length: TOKENS }, () => mint(world, { job: `${races}`, mode })),
    )
    const answers = Array.from({ length: PRESENTATIONS }, (_, index) =>
      world.send(exchangeForm(tokens[index % TOKENS] ?? ''), { ports: slow(world) }),
    )
    await Promise.all(answers)
    const outcomes = world.recorded.map(({ outcome, reason }) => reason ?? outcome)
    world.recorded.length = 0
    return outcomes
  }
}

function mint({ issuer }: CoreWorld, claims: object): Promise<string> {
  const request = { provider: 'generic-oidc', algorithm: 'ES256', audience: AUDIENCE } as const
  return issuer.mint({ ...request, claims: { sub: 'job', ...claims } }, 'github')
}

/** Delays each question to the ledger by a random number of turns. The clock moves on. */
function slow({ ports }: CoreWorld) {
  return {
    // Many races take longer than a token lives.
    clock: () => Math.floor(Date.now() / 1000),
    spendBudget: async (spend: Parameters<typeof ports.spendBudget>[0]) => {
      for (let turns = Math.floor(Math.random() * 4); turns > 0; turns -= 1) {
        await new Promise((resolve) => setImmediate(resolve))
      }
      return ports.spendBudget(spend)
    },
  }
}
