/** A held token on a machine that sleeps, or whose clock is set. */
import { beforeEach, expect, test, vi } from 'vitest'
import { createMachine, openHolder, WALL_START } from '../support/holder.ts'

beforeEach(() => {
  vi.spyOn(Math, 'random').mockReturnValue(0)
})

const tick = () => new Promise((resolve) => setImmediate(resolve))

test('does not use a token longer when a clock is set back', async () => {
  const machine = createMachine()
  const { holder } = openHolder(machine, 600, { fail: (count) => down(count > 1) })
  await holder.get()
  machine.setWall(-86_400)
  machine.pass(589)
  await expect(holder.get()).resolves.toMatchObject({ accessToken: 't1' })
  machine.pass(12)
  expect(holder.peek()).toBeUndefined()
  await expect(holder.get()).rejects.toThrow('down')
})

test('refreshes when a clock is set back, and uses the current token meanwhile', async () => {
  const machine = createMachine()
  const { holder, asked } = openHolder(machine, 600)
  await holder.get()
  machine.setWall(-7200)
  expect(holder.dueIn()).toBeLessThanOrEqual(0)
  expect((await holder.get()).accessToken).toBe('t1')
  await tick()
  const next = await holder.get()
  expect([next.accessToken, next.expiresAt]).toEqual(['t2', WALL_START - 7200 + 600])
  await tick()
  expect(asked()).toBe(2)
})

test('replaces the token when a clock is set forward, and the new one has the right expiry', async () => {
  const machine = createMachine()
  const { holder } = openHolder(machine, 600)
  await holder.get()
  machine.setWall(7200)
  const next = await holder.get()
  expect([next.accessToken, next.expiresAt]).toEqual(['t2', WALL_START + 7200 + 600])
})

test('does not return a token that expired while the machine slept', async () => {
  const machine = createMachine()
  const { holder } = openHolder(machine, 600)
  await holder.get()
  machine.sleep(601)
  expect((await holder.get()).accessToken).toBe('t2')
})

test('counts a sleep after the clock was set back', async () => {
  const machine = createMachine()
  const { holder } = openHolder(machine, 600, { fail: (count) => down(count === 2) })
  await holder.get()
  machine.setWall(-7200)
  await holder.get()
  await tick()
  machine.sleep(595)
  expect((await holder.get()).accessToken).toBe('t3')
})

test('dates a token that is issued during a jump by the clock after it', async () => {
  const machine = createMachine()
  machine.readClock()
  machine.setWall(-3600)
  const { holder } = openHolder(machine, 600)
  expect((await holder.get()).expiresAt).toBe(WALL_START - 3600 + 600)
  expect(holder.dueIn()).toBeCloseTo(420, 3)
})

test('remembers for revocation each token that is live by either clock', async () => {
  const machine = createMachine()
  const { holder } = openHolder(machine, 600)
  await holder.get()
  machine.setWall(-86_400)
  machine.pass(300)
  expect(holder.issued().map(({ accessToken }) => accessToken)).toEqual(['t1'])
  machine.pass(301)
  expect(holder.issued()).toEqual([])
})

test('computes a refresh time for a lifetime of a hundred years', async () => {
  const machine = createMachine()
  const years = 100 * 365 * 86_400
  const { holder } = openHolder(machine, years)
  await holder.get()
  expect(holder.dueIn()).toBeCloseTo(years * 0.7, 0)
})

function down(isDown: boolean): Error | undefined {
  return isDown ? new Error('down') : undefined
}
