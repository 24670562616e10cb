/** Invariants of the clock of a held token, for any behaviour of the machine's clocks. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createMachine } from '../support/holder.ts'

test('never goes back, and never counts less than the monotonic clock', () => {
  const step = fc.record({
    kind: fc.constantFrom('pass', 'setWall', 'sleep'),
    seconds: fc.double({ min: 0, max: 1e7, noNaN: true }),
    isBack: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const machine = createMachine()
      let last = machine.readClock().elapsed
      const start = last - machine.clocks.monotonic
      for (const { kind, seconds, isBack } of steps) {
        if (kind === 'setWall') machine.setWall(isBack ? -seconds : seconds)
        else if (kind === 'sleep') machine.sleep(seconds)
        else machine.pass(seconds)
        const { elapsed } = machine.readClock()
        expect(elapsed).toBeGreaterThanOrEqual(last)
        expect(elapsed - machine.clocks.monotonic).toBeGreaterThanOrEqual(start)
        last = elapsed
      }
    }),
  )
})
