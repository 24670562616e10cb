/** A coarse revocation survives SIGKILL right after it, and an export makes another gateway agree. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCli } from '../cli/support/run.ts'
import { adminPolicy } from '../support/admin-policy.ts'
import { API, accessToken, adminToken, startWorld, type World } from './support/world.ts'

let world: World
let other: World

beforeAll(async () => {
  const policy = (issuer: string) => ({ BOOTSTRAP_TRUST: adminPolicy(issuer) })
  world = await startWorld(policy)
  other = await startWorld(policy)
})
afterAll(async () => {
  await world.close()
  await other.close()
})

/** Writes an admin token for the CLI. */
async function flagsFor(gateway: World): Promise<readonly string[]> {
  const file = join(gateway.trustFile, '..', 'admin.jwt')
  writeFileSync(file, await adminToken(gateway))
  return ['--url', gateway.url(), '--token-file', file]
}

async function isActive(gateway: World, token: string): Promise<boolean> {
  const body = new URLSearchParams({ token })
  const response = await fetch(`${gateway.url()}/introspect`, { method: 'POST', body })
  return ((await response.json()) as { active: boolean }).active
}

async function isAllowed(gateway: World, token: string): Promise<boolean> {
  const question = `${gateway.url()}/verify?resource=${encodeURIComponent(API)}`
  return (await fetch(question, { headers: { authorization: `Bearer ${token}` } })).ok
}

const exchangeStatus = async (gateway: World) =>
  (await gateway.exchange(await gateway.mint())).status

describe('REV-03 a revocation of a rule', () => {
  it('is seen by a warm gateway within the bound, and survives SIGKILL right after it', async () => {
    const token = await accessToken(world)
    expect(await isAllowed(world, token)).toBe(true)
    const flags = await flagsFor(world)
    const revoke = ['revoke', '--rule', 'deploy', '--reason', 'ticket 7']
    expect((await runCli([...revoke, ...flags])).exitCode).toBe(0)
    await world.kill('SIGKILL')
    await world.restart('SIGKILL')
    expect(await isActive(world, token)).toBe(false)
    expect(await isAllowed(world, token)).toBe(false)
    expect(await exchangeStatus(world)).toBe(400)
  })

  it('is lifted by another command, and its tokens stay revoked', async () => {
    const flags = await flagsFor(world)
    const lift = ['revoke', '--rule', 'deploy', '--lift', '--reason', 'fixed']
    expect((await runCli([...lift, ...flags])).exitCode).toBe(0)
    await expect.poll(() => exchangeStatus(world), { timeout: 20_000 }).toBe(200)
    const { stdout } = await runCli(['revocations', 'list', ...flags])
    expect(stdout).toContain('the rule deploy: tokens issued before')
    expect(stdout).toContain('ticket 7')
    const token = await accessToken(world)
    await runCli(['revoke', '--rule', 'deploy', '--reason', 'again', ...flags])
    await expect.poll(() => isAllowed(world, token), { timeout: 20_000 }).toBe(false)
  })
})

describe('an export', () => {
  it('makes a second gateway refuse what the first refuses', async () => {
    expect(await exchangeStatus(other)).toBe(200)
    const exported = await runCli(['revocations', 'export', ...(await flagsFor(world))])
    const file = join(other.trustFile, '..', 'revocations.ndjson')
    writeFileSync(file, exported.stdout)
    const imported = await runCli(['revocations', 'import', file, ...(await flagsFor(other))])
    expect(imported.stderr).toBe('edgemint: 1 revocation was read; 1 was new to the gateway\n')
    await expect.poll(() => exchangeStatus(other), { timeout: 20_000 }).toBe(400)
  })
})
