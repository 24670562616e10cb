import { expect, it } from 'vitest'
import { startRaces } from '../../support/budget-race.ts'
import { runs } from '../../support/runs.ts'

/** `npm run check:budget` runs 10,000. */
const RACES = runs(20).numRuns

it(
  'REP-06 gives one of a hundred exchanges of one job a token, in every race',
  async () => {
    const race = await startRaces()
    const winners = new Map<number, number>()
    for (let count = 0; count < RACES; count += 1) {
      const outcomes = await race()
      expect(outcomes).toHaveLength(100)
      const refusals = new Set(outcomes.filter((outcome) => outcome !== 'granted'))
      expect(['budget_exceeded', 'token_used']).toEqual(expect.arrayContaining([...refusals]))
      const won = outcomes.filter((outcome) => outcome === 'granted').length
      winners.set(won, (winners.get(won) ?? 0) + 1)
    }
    expect([...winners]).toEqual([[1, RACES]])
  },
  60_000 + RACES * 1000,
)
