/**
 * Races of many exchanges of one job under a budget of one token, in the core. Half of the subject
 * tokens are presented several times. The ledger answers in a random order.
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

export async function startRaces(): Promise<() => Promise<readonly string[]>> {
  const world = await startCoreWorld(trust, { sharesKeys: true })
  let races = 0
  return async function race() {
    races += 1
    const mode = races % 2 === 0 ? 'reuse' : 'once'
    const tokens = await Promise.all(
      Array.from({ length: TOKENS }, () => mint(world, { job: `${races}`, mode })),
    )
    const answers = Array.from({ length: PRESENTATIONS }, async (_, index) => {
      const response = await world.send(exchangeForm(tokens[index % TOKENS] ?? ''), {
        ports: slow(world),
      })
      return 'access_token' in response.body ? 'granted' : String(response.body.error)
    })
    const outcomes = await Promise.all(answers)
    world.recorded.length = 0
    return outcomes
  }
}

function mint({ issuer }: CoreWorld, claims: object): Promise<string> {
  const request = { provider: 'generic-oidc', algorithm: 'ES256', audience: AUDIENCE } as const
  return issuer.mint({ ...request, claims: { sub: 'job', ...claims } }, 'github')
}

/** Delays each question to the ledger by a random number of turns. */
function slow({ ports }: CoreWorld) {
  return {
    spendBudget: async (spend: Parameters<typeof ports.spendBudget>[0]) => {
      for (let turns = Math.floor(Math.random() * 4); turns > 0; turns -= 1) {
        await new Promise((resolve) => setImmediate(resolve))
      }
      return ports.spendBudget(spend)
    },
  }
}
