/** A job of GitHub Actions and its gateway, the setup of each test of the action. */
import { afterAll } from 'vitest'
import { API, accessToken, startWorld, type World } from '../../conformance/support/world.ts'
import { type IdTokens, serveIdTokens } from './id-tokens.ts'
import { createRunner, type Runner } from './runner.ts'

export type Job = {
  readonly world: World
  readonly runner: Runner
  readonly idTokens: IdTokens
  /** The inputs that every step in these tests needs. */
  readonly inputs: Readonly<Record<string, string>>
  /** Returns the gateway's introspection answer for a token. */
  readonly isActive: (token: string) => Promise<boolean>
}

export async function startJob(): Promise<Job> {
  const world = await startWorld()
  afterAll(() => world.close())
  const idTokens = await serveIdTokens(world)
  return {
    world,
    idTokens,
    runner: createRunner(idTokens.environment),
    inputs: { url: world.url(), resource: API, audience: 'https://sts.example.com' },
    async isActive(token) {
      const response = await fetch(`${world.url()}/introspect`, {
        method: 'POST',
        headers: { authorization: `Bearer ${await accessToken(world)}` },
        body: new URLSearchParams({ token }),
      })
      return ((await response.json()) as { active: boolean }).active
    },
  }
}
