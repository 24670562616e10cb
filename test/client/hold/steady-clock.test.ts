/** How the clock of a held token advances when the machine's clocks disagree. */
import { expect, test } from 'vitest'
import { CLOCK_STEP_SECONDS } from '../../../src/client/limits.ts'
import { createMachine, type Machine } from '../support/holder.ts'

test.each<[string, (machine: Machine) => void, number, number]>([
  ['time that passes', ({ pass }) => pass(100), 100, 0],
  ['the sleep of a machine', ({ sleep }) => sleep(3600), 3600, 0],
  ['a wall clock that is set forward', ({ setWall }) => setWall(3600), 3600, 0],
  ['nothing for a wall clock that is set back', ({ setWall }) => setWall(-3600), 0, 1],
  ['nothing for a correction of less than a second', ({ setWall }) => setWall(0.9), 0, 0],
])('counts %s', (_name, change, elapsed, setBacks) => {
  const machine = createMachine()
  const before = machine.readClock()
  change(machine)
  const after = machine.readClock()
  expect(after.elapsed - before.elapsed).toBeCloseTo(elapsed, 3)
  expect(after.setBacks - before.setBacks).toBe(setBacks)
})

test('counts time and sleep after a clock was set back', () => {
  const machine = createMachine()
  const { elapsed } = machine.readClock()
  machine.setWall(-7200)
  machine.readClock()
  machine.pass(60)
  machine.readClock()
  machine.sleep(300)
  expect(machine.readClock().elapsed - elapsed).toBeCloseTo(360, 3)
})

test('adds up many short sleeps', () => {
  const machine = createMachine()
  const { elapsed } = machine.readClock()
  for (let count = 0; count < 100; count += 1) {
    machine.sleep(0.5)
    machine.readClock()
  }
  expect(machine.readClock().elapsed - elapsed).toBeGreaterThan(50 - CLOCK_STEP_SECONDS - 0.001)
})

test('does not run faster when it is read often', () => {
  const machine = createMachine()
  const { elapsed } = machine.readClock()
  for (let count = 1; count <= 10_000; count += 1) {
    machine.clocks.monotonic += 0.0001
    // Date.now has whole milliseconds.
    if (count % 10 === 0) machine.clocks.wall += 0.001
    machine.readClock()
  }
  expect(machine.readClock().elapsed - elapsed).toBeCloseTo(1, 2)
})
