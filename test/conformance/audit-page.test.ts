/** Runs every command of docs/audit.md, and compares its answer with that of the page. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { matchesAnswer, PAGE, readExamples, startAuditWorld } from './support/audit-world.ts'
import { readPage } from './support/docs/pages.ts'

let world: Awaited<ReturnType<typeof startAuditWorld>>
beforeAll(async () => {
  world = await startAuditWorld()
})
afterAll(() => world.close())

const examples = readExamples().map(
  (example) => [`${PAGE}:${example.answer.line}`, example] as const,
)

describe('docs/audit.md', () => {
  it('asks twelve questions, in order', () => {
    const numbers = [...readPage(PAGE).matchAll(/^## (\d+)\. /gm)].map(([, number]) =>
      Number(number),
    )
    expect(numbers).toEqual(Array.from({ length: 12 }, (_, index) => index + 1))
  })

  it.each(examples)('shows the answer at %s', async (_, { commands, answer }) => {
    let output = ''
    for (const line of commands) output += await world.run(line)
    if (!matchesAnswer(output, answer.code)) expect(output).toBe(answer.code)
  })
})
