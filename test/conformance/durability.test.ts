/** An acknowledged revision and an acknowledged revocation survive SIGKILL. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCli } from '../cli/support/run.ts'
import { adminPolicy } from '../support/admin-policy.ts'
import { accessToken, adminToken, startWorld, trustDocument, type World } from './support/world.ts'

let world: World

beforeAll(async () => {
  world = await startWorld((issuer) => ({ BOOTSTRAP_TRUST: adminPolicy(issuer) }))
})
afterAll(() => world.close())

async function introspect(token: string): Promise<unknown> {
  const response = await fetch(`${world.url()}/introspect`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: new URLSearchParams({ token }),
  })
  return response.json()
}

describe('a gateway that is killed', () => {
  it('keeps every acknowledged revision and revocation when it is killed under load', async () => {
    const token = await adminToken(world)
    const folder = join(world.trustFile, '..')
    const tokenFile = join(folder, 'admin.jwt')
    writeFileSync(tokenFile, token)
    const subjectToken = await world.mint()
    const victims = await Promise.all(Array.from({ length: 20 }, () => accessToken(world)))
    const acknowledged: string[] = []
    let exchanged = 0
    let applied = 1

    // These run until the gateway is killed: a refused connection ends each of them.
    const exchanges = Array.from({ length: 8 }, async () => {
      for (;;) {
        const response = await world.exchange(subjectToken)
        await response.arrayBuffer()
        if (response.status === 200) exchanged += 1
      }
    })
    const revocations = victims.map(async (victim) => {
      const body = new URLSearchParams({ token: victim })
      const response = await fetch(`${world.url()}/revoke`, { method: 'POST', body })
      if (response.status === 200) acknowledged.push(victim)
    })
    const applies = (async () => {
      for (let revision = 2; ; revision += 1) {
        const file = join(folder, `trust-${revision}.json`)
        writeFileSync(file, JSON.stringify(trustDocument(world.issuer.issuer, `r${revision}`)))
        const flags = ['--url', world.url(), '--token-file', tokenFile, '--json']
        const { stdout, exitCode } = await runCli(['apply', file, ...flags])
        if (exitCode !== 0) return
        applied = (JSON.parse(stdout) as { revision: number }).revision
      }
    })()
    // Waits until each kind of work has something to lose, not for a fixed time.
    const until = async (isTrue: () => boolean) => {
      while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 5))
    }
    await until(() => exchanged >= 200 && acknowledged.length >= 5 && applied >= 2)
    const settled = Promise.allSettled([...exchanges, ...revocations, applies])
    await world.kill('SIGKILL')
    await settled
    await world.restart('SIGKILL')

    const revision = Number(world.ready().revision)
    // The last revision can be stored although its apply was not acknowledged.
    expect(revision).toBeGreaterThanOrEqual(applied)
    expect(revision).toBeLessThanOrEqual(applied + 1)
    for (const revoked of acknowledged) expect(await introspect(revoked)).toEqual({ active: false })
    expect((await world.exchange(await world.mint())).status).toBe(200)
  })

  it('keeps its signing key, so earlier tokens stay valid', async () => {
    const token = await accessToken(world)
    await world.restart('SIGKILL')
    expect(await introspect(token)).toMatchObject({ active: true })
    await world.restart('SIGTERM')
    expect(await introspect(token)).toMatchObject({ active: true })
  })
})
